//! Chromium 156's console lines and CORS error names.

mod first_missing;

use std::fmt::Write as _;

use corscope_fetch::{Api, Cause, Leg, Mode, integrity};

use super::{Account, Scene, is_preflight, latin1, redirect_target, response_value};

/// The schemes that Chromium 156 lists as able to do CORS.
const CORS_SCHEMES: &str = "chrome, chrome-experimental-site-token-provider, chrome-extension, \
                            chrome-untrusted, data, http, https, isolated-app";

pub(super) fn account(scene: Scene<'_>) -> Account {
    let mut lines: Vec<String> = refused_headers(scene)
        .map(|name| format!("Refused to set unsafe header \"{name}\""))
        .collect();
    lines.extend(integrity_notices(scene));
    let Some((fault, leg)) = scene.blocked() else {
        return Account { lines, code: None };
    };
    let url = scene.url(leg);
    let url = url.as_str();
    let origin = scene.client.origin.serialized();
    let is_fetch = scene.init.api == Api::Fetch;
    if let Some((code, body)) = cors_line(scene, &fault.cause, leg) {
        let kind = kind(scene.init.api);
        let to_scheme = fault.cause == Cause::RedirectToNonHttpScheme;
        let url = if to_scheme {
            redirect_target(scene, leg)
        } else {
            url.to_owned()
        };
        let redirected = match (scene.verdict.first_url(), leg) {
            (Some(first), Some(leg)) if leg.hop > 0 || to_scheme => {
                format!(" (redirected from '{first}')")
            }
            _ => String::new(),
        };
        lines.push(format!(
            "Access to {kind} at '{url}'{redirected} from origin '{origin}' has been blocked by \
             CORS policy: {body}"
        ));
        return Account {
            lines,
            code: Some(code),
        };
    }
    match &fault.cause {
        Cause::ModeSameOrigin if is_fetch => lines.push(format!(
            "Fetch API cannot load {url}. Request mode is \"same-origin\" but the URL's origin is \
             not same as the request origin {origin}."
        )),
        Cause::NoCorsRedirectMode => lines.push(format!(
            "Fetch API cannot load {url}. Request mode is \"no-cors\" but the redirect mode is not \
             \"follow\"."
        )),
        Cause::UnsupportedScheme => match (is_fetch, scheme(url)) {
            (true, "file") | (false, "file" | "chrome" | "view-source") => {
                lines.push(format!("Not allowed to load local resource: {url}"));
            }
            (false, "blob") if scene.init.method == "GET" => {
                lines.push(format!("Not allowed to load local resource: {url}"));
            }
            (false, "ftp") => lines.push("FTP is not supported.".into()),
            (true, "chrome-extension") | (false, _) => {}
            (true, scheme) => lines.push(format!(
                "Fetch API cannot load {url}. URL scheme \"{scheme}\" is not supported."
            )),
        },
        Cause::RedirectOutOfSameOrigin | Cause::RedirectToNonHttpScheme
            if is_same_origin_mode(scene) =>
        {
            let target = if fault.cause == Cause::RedirectToNonHttpScheme {
                redirect_target(scene, leg)
            } else {
                url.to_owned()
            };
            if !is_unsafe_redirect(&target) {
                lines.push(format!(
                    "Unsafe attempt to load URL {target} from frame with URL {}. Domains, protocols \
                     and ports must match.",
                    scene.page()
                ));
            }
        }
        Cause::MixedContent => {
            let what = match scene.init.api {
                Api::Xhr => "XMLHttpRequest endpoint",
                Api::Script | Api::Module => "script",
                Api::Style => "stylesheet",
                Api::Font => "font",
                Api::EventSource => "EventSource endpoint",
                _ => "resource",
            };
            let page = scene.page();
            lines.push(format!(
                "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an \
                 insecure {what} '{url}'. This request has been blocked; the content must be \
                 served over HTTPS."
            ));
        }
        Cause::CspConnectSrc { directive } => {
            lines.push(format!(
                "Connecting to '{url}' violates the following Content Security Policy directive: \
                 \"{directive}\". The action has been blocked."
            ));
            if is_fetch {
                lines.push(format!(
                    "Fetch API cannot load {url}. Refused to connect because it violates the \
                     document's Content Security Policy."
                ));
            }
        }
        Cause::IntegrityMismatch => lines.extend(integrity_lines(scene, url)),
        Cause::IntegrityNeedsCors => {
            lines.push(format!(
                "Subresource Integrity: The resource '{url}' has an integrity attribute, but the \
                 response is not eligible for integrity validation."
            ));
            lines.push(format!(
                "Fetch API cannot load {url}. SRI's integrity checks failed."
            ));
        }
        _ => {}
    }
    Account { lines, code: None }
}

/// How Chromium names what was loaded.
const fn kind(api: Api) -> &'static str {
    match api {
        Api::Fetch => "fetch",
        Api::Xhr => "XMLHttpRequest",
        Api::Img | Api::Canvas => "image",
        Api::Script | Api::Module => "script",
        Api::Style => "CSS stylesheet",
        Api::Font => "font",
        Api::Media => "video",
        Api::EventSource | Api::Beacon | Api::WebSocket | Api::Worker | Api::Iframe => "resource",
    }
}

fn is_unsafe_redirect(url: &str) -> bool {
    [
        "about:",
        "blob:",
        "chrome:",
        "data:",
        "file:",
        "filesystem:",
    ]
    .iter()
    .any(|scheme| url.starts_with(scheme))
}

fn scheme(url: &str) -> &str {
    url.split(':').next().unwrap_or_default()
}

/// The headers that XHR refuses aloud: the forbidden ones, and User-Agent, which Chromium still
/// takes for one.
fn refused_headers(scene: Scene<'_>) -> impl Iterator<Item = String> {
    let user_agent = scene.verdict.request.as_deref().into_iter();
    let user_agent = user_agent.filter(|request| request.api == Api::Xhr);
    let user_agent = user_agent.flat_map(|request| request.dropped.lines_named("user-agent"));
    let user_agent = user_agent.map(|(_, header)| latin1(header.name));
    scene.refused_headers().chain(user_agent)
}

fn is_same_origin_mode(scene: Scene<'_>) -> bool {
    let request = scene.verdict.request.as_deref();
    request.is_some_and(|request| request.mode == Mode::SameOrigin)
}

/// What is wrong with integrity metadata as such; it is read once there is a response.
fn integrity_notices(scene: Scene<'_>) -> Vec<String> {
    if !scene.reads_integrity() {
        return vec![];
    }
    let metadata = &scene.init.integrity;
    let wrong = |what: &str| format!("Error parsing 'integrity' attribute ('{metadata}'). {what}");
    let notices = integrity::entries(metadata, false).filter_map(|entry| match entry {
        integrity::Entry::Hash { option, .. } => option.map(|option| {
            format!("Ignoring unrecognized 'integrity' attribute option '{option}'.")
        }),
        integrity::Entry::UnknownAlgorithm(_) => Some(wrong(
            "The specified hash algorithm must be one of 'sha256', 'sha384', 'sha512', or \
             'ed21159'.",
        )),
        integrity::Entry::Malformed(entry) if entry.contains('-') => {
            Some(wrong("The digest must be a valid, base64-encoded value."))
        }
        integrity::Entry::Malformed(_) => Some(wrong(
            "The hash algorithm must be one of 'sha256', 'sha384', 'sha512', or 'ed21159', \
             followed by a '-' character.",
        )),
    });
    notices.collect()
}

/// The CORS error name, and the sentence behind the frame.
fn cors_line(scene: Scene<'_>, cause: &Cause, leg: Option<&Leg>) -> Option<(&'static str, String)> {
    let preflight = is_preflight(leg);
    let hint = match scene.init.api {
        Api::Fetch => " Have the server send the header with a valid value.",
        _ => "",
    };
    let xhr = match scene.init.api {
        Api::Xhr => {
            " The credentials mode of requests initiated by the XMLHttpRequest is controlled by \
             the withCredentials attribute."
        }
        _ => "",
    };
    let value = |name: &str| escaped(&response_value(leg, name));
    let origin_value = || value("access-control-allow-origin");
    // Each CORS check has one name for the preflight and one for the response.
    let check = |on_preflight: &'static str, on_response: &'static str, body: String| {
        Some(if preflight {
            let frame = "Response to preflight request doesn't pass access control check: ";
            (on_preflight, format!("{frame}{body}"))
        } else {
            (on_response, body)
        })
    };
    match cause {
        Cause::AcaoMissing => check(
            "PreflightMissingAllowOriginHeader",
            "MissingAllowOriginHeader",
            "No 'Access-Control-Allow-Origin' header is present on the requested resource.".into(),
        ),
        Cause::AcaoWildcardWithCredentials => check(
            "PreflightWildcardOriginNotAllowed",
            "WildcardOriginNotAllowed",
            format!(
                "The value of the 'Access-Control-Allow-Origin' header in the response must not be \
                 the wildcard '*' when the request's credentials mode is 'include'.{xhr}"
            ),
        ),
        Cause::AcaoMultipleValues => check(
            "PreflightMultipleAllowOriginValues",
            "MultipleAllowOriginValues",
            format!(
                "The 'Access-Control-Allow-Origin' header contains multiple values '{}', but only \
                 one is allowed.{hint}",
                origin_value()
            ),
        ),
        Cause::AcaoInvalidValue => check(
            "PreflightInvalidAllowOriginValue",
            "InvalidAllowOriginValue",
            format!(
                "The 'Access-Control-Allow-Origin' header contains the invalid value '{}'.{hint}",
                origin_value()
            ),
        ),
        Cause::AcaoMismatch => check(
            "PreflightAllowOriginMismatch",
            "AllowOriginMismatch",
            format!(
                "The 'Access-Control-Allow-Origin' header has a value '{}' that is not equal to \
                 the supplied origin.{hint}",
                origin_value()
            ),
        ),
        Cause::AcacMissing | Cause::AcacNotTrue => check(
            "PreflightInvalidAllowCredentials",
            "InvalidAllowCredentials",
            format!(
                "The value of the 'Access-Control-Allow-Credentials' header in the response is \
                 '{}' which must be 'true' when the request's credentials mode is 'include'.{xhr}",
                value("access-control-allow-credentials")
            ),
        ),
        Cause::PreflightStatusNotOk { .. } => check(
            "PreflightInvalidStatus",
            "PreflightInvalidStatus",
            "It does not have HTTP ok status.".into(),
        ),
        Cause::PreflightRedirect { .. } => check(
            "PreflightDisallowedRedirect",
            "PreflightDisallowedRedirect",
            "Redirect is not allowed for a preflight request.".into(),
        ),
        Cause::AcamInvalidToken { .. } => Some((
            "InvalidAllowMethodsPreflightResponse",
            "Cannot parse Access-Control-Allow-Methods response header field in preflight response."
                .into(),
        )),
        Cause::AcahInvalidToken { .. } => Some((
            "InvalidAllowHeadersPreflightResponse",
            "Cannot parse Access-Control-Allow-Headers response header field in preflight response."
                .into(),
        )),
        Cause::AcamMethodMissing { method } => Some((
            "MethodDisallowedByPreflightResponse",
            format!(
                "Method {method} is not allowed by Access-Control-Allow-Methods in preflight \
                 response."
            ),
        )),
        Cause::AcahHeaderMissing { name } => Some((
            "HeaderDisallowedByPreflightResponse",
            format!(
                "Request header field {} is not allowed by Access-Control-Allow-Headers in \
                 preflight response.",
                first_missing::first_missing(scene, leg).unwrap_or_else(|| latin1(name))
            ),
        )),
        Cause::RedirectUrlHasCredentials if is_cors_mode(scene) => {
            Some((
                "RedirectContainsCredentials",
                "Redirect location '' contains a username and password, which is disallowed for \
                 cross-origin requests."
                    .into(),
            ))
        }
        Cause::UnsupportedScheme
            if scene.init.api != Api::Fetch
                && !matches!(
                    scheme(&scene.url(leg)),
                    "blob"
                        | "chrome"
                        | "chrome-extension"
                        | "file"
                        | "filesystem"
                        | "ftp"
                        | "view-source"
                ) =>
        {
            Some(disabled_scheme())
        }
        // Such a redirect is unsafe (net::ERR_UNSAFE_REDIRECT), and then CORS does not come up.
        Cause::RedirectToNonHttpScheme
            if is_cors_mode(scene) && !is_unsafe_redirect(&redirect_target(scene, leg)) =>
        {
            Some(disabled_scheme())
        }
        Cause::LnaInsecureContext { space } => Some((
            "InsecureLocalNetwork",
            format!(
                "The request client is not a secure context and the resource is in more-private \
                 address space `{}`.",
                space.name()
            ),
        )),
        Cause::LnaPermissionDenied { space } => Some((
            "LocalNetworkAccessPermissionDenied",
            format!(
                "Permission was denied for this request to access the `{}` address space.",
                space.name()
            ),
        )),
        _ => None,
    }
}

fn is_cors_mode(scene: Scene<'_>) -> bool {
    let request = scene.verdict.request.as_deref();
    request.is_some_and(|request| request.mode == Mode::Cors)
}

fn disabled_scheme() -> (&'static str, String) {
    (
        "CorsDisabledScheme",
        format!("Cross origin requests are only supported for protocol schemes: {CORS_SCHEMES}."),
    )
}

fn integrity_lines(scene: Scene<'_>, url: &str) -> Vec<String> {
    let body = scene.hashed_body(None).unwrap_or_default();
    let strongest = integrity::strongest(&scene.init.integrity, false);
    let algorithm = strongest.unwrap_or(integrity::Algorithm::Sha256);
    let (bits, digest) = (algorithm.bits(), algorithm.digest(body));
    vec![
        format!(
            "Failed to find a valid digest in the 'integrity' attribute for resource '{url}' with \
             computed SHA-{bits} integrity '{digest}'. The resource has been blocked."
        ),
        format!("Fetch API cannot load {url}. SRI's integrity checks failed."),
    ]
}

/// A header value as Chromium prints it: what is not printable ASCII as `\u00E9`.
fn escaped(value: &[u8]) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value {
        match byte {
            0x20..=0x7E => text.push(char::from(*byte)),
            _ => {
                let _ = write!(text, "\\u{byte:04X}"); // a String takes every write
            }
        }
    }
    text
}
