use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;
use crate::sight::origins::parts;

rule!(
    "acao-port-mismatch",
    Actual,
    Refusal,
    "acao_port_mismatch.md",
    "Access-Control-Allow-Origin names another port",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    let (mine, theirs) = (parts(origin)?, parts(&got)?);
    if !(mine.0 == theirs.0 && mine.1 == theirs.1 && mine.2 != theirs.2) {
        return None;
    }
    let mut found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, wanted `{origin}`: the port differs"),
    );
    if matches!(mine.1, "localhost" | "127.0.0.1" | "[::1]") {
        found = found.note("Development servers take the next free port when theirs is in use.");
    }
    let found = sight.grant(fault, found);
    Some(found.narrow(
        Who::Client,
        format!("open the page at `{got}`, if it is served there, too"),
    ))
}
