use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "coep-requires-corp",
    Adjacent,
    Refusal,
    "coep_requires_corp.md",
    "the page's embedder policy wants the response to allow its use",
    Finds::Faults(&["corp_blocked"], explain)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !matches!(
        fault.cause,
        Cause::CorpBlocked {
            by_embedder_policy: true
        }
    ) {
        return None;
    }
    Some(
        Explanation::new(
            Who::Server,
            "the page has a `Cross-Origin-Embedder-Policy`, and the response has no `Cross-Origin-Resource-Policy`, wanted `cross-origin`",
        )
        .note("With that policy a page may embed only what agrees to it. This is not CORS.")
        .narrow(Who::Server, "answer `Cross-Origin-Resource-Policy: cross-origin`")
        .narrow(
            Who::Client,
            "load it with CORS (`crossorigin` on the element), if the server allows that",
        )
        .manual(
            Who::Client,
            "send the page with `Cross-Origin-Embedder-Policy: credentialless`, or without the policy",
        ),
    )
}
