use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Api, Evidence, Mode, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "no-cors-opaque-response",
    Client,
    Refusal,
    "no_cors_opaque_response.md",
    "mode no-cors gives a response that cannot be read",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if sight.api() != Api::Fetch
        || sight.init().mode != Some(Mode::NoCors)
        || *sight.outcome() != Outcome::Opaque
        || sight
            .scenario
            .is_some_and(|scenario| scenario.page.service_worker == Some(true))
    {
        return None;
    }
    let (leg, response) = sight.final_response()?;
    let mut found = Explanation::new(
        Who::Client,
        "`mode: \"no-cors\"` hides the response: status 0, no headers, an empty body",
    )
    .note("The request was sent, and the server has done its work; only the answer cannot be read.")
    .narrow(Who::Client, "leave `mode` out: `cors` is the default");
    if !response.header_list.contains("access-control-allow-origin") {
        let origin = sight.page_origin();
        found = found.narrow(
            Who::Server,
            format!("then answer `Access-Control-Allow-Origin: {origin}` and `Vary: Origin`"),
        );
    }
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
