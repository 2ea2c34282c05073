use corscope_fetch::{Cause, Fault, Leg};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    asked_method, asked_names, first_preflight, lacking, with_complete_lists,
};
use crate::sight::Sight;

rule!(
    "unnecessary-request-header",
    Preflight,
    Refusal,
    "unnecessary_request_header.md",
    "a request header that the server does not allow, and that has no use",
    Finds::Faults(&["acah_header_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = first_preflight(sight, fault)?;
    let Cause::AcahHeaderMissing { name } = &fault.cause else {
        return None;
    };
    let why = uselessness(str::from_utf8(name).ok()?, leg)?;
    let mut lacking = lacking(sight, fault);
    lacking
        .names
        .retain(|name| uselessness(name, leg).is_some());
    let names = lacking.quoted_names();
    let are = if lacking.names.len() == 1 {
        "is"
    } else {
        "are"
    };
    let found = Explanation::new(
        Who::Client,
        format!("{names} {are} not allowed by the server, and {are} not needed"),
    )
    .note(why);
    let all = asked_names(leg).split(',').count() == lacking.names.len();
    let then = match all && matches!(&*asked_method(leg), "GET" | "HEAD" | "POST") {
        true => ": then no preflight is sent",
        false => "",
    };
    let found = found.narrow(
        Who::Client,
        format!("do not set {names} on the request{then}"),
    );
    Some(with_complete_lists(found, sight, fault))
}

/// Why a request can do without a header.
fn uselessness(name: &str, leg: &Leg) -> Option<&'static str> {
    Some(match name {
        "cache-control" | "pragma" | "expires" | "if-modified-since" => {
            "To get past the browser's cache, fetch has an option of its own, which needs no \
             permission: `cache: \"no-store\"`."
        }
        "x-requested-with" => {
            "`X-Requested-With` is a habit of old libraries. Browsers send `Sec-Fetch-Mode` and \
             `Origin` by themselves, which tell a server the same."
        }
        "content-type" if matches!(&*asked_method(leg), "GET" | "HEAD") => {
            "`Content-Type` describes a body, and GET and HEAD have none."
        }
        _ => return None,
    })
}
