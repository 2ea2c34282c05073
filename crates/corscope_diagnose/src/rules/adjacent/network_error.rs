use corscope_fetch::Fault;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight};

rule!(
    "network-error",
    Adjacent,
    Refusal,
    "network_error.md",
    "the network failed below HTTP",
    Finds::Faults(&["network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if sight.on_preflight(fault) {
        return None;
    }
    let name = error_name(fault);
    let mut found = Explanation::new(
        Who::Server,
        format!("no response came: `{name}`; the console may say CORS, it is not"),
    )
    .confidence(Confidence::Possible);
    let kind = NetworkKind::of_fault(fault)?;
    if kind == NetworkKind::Proxy {
        found = found
            .note("The request did not get past the proxy that this machine uses.")
            .manual(
                Who::Client,
                "check the proxy settings of the browser or the system",
            );
    }
    Some(found.manual(
        Who::Client,
        "open the URL in a tab of its own, or ask it with `corscope check`: that names the failure",
    ))
}
