use corscope_fetch::{Evidence, Part};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "csrf-rejected-by-server",
    Actual,
    Refusal,
    "csrf_rejected_by_server.md",
    "the server refused the request for want of a CSRF token",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.final_response()?;
    if !matches!(response.status, 400 | 403 | 419 | 422) {
        return None;
    }
    let sign = Signs(response).csrf()?;
    let status = response.status;
    let found = Explanation::new(
        Who::Server,
        format!("the server answered {status} and speaks of `{sign}`: it misses a CSRF token or does not trust the origin"),
    )
    .confidence(Confidence::Likely)
    .note("This is the application's own check; CORS does not replace it, and does not satisfy it.")
    .narrow(
        Who::Server,
        format!("add `{}` to the origins that the CSRF check trusts", sight.page_origin()),
    )
    .narrow(Who::Client, "fetch the CSRF token first and send it along, as the framework wants it")
    .manual(
        Who::Server,
        "exempt the endpoint, if it takes tokens in `Authorization` and never cookies",
    );
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
