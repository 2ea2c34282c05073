use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-trailing-slash",
    Actual,
    Refusal,
    "acao_trailing_slash.md",
    "Access-Control-Allow-Origin ends in a slash",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    if got.strip_suffix('/')? != origin {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, wanted `{origin}` without the slash"),
    )
    .note("An origin has no path, not even an empty one.");
    Some(sight.grant(fault, found))
}
