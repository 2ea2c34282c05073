use corscope_fetch::{Api, Fault, Mode};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "css-resource-requires-cors",
    Client,
    Refusal,
    "css_resource_requires_cors.md",
    "some resources that CSS names are loaded with CORS only",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let init = sight.init();
    if !sight.on_actual(fault)
        || !matches!(init.api, Api::Img | Api::Style)
        || init.mode != Some(Mode::Cors)
        || init.crossorigin.is_some()
    {
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
        "style sheets load this with CORS, and no `Access-Control-Allow-Origin` is on the response",
    )
    .note("`mask`, `clip-path`, `shape-outside` and SVG filters need CORS; `background` does not.")
    .manual(
        Who::Client,
        "serve the file from the page's own origin, or put it into the CSS as a `data:` URL",
    );
    Some(sight.grant(fault, found))
}
