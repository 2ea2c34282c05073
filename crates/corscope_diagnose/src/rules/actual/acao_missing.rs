use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-missing",
    Actual,
    Refusal,
    "acao_missing.md",
    "the response has no Access-Control-Allow-Origin",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let origin = sight.wanted_origin(fault);
    let found = Explanation::new(
        Who::Server,
        format!("no `Access-Control-Allow-Origin` on the response, wanted `{origin}`"),
    )
    .note("The server has answered; only the browser keeps the answer from the script.");
    let found = sight.grant(fault, found).manual(
        Who::Client,
        "fetch it through your own server, from the page's own origin",
    );
    Some(found)
}
