use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "host-unreachable",
    Adjacent,
    Refusal,
    "host_unreachable.md",
    "there is no way to the host",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::Unreachable {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Client,
            format!("there is no way to the host: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Client,
            "check the network of this machine: connection, VPN, firewall",
        )
        .manual(
            Who::Server,
            "check whether the address is reachable from where the users are",
        ),
    )
}
