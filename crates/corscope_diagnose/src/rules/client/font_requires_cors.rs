use corscope_fetch::{Api, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "font-requires-cors",
    Client,
    Refusal,
    "font_requires_cors.md",
    "fonts of other origins are loaded with CORS only",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let init = sight.init();
    if !sight.on_actual(fault) || init.api != Api::Font {
        return None;
    }
    if sight
        .status(fault)
        .is_some_and(|status| status >= 400 && status != 403)
    {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        "fonts of other origins need CORS, and no `Access-Control-Allow-Origin` is on the response",
    )
    .note("Unlike images, fonts have no way without CORS. `*` does no harm for static files.");
    Some(sight.grant(fault, found))
}
