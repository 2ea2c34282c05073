use corscope_fetch::{Cause, Fault, Origin};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "origin-null-file-scheme",
    Client,
    Refusal,
    "origin_null_file_scheme.md",
    "a page opened from disk has the origin null",
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
    let is_file = match &sight.client().url {
        Some(url) => url.scheme() == "file",
        None => false,
    };
    if !is_file && sight.client().url.is_some() {
        return None;
    }
    if matches!(fault.cause, Cause::AcaoMissing)
        && sight
            .status(fault)
            .is_some_and(|status| status >= 400 && status != 403)
    {
        return None;
    }
    let confidence = match (is_file, &fault.cause) {
        (true, Cause::AcaoMissing) => Confidence::Likely,
        (true, _) => Confidence::Certain,
        (false, _) => Confidence::Possible,
    };
    let headline = if is_file {
        "the page was opened from disk, so its origin is `null`, which no server names"
    } else {
        "the page's origin is `null`, which no server names; most often it was opened from disk"
    };
    let mut found = Explanation::new(Who::Client, headline)
        .confidence(confidence)
        .note("Every page on disk, and every sandboxed page of an attacker, has the same origin `null`.")
        .narrow(
            Who::Client,
            "serve the page with a local web server, such as `npx http-server` or \
             `python3 -m http.server`, and open it at `http://localhost:…`",
        )
        .narrow(Who::Server, "then allow that origin");
    if !sight.includes_credentials() {
        found = found.widens(
            Who::Server,
            "answer `Access-Control-Allow-Origin: *`, if the data is public",
        );
    }
    Some(found)
}
