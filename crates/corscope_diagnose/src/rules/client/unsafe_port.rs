use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "unsafe-port",
    Client,
    Refusal,
    "unsafe_port.md",
    "the port is one that browsers never connect to",
    Finds::Faults(&["unsafe_port"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let Cause::UnsafePort { port } = fault.cause else {
        return None;
    };
    Some(
        Explanation::new(
            Who::Server,
            format!("browsers refuse to connect to port {port}"),
        )
        .note("The port belongs to another protocol; whatever answers there is not asked.")
        .narrow(
            Who::Server,
            "let the server listen on another port, such as 8080 or 8443",
        )
        .manual(
            Who::Proxy,
            "put a reverse proxy on an ordinary port in front",
        ),
    )
}
