use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{ALLOW_ORIGIN, wanted_origin, with_remedies};
use crate::scenario::latin1;
use crate::sight::Sight;

rule!(
    "redirect-hop-preflight-failed",
    Redirect,
    Refusal,
    "redirect_hop_preflight_failed.md",
    "the preflight at a redirect's target fails",
    Finds::Faults(
        &[
            "network_error",
            "preflight_redirect",
            "preflight_status_not_ok",
            "acam_invalid_token",
            "acah_invalid_token",
            "acam_method_missing",
            "acah_header_missing",
            "acao_missing",
            "acao_wildcard_with_credentials",
            "acao_multiple_values",
            "acao_invalid_value",
            "acao_mismatch",
            "acac_missing",
            "acac_not_true",
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    if !leg.request.preflight || leg.hop == 0 {
        return None;
    }
    let url = &leg.request.url;
    let found = Explanation::new(
        Who::Server,
        format!(
            "the preflight at the redirect's target `{url}` fails: {}",
            what_fails(sight, fault)
        ),
    )
    .note("Permission is asked for anew at every address that a redirect leads to.");
    let found = match wanted_origin(leg) == "null" && sight.page_origin() != "null" {
        true => found.note(
            "The redirect leads from one foreign server to another, so that the request's origin \
             is `null` from here on, not the page's.",
        ),
        false => found,
    };
    let found = with_remedies(found, sight, leg);
    Some(found.manual(
        Who::Client,
        format!("ask for `{url}` at once, without the redirect: it still has to allow this"),
    ))
}

/// What is wrong, in a clause.
fn what_fails(sight: &Sight<'_>, fault: &Fault) -> String {
    let status = sight.status(fault).unwrap_or_default();
    let wanted = sight.leg(fault).map_or("null", wanted_origin);
    let allowed = || sight.header(fault, ALLOW_ORIGIN).unwrap_or_default();
    match &fault.cause {
        Cause::NetworkError { failure } if failure.error.is_empty() => "no answer".to_owned(),
        Cause::NetworkError { failure } => format!("no answer, `{}`", failure.error),
        Cause::PreflightRedirect { .. } | Cause::PreflightStatusNotOk { .. } => {
            format!("status {status}, wanted 200 to 299")
        }
        Cause::AcamInvalidToken { invalid } => format!(
            "`Access-Control-Allow-Methods` does not parse at `{}`",
            latin1(&invalid.token)
        ),
        Cause::AcahInvalidToken { invalid } => format!(
            "`Access-Control-Allow-Headers` does not parse at `{}`",
            latin1(&invalid.token)
        ),
        Cause::AcamMethodMissing { method } => format!("method `{method}` is not allowed"),
        Cause::AcahHeaderMissing { name } => {
            format!("request header `{}` is not allowed", latin1(name))
        }
        Cause::AcaoMissing => {
            format!("status {status} without `Access-Control-Allow-Origin`, wanted `{wanted}`")
        }
        Cause::AcacMissing | Cause::AcacNotTrue => {
            "no `Access-Control-Allow-Credentials: true`".to_owned()
        }
        _ => format!("it allows `{}`, wanted `{wanted}`", allowed()),
    }
}
