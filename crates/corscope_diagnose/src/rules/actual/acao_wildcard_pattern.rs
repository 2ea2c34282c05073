use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-wildcard-pattern",
    Actual,
    Refusal,
    "acao_wildcard_pattern.md",
    "Access-Control-Allow-Origin holds a pattern",
    Finds::Faults(&["acao_mismatch", "acao_invalid_value"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) {
        return None;
    }
    let got = sight.header(fault, "access-control-allow-origin")?;
    if !got.contains('*') {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, a pattern; wanted `{origin}`"),
    )
    .note("Browsers know no patterns here: `*` counts only when it stands alone.");
    Some(sight.grant(fault, found))
}
