use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-null-for-real-origin",
    Actual,
    Refusal,
    "acao_null_for_real_origin.md",
    "Access-Control-Allow-Origin is null, and the page has an origin",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) || *sight.header(fault, "access-control-allow-origin")? != *"null" {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `null`, wanted `{origin}`"),
    )
    .note("`null` is no \"nobody\" and no \"unknown\": it is the origin of sandboxed and local pages.");
    Some(sight.grant(fault, found))
}
