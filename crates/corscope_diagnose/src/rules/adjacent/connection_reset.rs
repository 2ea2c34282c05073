use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "connection-reset",
    Adjacent,
    Refusal,
    "connection_reset.md",
    "the connection was cut",
    Finds::Faults(&["network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if sight.on_preflight(fault) {
        return None;
    }

    if NetworkKind::of_fault(fault)? != NetworkKind::Reset {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Server,
            format!("the connection was cut before the answer was complete: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Server,
            "look into the log for a crash or a limit at the time of the request",
        )
        .manual(
            Who::Proxy,
            "look whether a proxy, firewall or virus scanner cuts such requests",
        ),
    )
}
