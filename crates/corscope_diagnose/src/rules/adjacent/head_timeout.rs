use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "head-timeout",
    Adjacent,
    Refusal,
    "head_timeout.md",
    "the response does not come in time",
    Finds::Faults(&["network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if sight.on_preflight(fault) {
        return None;
    }

    if NetworkKind::of_fault(fault)? != NetworkKind::HeadTimedOut {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Server,
            format!("the connection stands, and no answer came in time: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Server,
            "find out what takes so long, or answer at once and let the client ask again later",
        )
        .manual(
            Who::Client,
            "allow more time, if it is your own limit that struck",
        ),
    )
}
