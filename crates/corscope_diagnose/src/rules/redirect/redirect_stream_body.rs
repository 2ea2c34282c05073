use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::redirect_target::with_direct_request;
use crate::sight::Sight;

rule!(
    "redirect-stream-body",
    Redirect,
    Refusal,
    "redirect_stream_body.md",
    "a streamed body cannot be sent again to a redirect's target",
    Finds::Faults(&["redirect_stream_body"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    let response = leg.response()?;
    let status = response.status;
    let found = Explanation::new(
        Who::Client,
        format!("the redirect {status} needs the body once more, and a stream is read only once"),
    )
    .narrow(
        Who::Client,
        "send the body as a string, a Blob or an ArrayBuffer, not as a stream",
    );
    let found = with_direct_request(found, leg, response);
    Some(found.manual(
        Who::Server,
        "answer 303 if the target is to be fetched with GET: then no body is sent again",
    ))
}
