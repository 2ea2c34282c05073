use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{NetworkKind, Sight};

rule!(
    "corp-blocked",
    Adjacent,
    Refusal,
    "corp_blocked.md",
    "Cross-Origin-Resource-Policy keeps other origins out",
    Finds::Faults(&["corp_blocked", "network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let policy = sight.header(fault, "cross-origin-resource-policy");
    let is_policy = matches!(fault.cause, Cause::CorpBlocked { .. })
        || NetworkKind::of_fault(fault) == Some(NetworkKind::ResourcePolicy);
    if !is_policy {
        return None;
    }
    let page = sight.page_origin();
    let headline = match policy {
        Some(policy) => {
            format!("`Cross-Origin-Resource-Policy` is `{policy}`, which keeps `{page}` out")
        }
        None => format!(
            "the response may not be used by `{page}`: no `Cross-Origin-Resource-Policy` allows it"
        ),
    };
    Some(
        Explanation::new(Who::Server, headline)
            .note("This header is judged where a page loads without CORS; it is not part of CORS.")
            .narrow(Who::Server, "answer `Cross-Origin-Resource-Policy: cross-origin`")
            .manual(
                Who::Client,
                "load it with CORS (`crossorigin`, or `fetch()` without `no-cors`), if the server allows that",
            ),
    )
}
