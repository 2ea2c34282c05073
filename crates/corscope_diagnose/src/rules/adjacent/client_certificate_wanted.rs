use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "client-certificate-wanted",
    Adjacent,
    Refusal,
    "client_certificate_wanted.md",
    "the server wants a client certificate",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::ClientCertificate {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(
            Who::Server,
            format!("the server wants a certificate of the client: `{name}`"),
        )
        .note("The console may say CORS; it is not: no response came to judge.")
        .note("A preflight carries no client certificate, so a server that demands one refuses it.")
        .narrow(
            Who::Server,
            "do not demand the certificate for OPTIONS, but only where the request is handled",
        )
        .manual(
            Who::Client,
            "install the client certificate, and set `credentials: \"include\"`",
        ),
    )
}
