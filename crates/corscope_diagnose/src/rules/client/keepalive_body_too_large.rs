use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "keepalive-body-too-large",
    Client,
    Refusal,
    "keepalive_body_too_large.md",
    "a keepalive body is larger than 64 KiB",
    Finds::Faults(&["keepalive_body_too_large"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let size = sight.init().body.as_ref().map_or(0, |body| body.data.len());
    Some(
        Explanation::new(
            Who::Client,
            format!("the body has {size} bytes; a keepalive request or a beacon may have 65536"),
        )
        .note(
            "Nothing was sent. The limit counts all such requests of the page that are under way.",
        )
        .narrow(
            Who::Client,
            "send less, or send it in several requests, one after the other",
        )
        .narrow(Who::Client, "leave `keepalive` out, if the page stays open"),
    )
}
