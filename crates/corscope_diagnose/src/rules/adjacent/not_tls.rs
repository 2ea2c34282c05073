use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "not-tls",
    Adjacent,
    Refusal,
    "not_tls.md",
    "the port does not speak TLS as the browser does",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::NotTls {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Client,
            format!("there is no TLS that both sides speak: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .note("Most often the URL says https and the port speaks plain http.")
        .narrow(
            Who::Client,
            "write `http://` in the URL, if the server has no TLS there, or use its https port",
        )
        .narrow(
            Who::Server,
            "switch TLS on for the port, with version 1.2 or newer",
        ),
    )
}
