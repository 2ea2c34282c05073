use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "stream-upload-needs-http2",
    Client,
    Refusal,
    "stream_upload_needs_http2.md",
    "a streamed request body needs HTTP/2",
    Finds::Faults(&["stream_upload_needs_http2"], explain)
);

fn explain(_: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    Some(
        Explanation::new(
            Who::Client,
            "a streamed request body needs HTTP/2, and browsers speak that over https only",
        )
        .narrow(
            Who::Client,
            "send a Blob or an ArrayBuffer in place of the stream",
        )
        .manual(Who::Server, "offer the URL over https and HTTP/2"),
    )
}
