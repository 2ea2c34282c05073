use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Api, Evidence, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "canvas-tainted",
    Client,
    Refusal,
    "canvas_tainted.md",
    "an image without CORS makes the canvas unreadable",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if sight.api() != Api::Canvas || *sight.outcome() != Outcome::Opaque {
        return None;
    }
    let (leg, response) = sight.final_response()?;
    let is_allowed = response.header_list.contains("access-control-allow-origin");
    let found = Explanation::new(
        Who::Client,
        "the image is loaded without `crossorigin`, so the canvas that it is drawn on cannot be read",
    )
    .note("Drawing works; `toDataURL()`, `toBlob()` and `getImageData()` throw a SecurityError.")
    .narrow(Who::Client, "set `crossorigin=\"anonymous\"` (`img.crossOrigin`) before `src`");
    let found = if is_allowed {
        found
    } else {
        found.narrow(
            Who::Server,
            "answer `Access-Control-Allow-Origin: *` for the image",
        )
    };
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
