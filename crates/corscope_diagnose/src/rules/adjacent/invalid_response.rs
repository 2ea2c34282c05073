use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "invalid-response",
    Adjacent,
    Refusal,
    "invalid_response.md",
    "what came back is no valid HTTP response",
    Finds::Faults(&["network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if sight.on_preflight(fault) {
        return None;
    }

    if NetworkKind::of_fault(fault)? != NetworkKind::InvalidResponse {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(Who::Server, format!("what came back is no HTTP response that a browser accepts: `{name}`"))
            .note("The console may say CORS; it is not: no response came to judge.")
            .narrow(Who::Server, "send a correct HTTP response: look for text printed before the headers, and for wrong lengths")
    .manual(Who::Client, "check the port: it may speak another protocol"),
    )
}
