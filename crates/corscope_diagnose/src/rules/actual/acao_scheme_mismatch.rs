use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;
use crate::sight::origins::parts;

rule!(
    "acao-scheme-mismatch",
    Actual,
    Refusal,
    "acao_scheme_mismatch.md",
    "Access-Control-Allow-Origin differs in http and https",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    let (mine, theirs) = (parts(origin)?, parts(&got)?);
    if !(mine.1 == theirs.1 && mine.2 == theirs.2 && mine.0 != theirs.0) {
        return None;
    }
    let mut found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, wanted `{origin}`: the scheme differs"),
    );
    if mine.0 == "http" {
        found = found.note("The page was opened over http; perhaps it should redirect to https.");
    }
    let found = sight.grant(fault, found);
    if theirs.0 == "http" {
        return Some(found);
    }
    Some(found.narrow(
        Who::Client,
        format!("open the page at `{got}`, if it is served there, too"),
    ))
}
