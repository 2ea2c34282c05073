use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "stream-upload-unsupported",
    Client,
    Refusal,
    "stream_upload_unsupported.md",
    "this browser cannot stream a request body",
    Finds::Faults(&["stream_upload_unsupported"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let browser = sight.whole().browser.name();
    Some(
        Explanation::new(
            Who::Client,
            format!("{browser} cannot stream a request body"),
        )
        .note("Nothing was sent.")
        .narrow(
            Who::Client,
            "send a Blob or an ArrayBuffer in place of the stream",
        ),
    )
}
