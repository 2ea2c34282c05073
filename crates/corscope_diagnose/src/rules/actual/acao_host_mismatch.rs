use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;
use crate::sight::origins::parts;

rule!(
    "acao-host-mismatch",
    Actual,
    Refusal,
    "acao_host_mismatch.md",
    "Access-Control-Allow-Origin names another host",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    let (mine, theirs) = (parts(origin)?, parts(&got)?);
    if !(mine.0 == theirs.0 && mine.2 == theirs.2 && mine.1 != theirs.1) {
        return None;
    }
    let mut found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, wanted `{origin}`: the host differs"),
    );
    let local = ["localhost", "127.0.0.1", "[::1]"];
    let is_www = |one: &str, other: &str| one.strip_prefix("www.") == Some(other);
    if local.contains(&mine.1) && local.contains(&theirs.1) {
        found = found
            .note("They lead to the same machine, but they are two names, and so two origins.");
    } else if is_www(mine.1, theirs.1) || is_www(theirs.1, mine.1) {
        found = found.note("With and without `www.` are two hosts, and so two origins.");
    }
    let found = sight.grant(fault, found);
    Some(found.narrow(
        Who::Client,
        format!("open the page at `{got}`, if it is served there, too"),
    ))
}
