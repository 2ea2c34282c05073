use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-default-port",
    Actual,
    Refusal,
    "acao_default_port.md",
    "Access-Control-Allow-Origin spells out the default port",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    let default = if origin.starts_with("https:") {
        ":443"
    } else {
        ":80"
    };
    if got.strip_suffix(default)? != origin {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, wanted `{origin}` without the port"),
    )
    .note("Browsers leave the default port out of an origin: 443 for https, 80 for http.");
    Some(sight.grant(fault, found))
}
