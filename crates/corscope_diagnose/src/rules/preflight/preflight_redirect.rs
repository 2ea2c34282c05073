use corscope_fetch::Fault;
use url::Url;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_answer, with_remedies};
use crate::rules::redirect_target::{looks_like_login, target};
use crate::sight::Sight;

rule!(
    "preflight-redirect",
    Preflight,
    Refusal,
    "preflight_redirect.md",
    "the preflight is answered with a redirect",
    Finds::Faults(
        &[
            "acao_missing",
            "preflight_redirect",
            "preflight_status_not_ok"
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    if !(response.has_redirect_status() && response.header_list.contains("location")) {
        return None;
    }
    let status = response.status;
    let location = sight.header(fault, "location").unwrap_or_default();
    let headline = format!(
        "the preflight was answered {status} to `{location}`: preflights follow no redirect"
    );
    let target = target(leg, response);
    let change = target
        .as_ref()
        .and_then(|to| small_change(&leg.request.url, to));
    let found = match (change, target) {
        (Some(change), Some(target)) => Explanation::new(Who::Client, headline)
            .note(change)
            .narrow(Who::Client, format!("ask for `{target}` at once")),
        (_, Some(target)) if looks_like_login(&target) => Explanation::new(Who::Server, headline)
            .confidence(Confidence::Likely)
            .note(
                "It leads to a login. A preflight carries no cookies, so it is never logged \
                     in: it must be answered before anybody looks for a session.",
            ),
        (_, Some(target)) => {
            let found = Explanation::new(Who::Server, headline);
            match sight.status_of_get(&leg.request.url) {
                Some(get @ 200..=299) => found.note(format!(
                    "GET is answered {get} there, so only other requests are redirected: look for \
                     what treats OPTIONS apart, such as a check for a session or a CSRF token."
                )),
                Some(300..=399) => found
                    .note("Something redirects every method alike, before CORS gets to answer.")
                    .manual(Who::Client, format!("ask for `{target}` at once")),
                _ => found
                    .note("Something redirects before CORS gets to answer.")
                    .manual(Who::Client, format!("ask for `{target}` at once")),
            }
        }
        (_, None) => Explanation::new(Who::Server, headline),
    };
    Some(with_remedies(found, sight, leg))
}

/// What a redirect corrects in the URL, if it is no more than a detail of spelling.
fn small_change(from: &Url, to: &Url) -> Option<&'static str> {
    let bare_host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    let same_path = from.path() == to.path();
    let same_slashed = from.path().trim_end_matches('/') == to.path().trim_end_matches('/');
    if bare_host(from) != bare_host(to) || from.query() != to.query() || !same_slashed {
        return None;
    }
    Some(if from.scheme() == "http" && to.scheme() == "https" {
        "The server sends http requests on to https."
    } else if from.scheme() != to.scheme() {
        return None;
    } else if from.host_str() != to.host_str() {
        "The server sends requests on to its other host name, with or without `www.`."
    } else if !same_path {
        "The two URLs differ in the slash at the end."
    } else {
        return None;
    })
}
