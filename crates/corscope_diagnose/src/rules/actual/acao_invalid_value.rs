use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-invalid-value",
    Actual,
    Refusal,
    "acao_invalid_value.md",
    "Access-Control-Allow-Origin is no origin",
    Finds::Faults(&["acao_invalid_value"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    let mut found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` is `{got}`, which is no origin; wanted `{origin}`"),
    );
    if let Some(reason) = reason(&got, origin) {
        found = found.note(reason);
    }
    Some(sight.grant(fault, found))
}

/// What is wrong with the value, where that can be seen.
fn reason(got: &str, origin: &str) -> Option<&'static str> {
    let bare = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    if got.starts_with(['"', '\'']) {
        Some("The quotes are part of the value; send it without them.")
    } else if got.starts_with(['$', '%', '{', '<']) {
        Some("It looks like a variable that nobody filled in.")
    } else if matches!(
        got,
        "true" | "false" | "undefined" | "None" | "nil" | "[object Object]"
    ) {
        Some("It looks like a program's value that ended up in the header by mistake.")
    } else if got == bare {
        Some("Only the scheme is missing: an origin begins with `https://` or `http://`.")
    } else if got.contains("://") {
        None
    } else {
        Some("An origin is a scheme, `://`, a host, and a port unless it is the default one.")
    }
}
