use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "empty-response",
    Adjacent,
    Refusal,
    "empty_response.md",
    "the connection was closed without an answer",
    Finds::Faults(&["network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if sight.on_preflight(fault) {
        return None;
    }

    if NetworkKind::of_fault(fault)? != NetworkKind::Empty {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Server,
            format!("the server closed the connection without an answer: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Server,
            "look into the log for a crash while it handled the request",
        )
        .manual(
            Who::Client,
            "check that the port speaks http: one that wants https closes such connections",
        ),
    )
}
