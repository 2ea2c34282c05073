use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "connection-timed-out",
    Adjacent,
    Refusal,
    "connection_timed_out.md",
    "the host does not answer the connection",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::ConnectTimedOut {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(Who::Server, format!("the host does not answer: `{name}`"))
            .note("The console may say CORS; it is not: no response came to judge.")
            .narrow(
                Who::Server,
                "check that the machine runs, and that its firewall lets the port through",
            )
            .manual(
                Who::Client,
                "check host and port in the URL, and whether a VPN is needed",
            ),
    )
}
