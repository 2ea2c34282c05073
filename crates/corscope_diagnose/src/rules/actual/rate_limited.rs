use corscope_fetch::{Evidence, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "rate-limited",
    Actual,
    Note,
    "rate_limited.md",
    "the server limits how often it may be asked",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.final_response()?;
    let status = response.status;
    if status != 429 || !sight.is_cross_origin() {
        return None;
    }
    let found = Explanation::new(
        Who::Client,
        "the server refused one request too many with status 429",
    )
    .note("`Retry-After`, if it is exposed, says when to try again.")
    .narrow(
        Who::Client,
        "send fewer requests, keep answers, and wait between tries",
    )
    .narrow(
        Who::Server,
        "send CORS headers with the 429, and expose `Retry-After`",
    );
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
