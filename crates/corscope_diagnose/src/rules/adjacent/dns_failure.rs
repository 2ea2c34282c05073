use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "dns-failure",
    Adjacent,
    Refusal,
    "dns_failure.md",
    "the host's name has no address",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::NameNotResolved {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Client,
            format!("no address is known for the host: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Client,
            "check the host in the URL for a slip, or an empty variable in its place",
        )
        .manual(
            Who::Server,
            "check the DNS record, and whether it is known outside your network, too",
        ),
    )
}
