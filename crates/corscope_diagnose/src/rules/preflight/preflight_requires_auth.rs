use corscope_fetch::Fault;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "preflight-requires-auth",
    Preflight,
    Refusal,
    "preflight_requires_auth.md",
    "the preflight is answered with a demand for credentials",
    Finds::Faults(&["acao_missing", "preflight_status_not_ok"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let status = sight.status(fault)?;
    let asks = sight.header(fault, "www-authenticate").is_some();
    if !sight.on_preflight(fault) || !(matches!(status, 401 | 407) || (asks && status >= 400)) {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!("the preflight was answered {status}: the server wants credentials from a request that never has any"),
    )
    .confidence(Confidence::Certain)
    .note("A preflight carries no cookies and no Authorization, by design.")
    .narrow(Who::Server, "let CORS answer OPTIONS before authentication looks at it");
    Some(found)
}
