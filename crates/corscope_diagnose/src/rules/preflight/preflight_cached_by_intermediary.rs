use corscope_fetch::{Cause, Fault, Leg};
use url::Url;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_HEADERS, ALLOW_METHODS, first_answer, passing_lines, wanted_origin,
};
use crate::scenario::{ProbeDocument, latin1};
use crate::sight::probes::allows;
use crate::sight::{Sight, Signs};

rule!(
    "preflight-cached-by-intermediary",
    Preflight,
    Refusal,
    "preflight_cached_by_intermediary.md",
    "the preflight was answered by a cache, with what another request was allowed",
    Finds::Faults(
        &[
            "acah_header_missing",
            "acam_method_missing",
            "acao_mismatch",
            "acao_missing"
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    if !response.is_ok() {
        return None;
    }
    let sign = Signs(response).cache()?;
    let fresh = sight.probes().iter().find(|it| is_fresh(it, leg));
    let confidence = match fresh {
        Some(probe) if passes(probe, leg, fault) => Confidence::Certain,
        // A fresh answer that says the same is not the cache's fault.
        Some(_) => return None,
        None => Confidence::Likely,
    };
    let value = sight.header(fault, sign).unwrap_or_default();
    let what = match &fault.cause {
        Cause::AcahHeaderMissing { name } => format!("request header `{}`", latin1(name)),
        Cause::AcamMethodMissing { method } => format!("method `{method}`"),
        _ => format!("origin `{}`", wanted_origin(leg)),
    };
    let found = Explanation::new(
        Who::Proxy,
        format!("a cache answered the preflight (`{sign}: {value}`), and {what} is not allowed"),
    )
    .confidence(confidence);
    let found = match confidence {
        Confidence::Certain => found.note("Asked past the cache, the server does allow it."),
        _ => found.note(
            "An answer that was kept for one page or one set of headers is wrong for another. \
             Send the preflight with another query, such as `?fresh=1`: if it passes then, the \
             cache is to blame; if not, the server does not allow it either.",
        ),
    };
    Some(
        found
            .manual(
                Who::Proxy,
                "never cache answers to OPTIONS, and purge those that are kept",
            )
            .manual(
                Who::Server,
                "answer OPTIONS with `Cache-Control: no-store` and `Vary: Origin, \
                 Access-Control-Request-Method, Access-Control-Request-Headers`",
            )
            .narrow(
                Who::Server,
                format!("answer OPTIONS with {}", passing_lines(leg)),
            ),
    )
}

/// Whether a probe is a preflight of the same URL, but for a query that no cache has seen.
fn is_fresh(probe: &ProbeDocument, leg: &Leg) -> bool {
    let url = &leg.request.url;
    probe.method == "OPTIONS"
        && probe.status != 0
        && Url::parse(&probe.url).is_ok_and(|it| {
            it.origin() == url.origin() && it.path() == url.path() && it.query() != url.query()
        })
}

/// Whether a probe's answer has what a fault lacks.
fn passes(probe: &ProbeDocument, leg: &Leg, fault: &Fault) -> bool {
    let list = &probe.headers.0;
    let lists = |name: &str, token: &[u8]| {
        corscope_fetch::header_values::list_elements(list, name)
            .any(|it| it.token.eq_ignore_ascii_case(token) || it.token == b"*")
    };
    match &fault.cause {
        Cause::AcahHeaderMissing { name } => lists(ALLOW_HEADERS, name),
        Cause::AcamMethodMissing { method } => lists(ALLOW_METHODS, method.as_bytes()),
        _ => allows(list, wanted_origin(leg)),
    }
}
