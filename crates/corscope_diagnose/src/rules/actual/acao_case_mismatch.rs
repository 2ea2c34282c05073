use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-case-mismatch",
    Actual,
    Refusal,
    "acao_case_mismatch.md",
    "Access-Control-Allow-Origin has capital letters",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    if !got.eq_ignore_ascii_case(origin) {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, wanted `{origin}` in lower case"),
    )
    .note("Browsers write scheme and host in lower case, and compare byte for byte.");
    Some(sight.grant(fault, found))
}
