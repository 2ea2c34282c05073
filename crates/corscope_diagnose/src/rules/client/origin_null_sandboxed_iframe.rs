use corscope_fetch::{Cause, Fault, Origin};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "origin-null-sandboxed-iframe",
    Client,
    Refusal,
    "origin_null_sandboxed_iframe.md",
    "a sandboxed page has the origin null",
    Finds::Faults(
        &[
            "acao_missing",
            "acao_mismatch",
            "acao_wildcard_with_credentials"
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if sight.client().origin != Origin::Opaque || sight.wanted_origin(fault) != "null" {
        return None;
    }
    let is_told = sight.scenario?.page.sandboxed_iframe == Some(true);
    let scheme = sight.client().url.as_ref().map(|url| url.scheme());
    if !is_told && !matches!(scheme, Some("data" | "blob" | "about")) {
        return None;
    }
    if matches!(fault.cause, Cause::AcaoMissing)
        && sight
            .status(fault)
            .is_some_and(|status| status >= 400 && status != 403)
    {
        return None;
    }
    let what = match scheme {
        Some(scheme @ ("data" | "blob" | "about")) if !is_told => format!("a `{scheme}:` page"),
        _ => "an iframe with `sandbox` and without `allow-same-origin`".to_owned(),
    };
    let found = Explanation::new(
        Who::Client,
        format!("the page is {what}, so its origin is `null`, which no server names"),
    )
    .note("Every such page has the same origin `null`, those of attackers, too.")
    .narrow(
        Who::Client,
        "add `allow-same-origin` to the iframe's `sandbox`, if you trust what is in it",
    )
    .manual(
        Who::Client,
        "let the page around it fetch, and pass the data in with `postMessage()`",
    );
    Some(if sight.includes_credentials() {
        found
    } else {
        found.widens(
            Who::Server,
            "answer `Access-Control-Allow-Origin: *`, if the data is public",
        )
    })
}
