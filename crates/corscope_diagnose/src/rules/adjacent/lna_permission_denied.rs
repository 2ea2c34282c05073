use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{NetworkKind, Sight};

rule!(
    "lna-permission-denied",
    Adjacent,
    Refusal,
    "lna_permission_denied.md",
    "the page may not reach a more private address",
    Finds::Faults(&["lna_permission_denied", "network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let space = match fault.cause {
        Cause::LnaPermissionDenied { space } => Some(space.name()),
        _ if NetworkKind::of_fault(fault) == Some(NetworkKind::LocalNetworkAccess) => None,
        _ => return None,
    };
    let page = sight.page_origin();
    let target = space.unwrap_or("local or loopback");
    Some(
        Explanation::new(
            Who::Client,
            format!("`{page}` has no permission to reach the `{target}` address space"),
        )
        .note(
            "Nothing was sent. This is Local Network Access, not CORS, however the message reads.",
        )
        .narrow(
            Who::Client,
            "the user must allow access to the local network for this site",
        )
        .manual(
            Who::Client,
            "in an iframe, add `allow=\"local-network; loopback-network\"` to the element",
        )
        .manual(
            Who::Client,
            "on managed machines, allow the site by enterprise policy",
        ),
    )
}
