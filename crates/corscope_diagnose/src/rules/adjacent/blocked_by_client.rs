use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "blocked-by-client",
    Adjacent,
    Refusal,
    "blocked_by_client.md",
    "an extension or a policy on this machine blocked the request",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::BlockedByClient {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Client,
            format!("an extension or a policy on this machine blocked the request: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Client,
            "try a window without extensions, and make an exception in the ad blocker",
        )
        .manual(
            Who::Client,
            "give the URL a name that does not look like advertising or tracking",
        ),
    )
}
