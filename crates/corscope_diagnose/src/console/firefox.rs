//! Firefox ESR 153's console lines and message keys, in English.

use corscope_fetch::cors_check::{ALLOW_ORIGIN, cors_check, get_single};
use corscope_fetch::origin::same_origin;
use corscope_fetch::request_init::RedirectMode;
use corscope_fetch::trace::Record;
use corscope_fetch::{Cause, Leg, Mode, integrity};

use super::{
    Account, Scene, is_preflight, is_redirect_target, latin1, redirect_target, response_value,
    status, unfolded,
};

pub(super) fn account(scene: Scene<'_>) -> Account {
    let mut lines: Vec<String> = scene
        .refused_headers()
        .map(|name| format!("Attempt to set a forbidden header was denied: {name}"))
        .collect();
    lines.extend(authorization_warning(scene));
    lines.extend(integrity_notices(scene));
    let Some((fault, leg)) = scene.blocked() else {
        return Account { lines, code: None };
    };
    let url = scene.url(leg);
    let url = url.as_str();
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
    let page = scene.page();
    let is_cross = !is_own_origin(scene, leg);
    match &fault.cause {
        Cause::NetworkError { .. } if is_no_cors(scene) => {}
        // Without a response there is nothing to read the header from, which Firefox takes for more
        // than one; it tries other methods than PUT again and then gives up (live close0007).
        Cause::NetworkError { failure }
            if is_cross
                && failure.closed
                && leg.is_some_and(|leg| &*leg.request.method == "PUT") =>
        {
            lines.push(blocked(
                "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).",
            ));
            return Account {
                lines,
                code: Some("CORSMultipleAllowOriginNotAllowed"),
            };
        }
        Cause::NetworkError { .. } if is_cross && !url.starts_with("data:") => {
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
            let target = redirect_target(scene, leg);
            match target.split(':').next().unwrap_or_default() {
                "data" => lines.push(format!(
                    "Redirecting to data: URI not allowed (Blocked loading of: “{target}”)"
                )),
                "blob" | "file" => {
                    let from = if is_cross { url } else { &page };
                    lines.push(format!(
                        "Security Error: Content at {from} may not load data from {target}."
                    ));
                }
                "javascript" => {}
                _ if is_internal(&target) => {}
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
        Cause::UnsupportedScheme if url.starts_with("file:") || url.starts_with("view-source:") => {
            lines.push(format!(
                "Security Error: Content at {page} may not load or link to {url}."
            ));
        }
        Cause::UnsupportedScheme if url.starts_with("blob:") => {
            let is_said = scene.init.method == "GET";
            lines.extend(is_said.then(|| {
                format!("Security Error: Content at {page} may not load data from {url}.")
            }));
        }
        Cause::UnsafePort { .. }
            if scene
                .verdict
                .legs
                .iter()
                .any(|leg| leg.checked_origin.is_some()) =>
        {
            let from = scene.url(scene.verdict.legs.last());
            lines.push(format!(
                "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote \
                 resource at {from}. (Reason: CORS request did not succeed). Status code: (null)."
            ));
            return Account {
                lines,
                code: Some("CORSDidNotSucceed2"),
            };
        }
        Cause::UnsupportedScheme if !is_no_cors(scene) && !is_internal(url) => {
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
            let body = scene.hashed_body(leg).unwrap_or_default();
            let strongest = integrity::strongest(&scene.init.integrity, false);
            let algorithm = strongest.unwrap_or(integrity::Algorithm::Sha256);
            let (bits, digest) = (algorithm.bits(), algorithm.digest(body));
            // It names what was asked for, wherever redirects led.
            let first = scene.verdict.first_url().map_or(url, url::Url::as_str);
            lines.push(format!(
                "None of the “sha{bits}” hashes in the integrity attribute match the content of the \
                 subresource at “{first}”. The computed hash is “{digest}”."
            ));
        }
        Cause::IntegrityNeedsCors => {
            lines.push(format!(
                "“{url}” is not eligible for integrity checks since it’s neither CORS-enabled nor \
                 same-origin."
            ));
        }
        _ => {}
    }
    Account { lines, code: None }
}

/// URLs of Firefox's own, and those of sockets, fail without a word; `about:blank` does not.
fn is_internal(url: &str) -> bool {
    let internal = [
        "about:",
        "chrome:",
        "moz-extension:",
        "resource:",
        "ws:",
        "wss:",
    ];
    url != "about:blank" && internal.iter().any(|scheme| url.starts_with(scheme))
}

fn is_no_cors(scene: Scene<'_>) -> bool {
    let request = scene.verdict.request.as_deref();
    request.is_some_and(|request| request.mode == Mode::NoCors)
}

/// What is wrong with integrity metadata as such; it is read once there is a response.
fn integrity_notices(scene: Scene<'_>) -> Vec<String> {
    if !scene.reads_integrity() {
        return vec![];
    }
    let metadata = &scene.init.integrity;
    let mismatch = scene.verdict.blocked_by().map(|fault| &fault.cause);
    let mut lines: Vec<String> = Vec::new();
    let strongest = integrity::strongest(metadata, false);
    for entry in integrity::entries(metadata, false) {
        match entry {
            integrity::Entry::UnknownAlgorithm(name) => lines.push(format!(
                "Unsupported hash algorithm in the integrity attribute: “{name}”"
            )),
            integrity::Entry::Malformed(entry) => lines.push(format!(
                "The script element has a malformed hash in its integrity attribute: “{entry}”. The \
                 correct format is “<hash algorithm>-<hash value>”."
            )),
            // A digest is decoded only once it did not match.
            integrity::Entry::Hash {
                algorithm, digest, ..
            } if mismatch == Some(&Cause::IntegrityMismatch) && strongest == Some(algorithm) => {
                let digits = digest.trim_end_matches('=').len();
                let fault = if digits % 4 == 1 {
                    "could not be decoded"
                } else if digits * 6 / 8 != usize::from(algorithm.bits() / 8) {
                    "has the wrong length"
                } else {
                    continue;
                };
                lines.push(format!(
                    "The hash contained in the integrity attribute {fault}."
                ));
            }
            integrity::Entry::Hash { .. } => {}
        }
    }
    if strongest.is_none() {
        lines.push("The integrity attribute does not contain any valid metadata.".into());
    }
    lines
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
                utf8(&unfolded(&invalid.token))
            ),
        ),
        Cause::AcahInvalidToken { invalid } => (
            "CORSInvalidAllowHeader",
            format!(
                "invalid token ‘{}’ in CORS header ‘Access-Control-Allow-Headers’).",
                utf8(&unfolded(&invalid.token))
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
    let target = url::Url::parse(&redirect_target(scene, Some(leg))).ok()?;
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

/// Firefox lets `*` cover Authorization, and warns, where the preflight passes.
fn authorization_warning(scene: Scene<'_>) -> Option<String> {
    let failed = scene.verdict.blocked_by().and_then(|fault| fault.leg);
    let legs = scene.verdict.legs.iter().enumerate();
    let passed = legs.filter(|(index, leg)| {
        Some(*index) != failed && !leg.checked_with_credentials && leg.answer.is_some()
    });
    let leg = passed.map(|(_, leg)| leg).find(|leg| {
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
        scene.url(Some(leg))
    ))
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
