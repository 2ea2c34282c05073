use corscope_fetch::Evidence;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "vary-origin-missing",
    Actual,
    Risk,
    "vary_origin_missing.md",
    "one origin is allowed by name, without Vary: Origin",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if !matches!(sight.method(), "GET" | "HEAD") {
        return None;
    }
    let (index, response) = sight.final_response()?;
    let leg = sight.whole().legs.get(index)?;
    let origin = leg.checked_origin.as_deref()?;
    let allowed = response.header_list.get("access-control-allow-origin")?;
    if *allowed != *origin.as_bytes()
        || Signs(response).varies_on_origin()
        || Signs(response).header_says("cache-control", "no-store")
    {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!(
            "`Access-Control-Allow-Origin` names `{origin}`, and no `Vary: Origin` tells caches so"
        ),
    )
    .note("A cache may hand this answer to a page of another origin, which then fails.")
    .note("It is no risk where the server allows this one origin only and sends the header always.")
    .narrow(
        Who::Server,
        "answer `Vary: Origin`, on every response of this URL",
    );
    Some((
        found,
        Evidence::header(index, &response.header_list, "vary"),
    ))
}
