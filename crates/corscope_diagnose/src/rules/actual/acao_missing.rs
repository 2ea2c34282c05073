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
    let mut found = Explanation::new(
        Who::Server,
        format!("no `Access-Control-Allow-Origin` on the response, wanted `{origin}`"),
    )
    .narrow(
        Who::Server,
        format!("answer with `Access-Control-Allow-Origin: {origin}`"),
    )
    .manual(
        Who::Client,
        "fetch it through your own server, from the page's own origin",
    );
    if !sight.includes_credentials() {
        let title = "answer `Access-Control-Allow-Origin: *` if anybody may read it";
        found = found.widens(Who::Server, title);
    }
    Some(found)
}
