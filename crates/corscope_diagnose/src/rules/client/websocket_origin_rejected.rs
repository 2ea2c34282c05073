use corscope_fetch::{Api, Evidence, Part};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "websocket-origin-rejected",
    Client,
    Refusal,
    "websocket_origin_rejected.md",
    "the server refused the WebSocket",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if sight.api() != Api::WebSocket {
        return None;
    }
    let (leg, response) = sight.final_response()?;
    if response.status != 403 {
        return None;
    }
    let page = sight.page_origin();
    let found = Explanation::new(
        Who::Server,
        format!(
            "the server answered 403 to the WebSocket: it probably does not accept `Origin: {page}`"
        ),
    )
    .confidence(Confidence::Likely)
    .note("WebSockets know no CORS: the server itself compares `Origin` and decides.")
    .narrow(
        Who::Server,
        format!("add `{page}` to the origins that the WebSocket server accepts"),
    )
    .manual(
        Who::Proxy,
        "look whether a proxy in between passes `Origin` and `Upgrade` on unchanged",
    );
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
