use corscope_fetch::{Api, Evidence, Part};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "wrong-url",
    Actual,
    Note,
    "wrong_url.md",
    "there is nothing at this URL, or a page where data was wanted",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.final_response()?;
    let status = response.status;
    let is_gone = matches!(status, 404 | 410);
    if !is_gone && status != 200 {
        return None;
    }
    let is_page = !is_gone && wants_data(sight) && Signs(response).is_html();
    if !(is_gone || is_page) || !sight.is_cross_origin() {
        return None;
    }
    let found = if is_gone {
        Explanation::new(
            Who::Client,
            format!("the server has nothing at this URL: status {status}"),
        )
    } else {
        Explanation::new(
            Who::Client,
            "a web page came back where the script wants data: the URL may be wrong",
        )
        .confidence(Confidence::Likely)
        .note("Servers of single-page applications answer unknown paths with their start page.")
    };
    let found = found
        .note("A slash at the end, a missing prefix or a wrong port is enough.")
        .narrow(
            Who::Client,
            "compare the URL, path and method, with the server's routes",
        );
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}

/// Whether the URL looks like one of an API that a script asks.
fn wants_data(sight: &Sight<'_>) -> bool {
    matches!(sight.api(), Api::Fetch | Api::Xhr)
        && sight.first_url().is_some_and(|url| {
            let path = url.path();
            path.ends_with(".json")
                || path
                    .split('/')
                    .any(|part| matches!(part, "api" | "graphql" | "rest"))
        })
}
