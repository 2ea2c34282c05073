use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "redirect-location-invalid",
    Redirect,
    Refusal,
    "redirect_location_invalid.md",
    "a redirect's Location is no URL",
    Finds::Faults(&["redirect_location_invalid"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let location = sight.header(fault, "location").unwrap_or_default();
    Some(
        Explanation::new(
            Who::Server,
            format!("the redirect's `Location` is `{location}`, wanted a URL"),
        )
        .note("It does not parse, neither alone nor relative to the URL that was asked for.")
        .manual(
            Who::Server,
            "send an absolute URL, such as `Location: https://api.example/items`; look for an \
             unset host or port in the configuration",
        ),
    )
}
