use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "tls-certificate-invalid",
    Adjacent,
    Refusal,
    "tls_certificate_invalid.md",
    "the server's certificate is not accepted",
    Finds::Faults(&["network_error"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::Certificate {
        return None;
    }
    let name = error_name(fault);
    Some(
        Explanation::new(Who::Server, format!("the browser does not accept the certificate of the server: `{name}`"))
            .note("The console may say CORS; it is not: no response came to judge.")
            .narrow(Who::Server, "install a valid certificate for this very host name, with its intermediate certificates")
    .manual(Who::Client, "in development, open the URL in a tab and accept it once, or trust the local authority"),
    )
}
