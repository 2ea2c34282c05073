use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Evidence, Part};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "service-worker-opaque-response",
    Adjacent,
    Refusal,
    "service_worker_opaque_response.md",
    "a service worker fetched without CORS and passed an opaque response on",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if sight.scenario?.page.service_worker != Some(true) || *sight.outcome() != Outcome::Opaque {
        return None;
    }
    let (leg, _) = sight.final_response()?;
    let found = Explanation::new(
        Who::Client,
        "the service worker fetches in mode `no-cors`, so the page gets an opaque response",
    )
    .confidence(Confidence::Likely)
    .note("An opaque response has status 0 and no readable body; where CORS is wanted it is an error.")
    .narrow(Who::Client, "fetch with `mode: \"cors\"` in the worker, or pass the page's own request on")
    .narrow(Who::Server, "allow the page's origin with CORS")
    .manual(Who::Client, "do not put opaque responses into the cache: errors stay there unseen");
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
