use corscope_fetch::{Api, Evidence, Part};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, text};

rule!(
    "cross-origin-frame-access",
    Client,
    Refusal,
    "cross_origin_frame_access.md",
    "a script may not look into a frame of another origin",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if sight.api() != Api::Iframe || !sight.is_cross_origin() {
        return None;
    }
    let (leg, response) = sight.final_response()?;
    let url = sight.first_url()?;
    let list = &response.header_list;
    let is_policy = |it: &str| it.contains("frame-ancestors");
    if list.contains("x-frame-options")
        || text(response, "content-security-policy").is_some_and(|it| is_policy(&it))
    {
        return None;
    }
    let found = Explanation::new(
        Who::Client,
        format!(
            "scripts of `{}` cannot reach into a frame of `{}`",
            sight.page_origin(),
            url.origin().ascii_serialization()
        ),
    )
    .confidence(Confidence::Possible)
    .note("The frame itself is shown. No header can open it to scripts; CORS is about responses.")
    .narrow(
        Who::Client,
        "let the two pages talk with `postMessage()`, and check `event.origin`",
    )
    .manual(Who::Proxy, "or serve both pages under one origin");
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
