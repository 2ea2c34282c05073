use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-mismatch",
    Actual,
    Refusal,
    "acao_mismatch.md",
    "Access-Control-Allow-Origin names another origin",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    let has_path = got
        .splitn(4, '/')
        .nth(3)
        .is_some_and(|path| !path.is_empty());
    let mut found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, wanted `{origin}`"),
    )
    .note("The browser compares the two byte for byte; there are no near misses.");
    if has_path {
        found = found.note("An origin is scheme, host and port; it has no path.");
    }
    let found = sight.grant(fault, found).manual(
        Who::Client,
        format!("open the page at `{got}`, if that is where it belongs"),
    );
    Some(found)
}
