use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

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
    let found = with_sibling(found, sight, fault);
    let found = sight.grant(fault, found).manual(
        Who::Client,
        "fetch it through your own server, from the page's own origin",
    );
    Some(found)
}

/// What another path of the server tells, if it does have the header.
fn with_sibling(found: Explanation, sight: &Sight<'_>, fault: &Fault) -> Explanation {
    let Some(probe) = sight.sibling_probe(fault) else {
        return found;
    };
    let found = found.note(format!(
        "`{}` does have the header: the server knows CORS, and this path is left out.",
        probe.url
    ));
    if !sight.response(fault).is_some_and(|it| Signs(it).is_nginx()) {
        return found.manual(
            Who::Server,
            "let the CORS middleware stand before the routes, so that it covers this path, too",
        );
    }
    found
        .note(
            "nginx inherits `add_header` all or nothing: one such line in this path's `location` \
             (or in an `if`) drops those of the outer blocks.",
        )
        .manual(
            Who::Server,
            "repeat the outer `add_header` lines in this path's `location`, or include them there",
        )
}
