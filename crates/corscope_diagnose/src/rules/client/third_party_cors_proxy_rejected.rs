use corscope_fetch::{Evidence, Fault, Part, Response};
use url::Url;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "third-party-cors-proxy-rejected",
    Client,
    Refusal,
    "third_party_cors_proxy_rejected.md",
    "a public CORS proxy refused the request",
    Finds::Both(
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
        explain,
        observe
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    proxy_refused(sight.url(fault)?, sight.response(fault))
}

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.readable()?;
    if !matches!(response.status, 401 | 403 | 429) {
        return None;
    }
    let found = proxy_refused(&sight.whole().legs.get(leg)?.request.url, Some(response))?;
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}

/// What is said when `url` leads to a public proxy, or its answer is one of such a proxy.
fn proxy_refused(url: &Url, response: Option<&Response>) -> Option<Explanation> {
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
    if !is_known && !response.is_some_and(demo) {
        return None;
    }
    let status = response
        .map(|it| format!(" with status {}", it.status))
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
