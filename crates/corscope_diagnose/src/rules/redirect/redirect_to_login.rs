use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::redirect_target::{looks_like_login, redirect, redirect_before, target};
use crate::sight::{Sight, Signs};

rule!(
    "redirect-to-login",
    Redirect,
    Refusal,
    "redirect_to_login.md",
    "the request is redirected to a login page",
    Finds::Faults(
        &[
            "acao_missing",
            "acao_mismatch",
            "acao_invalid_value",
            "acao_multiple_values",
            "acao_wildcard_with_credentials",
            "acac_missing",
            "acac_not_true",
            "preflight_redirect",
            "preflight_status_not_ok",
            "acam_method_missing",
            "acah_header_missing",
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    let (leg, response) = match redirect(sight, fault) {
        Some(this) => this,
        None => redirect_before(sight, leg)?,
    };
    let target = target(leg, response)?;
    let confidence = if looks_like_login(&target) && !looks_like_login(&leg.request.url) {
        Confidence::Likely
    } else if ends_in_a_page(sight, fault)
        && matches!(response.status, 302 | 303)
        && target.host_str() != leg.request.url.host_str()
    {
        Confidence::Possible
    } else {
        return None;
    };
    let status = response.status;
    // The query is long, and may hold secrets.
    let mut shown = target;
    shown.set_query(None);
    let found = Explanation::new(
        Who::Server,
        format!(
            "`{}` redirects ({status}) to `{shown}`, which looks like a login page",
            leg.request.url
        ),
    )
    .confidence(confidence)
    .note(
        "The session is missing or has run out. A login page is made for people, not for \
             fetch: even if CORS let it through, the script would get HTML in place of data.",
    )
    .manual(
        Who::Server,
        "answer requests with `Sec-Fetch-Mode: cors` or `Accept: application/json` with 401 \
             and CORS headers, not with a redirect",
    )
    .manual(
        Who::Client,
        "on 401 send the user to the login by navigation: `location.href = …`",
    );
    Some(match confidence {
        Confidence::Possible => found,
        _ => found.beyond_headers(),
    })
}

/// Whether a fault is that an HTML page at the end of redirects has no CORS headers.
fn ends_in_a_page(sight: &Sight<'_>, fault: &Fault) -> bool {
    fault.cause == Cause::AcaoMissing
        && !sight.on_preflight(fault)
        && sight
            .response(fault)
            .is_some_and(|response| response.is_ok() && Signs(response).is_html())
}
