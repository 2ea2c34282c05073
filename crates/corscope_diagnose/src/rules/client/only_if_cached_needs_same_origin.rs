use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "only-if-cached-needs-same-origin",
    Client,
    Refusal,
    "only_if_cached_needs_same_origin.md",
    "cache mode only-if-cached needs mode same-origin",
    Finds::Faults(&["only_if_cached_needs_same_origin"], explain)
);

fn explain(_: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    Some(
        Explanation::new(
            Who::Client,
            "`cache: \"only-if-cached\"` works only together with `mode: \"same-origin\"`",
        )
        .note("Nothing was sent; the script gets a TypeError.")
        .narrow(
            Who::Client,
            "use `cache: \"force-cache\"`, which asks the server when nothing is cached",
        ),
    )
}
