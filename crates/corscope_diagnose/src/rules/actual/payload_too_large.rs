use corscope_fetch::{Evidence, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "payload-too-large",
    Actual,
    Note,
    "payload_too_large.md",
    "the request body is too large for the server",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.final_response()?;
    let status = response.status;
    if status != 413 || !sight.is_cross_origin() {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        "the server refused the request's size with status 413",
    )
    .note("A proxy often refuses it before the application is asked.")
    .narrow(
        Who::Proxy,
        "raise the limit: `client_max_body_size` in nginx, `LimitRequestBody` in Apache",
    )
    .narrow(Who::Client, "send less, or in pieces");
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
