use corscope_fetch::{Evidence, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "wrong-url",
    Actual,
    Note,
    "wrong_url.md",
    "there is nothing at this URL",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.final_response()?;
    let status = response.status;
    if !matches!(status, 404 | 410) || !sight.is_cross_origin() {
        return None;
    }
    let found = Explanation::new(
        Who::Client,
        format!("the server has nothing at this URL: status {status}"),
    )
    .note("A slash at the end, a missing prefix or a wrong port is enough.")
    .narrow(
        Who::Client,
        "compare the URL, path and method, with the server's routes",
    );
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
