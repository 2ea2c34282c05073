use corscope_fetch::{Api, Evidence, Mode};
use url::Url;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "preload-credentials-mismatch",
    Client,
    Waste,
    "preload_credentials_mismatch.md",
    "the file was loaded before in another way, and is loaded twice",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let scenario = sight.scenario?;
    if scenario.prior.is_empty() || sight.mode() != Some(Mode::Cors) || !sight.is_cross_origin() {
        return None;
    }
    let api = sight.api();
    if matches!(api, Api::Fetch | Api::Xhr | Api::EventSource | Api::Beacon) {
        return None;
    }
    let url = sight.first_url()?;
    scenario.prior.iter().find(|prior| {
        !prior.request_headers.0.contains("origin")
            && Url::parse(&prior.url).is_ok_and(|it| it == *url)
    })?;
    let found = Explanation::new(
        Who::Client,
        "the file was loaded before without CORS, so that copy cannot be used and it is loaded twice",
    )
    .confidence(Confidence::Likely)
    .note("The console then says that a preload was not used because its credentials mode differs.")
    .narrow(Who::Client, "put `crossorigin` on `<link rel=\"preload\">` as well, exactly as on what uses it");
    Some((found, Vec::new()))
}
