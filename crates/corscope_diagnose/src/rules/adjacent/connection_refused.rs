use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "connection-refused",
    Adjacent,
    Refusal,
    "connection_refused.md",
    "nothing listens on the port",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::Refused {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Server,
            format!("nothing listens on that port of the host: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .narrow(
            Who::Server,
            "start the server, and look at which address and port it listens",
        )
        .narrow(Who::Client, "check host and port in the URL"),
    )
}
