use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "body-not-allowed",
    Client,
    Refusal,
    "body_not_allowed.md",
    "GET and HEAD take no body",
    Finds::Faults(&["body_not_allowed"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let method = &sight.init().method;
    Some(
        Explanation::new(
            Who::Client,
            format!("a {method} request cannot have a body"),
        )
        .note("Nothing was sent; the script gets a TypeError.")
        .narrow(
            Who::Client,
            "put the values into the URL's query, or set `method: \"POST\"`",
        ),
    )
}
