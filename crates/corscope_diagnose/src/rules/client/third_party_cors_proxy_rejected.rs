use corscope_fetch::{Fault, Response};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "third-party-cors-proxy-rejected",
    Client,
    Refusal,
    "third_party_cors_proxy_rejected.md",
    "a public CORS proxy refused the request",
    Finds::Faults(
        &[
            "acao_missing",
            "acao_mismatch",
            "acao_invalid_value",
            "acao_multiple_values",
            "acao_wildcard_with_credentials",
            "acac_missing",
            "preflight_status_not_ok",
            "preflight_redirect",
            "acam_method_missing",
            "acah_header_missing"
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let url = sight.url(fault)?;
    let host = url.host_str()?;
    let is_known = PROXIES.iter().any(|proxy| {
        host.strip_suffix(proxy)
            .is_some_and(|start| start.is_empty() || start.ends_with('.'))
    });
    let demo = |response: &Response| {
        response.body.is_some()
            && Signs(response)
                .body_says(&["/corsdemo", "cors-anywhere"])
                .is_some()
    };
    if !is_known && !sight.response(fault).is_some_and(demo) {
        return None;
    }
    let status = sight
        .status(fault)
        .map(|status| format!(" with status {status}"))
        .unwrap_or_default();
    Some(
        Explanation::new(Who::Client, format!("the public CORS proxy `{host}` did not pass the request on{status}"))
            .confidence(Confidence::Likely)
            .note("Such proxies limit their use, want a key or an opt-in, or are shut down without notice.")
            .note("Whoever runs one can read and change everything that goes through it.")
            .narrow(Who::Client, "fetch the URL through a proxy of your own, on the page's origin")
            .manual(Who::Server, "or ask the owner of the URL to allow your origin"),
    )
}

/// Hosts of public CORS proxies.
const PROXIES: [&str; 14] = [
    "cors-anywhere.herokuapp.com",
    "corsproxy.io",
    "allorigins.win",
    "cors.sh",
    "thingproxy.freeboard.io",
    "api.codetabs.com",
    "cors.bridged.cc",
    "cors-proxy.htmldriven.com",
    "crossorigin.me",
    "cors.io",
    "test.cors.workers.dev",
    "yacdn.org",
    "cors.eu.org",
    "corsproxy.org",
];
