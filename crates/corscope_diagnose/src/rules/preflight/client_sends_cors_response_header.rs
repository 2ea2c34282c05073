use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    RESPONSE_HEADER_PREFIX, asked_names, first_preflight, with_complete_lists,
};
use crate::sight::Sight;

rule!(
    "client-sends-cors-response-header",
    Preflight,
    Refusal,
    "client_sends_cors_response_header.md",
    "the script sends a CORS header that only a server can give",
    Finds::Faults(&["acah_header_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = first_preflight(sight, fault)?;
    let Cause::AcahHeaderMissing { name } = &fault.cause else {
        return None;
    };
    if !name.starts_with(RESPONSE_HEADER_PREFIX.as_bytes()) {
        return None;
    }
    let names = asked_names(leg);
    let names: Vec<&str> = names
        .split(',')
        .filter(|name| name.starts_with(RESPONSE_HEADER_PREFIX))
        .collect();
    let (names, it) = (
        names.join("`, `"),
        if names.len() == 1 {
            "it belongs"
        } else {
            "they belong"
        },
    );
    let found = Explanation::new(
        Who::Client,
        format!("the script sends `{names}` on the request; {it} on the server's response"),
    )
    .note(
        "A page cannot give itself permission. On a request the header does nothing but force \
             a preflight, which then fails.",
    )
    .narrow(Who::Client, format!("do not set `{names}` on the request"))
    .manual(
        Who::Server,
        "if the page still fails without it, send `Access-Control-Allow-Origin` on the response",
    );
    Some(with_complete_lists(found, sight, fault))
}
