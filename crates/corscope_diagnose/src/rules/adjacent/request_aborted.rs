use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "request-aborted",
    Adjacent,
    Refusal,
    "request_aborted.md",
    "the page gave the request up",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::Aborted {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Client,
            format!("the request was given up before it was answered: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Client,
            "look for an AbortController, a form that is submitted, a navigation, or a reload",
        ),
    )
}
