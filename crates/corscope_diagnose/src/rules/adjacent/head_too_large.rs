use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "head-too-large",
    Adjacent,
    Refusal,
    "head_too_large.md",
    "the response's headers are too large",
    Finds::Faults(&["network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if sight.on_preflight(fault) {
        return None;
    }

    if NetworkKind::of_fault(fault)? != NetworkKind::HeadTooLarge {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Server,
            format!("the response has more headers than a browser reads: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Server,
            "send fewer or smaller headers; look for cookies that grow with each request",
        ),
    )
}
