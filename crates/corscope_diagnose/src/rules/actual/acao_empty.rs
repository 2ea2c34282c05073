use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-empty",
    Actual,
    Refusal,
    "acao_empty.md",
    "Access-Control-Allow-Origin is empty",
    Finds::Faults(&["acao_invalid_value"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault)
        || !sight
            .header(fault, "access-control-allow-origin")?
            .is_empty()
    {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is empty, wanted `{origin}`"),
    )
    .note("Most often a variable is not set, or the page's origin is not on the server's list.");
    Some(sight.grant(fault, found))
}
