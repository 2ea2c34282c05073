//! Firefox ESR 153's console lines and message keys, in English.

use corscope_fetch::cors_check::{ALLOW_ORIGIN, cors_check, get_single};
use corscope_fetch::origin::same_origin;
use corscope_fetch::request_init::RedirectMode;
use corscope_fetch::trace::Record;
use corscope_fetch::{Cause, Leg, integrity};

use super::{
    Account, Scene, is_preflight, is_redirect_target, latin1, redirect_target, response_value,
    status, unfolded,
};

pub(super) fn account(scene: Scene<'_>) -> Account {
    let mut lines: Vec<String> = scene
        .refused_headers()
        .map(|name| format!("Attempt to set a forbidden header was denied: {name}"))
        .collect();
    let Some((fault, leg)) = scene.blocked() else {
        lines.extend(authorization_warning(scene));
        return Account { lines, code: None };
    };
    let url = scene.url(leg);
    let blocked = |reason: &str| {
        format!(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote \
             resource at {url}. (Reason: {reason}"
        )
    };
    let did_not_succeed = || blocked("CORS request did not succeed). Status code: (null).");
    if let Some((code, reason)) =
        redirected_preflight(scene, &fault.cause, leg).or_else(|| reason(&fault.cause, leg))
    {
        lines.push(if code == "CORSNotSupportingCredentials" {
            format!(
                "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote \
                 resource at ‘{url}’. (Reason: {reason}"
            )
        } else {
            blocked(&reason)
        });
        // A redirect that is followed, and a preflight, are fetched on behalf of something else,
        // which then fails as a whole.
        let is_followed = scene.init.redirect == RedirectMode::Follow
            && leg.is_some_and(|leg| leg.name() == "redirect");
        if is_preflight(leg) || is_followed {
            lines.push(did_not_succeed());
        }
        if let Cause::PreflightRedirect { .. } = fault.cause {
            lines.push(blocked("CORS request external redirect not allowed)."));
        }
        return Account {
            lines,
            code: Some(code),
        };
    }
    let page = scene.client.url.as_ref().map_or_else(
        || format!("{}/", scene.client.origin),
        |url| url.to_string(),
    );
    let is_cross = !is_own_origin(scene, leg);
    match &fault.cause {
        Cause::NetworkError { .. } if is_cross => {
            lines.push(did_not_succeed());
            return Account {
                lines,
                code: Some("CORSDidNotSucceed2"),
            };
        }
        Cause::LnaPermissionDenied { .. } => {
            lines.push(did_not_succeed());
            return Account {
                lines,
                code: Some("CORSDidNotSucceed2"),
            };
        }
        Cause::RedirectToNonHttpScheme => {
            let target = redirect_target(leg);
            match target.split(':').next().unwrap_or_default() {
                "data" => lines.push(format!(
                    "Redirecting to data: URI not allowed (Blocked loading of: “{target}”)"
                )),
                "blob" | "file" => lines.push(format!(
                    "Security Error: Content at {url} may not load data from {target}."
                )),
                "ws" | "wss" | "javascript" => {}
                _ => lines.push(format!(
                    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the \
                     remote resource at {target}. (Reason: CORS request not http)."
                )),
            }
            if is_cross {
                lines.push(did_not_succeed());
            }
            return Account {
                lines,
                code: is_cross.then_some("CORSDidNotSucceed2"),
            };
        }
        cause if is_cross && is_redirect_target(cause) => {
            lines.push(did_not_succeed());
            return Account {
                lines,
                code: Some("CORSDidNotSucceed2"),
            };
        }
        Cause::ModeSameOrigin => lines.push(format!(
            "Security Error: Content at {page} may not load data from {url}."
        )),
        Cause::UnsupportedScheme if url.starts_with("file:") => lines.push(format!(
            "Security Error: Content at {page} may not load or link to {url}."
        )),
        Cause::UnsupportedScheme if !url.starts_with("blob:") && !url.starts_with("chrome:") => {
            lines.push(blocked("CORS request not http)."));
            return Account {
                lines,
                code: Some("CORSRequestNotHttp"),
            };
        }
        Cause::MixedContent => {
            lines.push(format!("Blocked loading mixed active content “{url}”"));
        }
        Cause::CspConnectSrc { directive } => lines.push(format!(
            "Content-Security-Policy: The page’s settings blocked the loading of a resource \
             ({}) at {url} because it violates the following directive: “{directive}”",
            directive.split(' ').next().unwrap_or_default()
        )),
        Cause::CorpBlocked { .. } => lines.push(format!(
            "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header \
             (or lack thereof). See https://developer.mozilla.org/docs/Web/HTTP/\
             Cross-Origin_Resource_Policy_(CORP)#"
        )),
        Cause::IntegrityMismatch => {
            let body = leg
                .and_then(Leg::response)
                .and_then(|it| it.body.as_deref());
            let digest = integrity::sha256_base64(body.unwrap_or_default());
            lines.push(format!(
                "None of the “sha256” hashes in the integrity attribute match the content of the \
                 subresource at “{url}”. The computed hash is “{digest}”."
            ));
        }
        Cause::IntegrityNeedsCors => {
            let metadata = &scene.init.integrity;
            if !integrity::has_known_hash(metadata) {
                let algorithm = metadata.split('-').next().unwrap_or_default();
                lines.push(format!(
                    "Unsupported hash algorithm in the integrity attribute: “{algorithm}”"
                ));
                lines.push("The integrity attribute does not contain any valid metadata.".into());
            }
            lines.push(format!(
                "“{url}” is not eligible for integrity checks since it’s neither CORS-enabled nor \
                 same-origin."
            ));
        }
        _ => {}
    }
    Account { lines, code: None }
}

fn is_own_origin(scene: Scene<'_>, leg: Option<&Leg>) -> bool {
    leg.is_some_and(|leg| {
        leg.checked_origin.is_none() && scene.client.origin.is_same_as(&leg.request.url)
    })
}

/// The message key, and the reason up to the line's end.
fn reason(cause: &Cause, leg: Option<&Leg>) -> Option<(&'static str, String)> {
    let status = status(leg);
    Some(match cause {
        Cause::AcaoMissing => (
            "CORSMissingAllowOrigin2",
            format!("CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}."),
        ),
        Cause::AcaoWildcardWithCredentials => (
            "CORSNotSupportingCredentials",
            "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."
                .into(),
        ),
        Cause::AcaoMultipleValues | Cause::AcaoInvalidValue | Cause::AcaoMismatch => {
            return Some(wrong_origin(leg));
        }
        Cause::AcacMissing | Cause::AcacNotTrue => (
            "CORSMissingAllowCredentials",
            "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).".into(),
        ),
        Cause::PreflightStatusNotOk { .. } | Cause::PreflightRedirect { .. } => (
            "CORSPreflightDidNotSucceed3",
            format!("CORS preflight response did not succeed). Status code: {status}."),
        ),
        Cause::AcamInvalidToken { invalid } => (
            "CORSInvalidAllowMethod",
            format!(
                "invalid token ‘{}’ in CORS header ‘Access-Control-Allow-Methods’).",
                utf8(&invalid.token)
            ),
        ),
        Cause::AcahInvalidToken { invalid } => (
            "CORSInvalidAllowHeader",
            format!(
                "invalid token ‘{}’ in CORS header ‘Access-Control-Allow-Headers’).",
                utf8(&invalid.token)
            ),
        ),
        Cause::AcamMethodMissing { .. } => (
            "CORSMethodNotFound",
            "Did not find method in CORS header ‘Access-Control-Allow-Methods’).".into(),
        ),
        Cause::AcahHeaderMissing { name } => (
            "CORSMissingAllowHeaderFromPreflight2",
            format!(
                "header ‘{}’ is not allowed according to header ‘Access-Control-Allow-Headers’ \
                 from CORS preflight response).",
                latin1(name)
            ),
        ),
        _ => return None,
    })
}

/// A preflight's redirect is refused, but its origin is tainted all the same before the CORS check:
/// an exact Access-Control-Allow-Origin then does not match.
fn redirected_preflight(
    scene: Scene<'_>,
    cause: &Cause,
    leg: Option<&Leg>,
) -> Option<(&'static str, String)> {
    let Cause::PreflightRedirect { .. } = cause else {
        return None;
    };
    let leg = leg?;
    let target = url::Url::parse(&redirect_target(Some(leg))).ok()?;
    let url = &leg.request.url;
    let leaves = !same_origin(&target, url) && !scene.client.origin.is_same_as(url);
    // The engine's own CORS check, by the tainted origin.
    let mut record = Record::default();
    let list = &leg.response()?.header_list;
    let profile = corscope_fetch::Browser::Firefox.profile();
    cors_check(
        list,
        "null",
        leg.checked_with_credentials,
        profile,
        &mut record,
    );
    let refuses_origin = record
        .faults
        .first()
        .is_some_and(|fault| !matches!(fault.cause, Cause::AcacMissing | Cause::AcacNotTrue));
    (leaves && refuses_origin).then(|| wrong_origin(Some(leg)))
}

/// Two lines have a reason of their own, but only when the name is spelled the usual way.
fn wrong_origin(leg: Option<&Leg>) -> (&'static str, String) {
    let list = leg
        .and_then(Leg::response)
        .map(|response| &response.header_list);
    let usual = list.map_or(0, |list| {
        list.iter()
            .filter(|header| header.name == b"Access-Control-Allow-Origin")
            .count()
    });
    if usual > 1 {
        return (
            "CORSMultipleAllowOriginNotAllowed",
            "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).".into(),
        );
    }
    let profile = corscope_fetch::Browser::Firefox.profile();
    let value = list
        .and_then(|list| get_single(list, ALLOW_ORIGIN, profile))
        .map_or_else(Vec::new, |value| unfolded(&value));
    (
        "CORSAllowOriginNotMatchingOrigin",
        format!(
            "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{}’).",
            utf8(&value)
        ),
    )
}

/// Firefox lets `*` cover Authorization, and warns.
fn authorization_warning(scene: Scene<'_>) -> Option<String> {
    let leg = scene.verdict.legs.iter().find(|leg| {
        let asked = leg
            .request
            .header_list
            .get("access-control-request-headers");
        let names_it = asked.is_some_and(|names| {
            names
                .split(|byte| *byte == b',')
                .any(|name| name == b"authorization")
        });
        let allowed = response_value(Some(leg), "access-control-allow-headers");
        let mut tokens = allowed.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let lists_it = tokens
            .clone()
            .any(|token| token.eq_ignore_ascii_case(b"authorization"));
        leg.request.preflight && names_it && !lists_it && tokens.any(|token| token == b"*")
    })?;
    Some(format!(
        "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote \
         resource at {} soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the \
         `Authorization` header is not covered. To include the `Authorization` header, it must be \
         explicitly listed in CORS header `Access-Control-Allow-Headers`).",
        leg.request.url
    ))
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
