use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{NetworkKind, Sight};

rule!(
    "unexpected-proxy-authentication",
    Adjacent,
    Refusal,
    "unexpected_proxy_authentication.md",
    "a server answered 407, which only a proxy may",
    Finds::Faults(
        &["unexpected_proxy_authentication", "network_error"],
        explain
    )
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let is_it = match fault.cause {
        Cause::UnexpectedProxyAuthentication => true,
        _ => NetworkKind::of_fault(fault) == Some(NetworkKind::UnexpectedProxyAuthentication),
    };
    if !is_it {
        return None;
    }
    Some(
        Explanation::new(
            Who::Server,
            "the server answered 407, which only a proxy that the browser uses may answer",
        )
        .note("Chromium gives up at that status, whatever headers come with it.")
        .narrow(
            Who::Server,
            "answer 401 when the client has to log in, 403 when it may not",
        )
        .manual(
            Who::Proxy,
            "look whether a gateway in front of the server writes the 407",
        ),
    )
}
