use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "stream-body-not-allowed",
    Client,
    Refusal,
    "stream_body_not_allowed.md",
    "a stream body needs mode cors and no keepalive",
    Finds::Faults(&["stream_body_not_allowed"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let why = if sight.init().keepalive {
        "a `ReadableStream` body does not go together with `keepalive`"
    } else {
        "a `ReadableStream` body does not go together with mode `no-cors`"
    };
    Some(
        Explanation::new(Who::Client, why)
            .note("Nothing was sent; the script gets a TypeError.")
            .narrow(
                Who::Client,
                "send a string, a Blob or an ArrayBuffer instead of the stream",
            )
            .manual(Who::Client, "leave `keepalive` and `mode: \"no-cors\"` out"),
    )
}
