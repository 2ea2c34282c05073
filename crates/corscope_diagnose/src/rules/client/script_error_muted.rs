use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Api, Evidence, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "script-error-muted",
    Client,
    Note,
    "script_error_muted.md",
    "errors of a script without CORS are hidden from the page",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if sight.api() != Api::Script || *sight.outcome() != Outcome::Opaque {
        return None;
    }
    if sight
        .scenario
        .is_some_and(|scenario| scenario.page.service_worker == Some(true))
    {
        return None;
    }
    let (leg, response) = sight.final_response()?;
    let signs = Signs(response);
    if response.status >= 400 || signs.is_html() || signs.header_says("content-type", "json") {
        return None;
    }
    let mut found = Explanation::new(
        Who::Client,
        "the script is loaded without `crossorigin`: its errors reach the page as `Script error.` only",
    )
    .narrow(Who::Client, "add `crossorigin=\"anonymous\"` to the script element");
    if !response.header_list.contains("access-control-allow-origin") {
        found = found.narrow(
            Who::Server,
            "answer `Access-Control-Allow-Origin: *` for the script, which that needs",
        );
    }
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
