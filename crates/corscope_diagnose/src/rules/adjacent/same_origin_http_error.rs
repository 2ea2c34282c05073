use corscope_fetch::{Api, Evidence, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "same-origin-http-error",
    Adjacent,
    Refusal,
    "same_origin_http_error.md",
    "the page asks its own origin, and the server answers with an error",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if !matches!(sight.api(), Api::Fetch | Api::Xhr | Api::EventSource) {
        return None;
    }
    let (leg, response) = sight.readable()?;
    let status = response.status;
    if status < 400 || sight.is_cross_origin() {
        return None;
    }
    let who = if status == 404 {
        Who::Client
    } else {
        Who::Server
    };
    let found = Explanation::new(
        who,
        format!(
            "page and URL have the same origin, so CORS has no say; the server answers {status}"
        ),
    )
    .narrow(
        who,
        match status {
            404 | 405 => "compare path and method with the server's routes",
            401 | 403 => "look which login or right the server misses",
            _ => "find the fault in the server's log and mend it",
        },
    )
    .manual(
        Who::Proxy,
        "if a development proxy passes it on, look whether its target and path are right",
    );
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
