use corscope_fetch::{Api, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "crossorigin-attribute-without-cors",
    Client,
    Refusal,
    "crossorigin_attribute_without_cors.md",
    "the crossorigin attribute wants CORS, and the server has none",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let init = sight.init();
    if !sight.on_actual(fault)
        || init.crossorigin.is_none()
        || !matches!(
            init.api,
            Api::Img | Api::Script | Api::Style | Api::Media | Api::Canvas
        )
        || sight
            .status(fault)
            .is_some_and(|status| status >= 400 && status != 403)
    {
        return None;
    }
    let is_needed = init.api == Api::Canvas || !init.integrity.is_empty();
    let who = if is_needed { Who::Server } else { Who::Client };
    let found = Explanation::new(
        who,
        "the element has `crossorigin`, and no `Access-Control-Allow-Origin` is on the response",
    )
    .note("The attribute asks for CORS: without the server's consent nothing is loaded at all.");
    let found = if is_needed {
        found
    } else {
        found.narrow(
            Who::Client,
            "remove `crossorigin`, if you only show or run the file and read nothing of it",
        )
    };
    Some(sight.grant(fault, found))
}
