use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_preflight, lacking};
use crate::sight::Sight;

rule!(
    "client-sends-cors-response-header",
    Preflight,
    Refusal,
    "client_sends_cors_response_header.md",
    "the script sends a CORS header that only a server can give",
    Finds::Faults(&["acah_header_missing"], explain)
);

const PREFIX: &str = "access-control-";

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    first_preflight(sight, fault)?;
    let Cause::AcahHeaderMissing { name } = &fault.cause else {
        return None;
    };
    if !name.starts_with(PREFIX.as_bytes()) {
        return None;
    }
    let mut lacking = lacking(sight, fault);
    lacking.names.retain(|name| name.starts_with(PREFIX));
    let names = lacking.quoted_names();
    Some(
        Explanation::new(
            Who::Client,
            format!("the script sends {names} on the request; it belongs on the server's response"),
        )
        .note(
            "A page cannot give itself permission. On a request the header does nothing but force \
             a preflight, which then fails.",
        )
        .narrow(Who::Client, format!("do not set {names} on the request"))
        .manual(
            Who::Server,
            "if the page still fails without it, send `Access-Control-Allow-Origin` on the response",
        ),
    )
}
