//! WebKitGTK 2.50's console lines.

use corscope_fetch::{Api, Cause, Leg};

use super::{Account, Scene, is_preflight, redirect_target, response_value, status};

/// Request-header names that WebKit keeps as numbers, and so spells its own way.
const KNOWN: [&str; 31] = [
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Ranges",
    "Authorization",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-Range",
    "Content-Type",
    "DNT",
    "ETag",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Last-Event-ID",
    "Last-Modified",
    "Link",
    "Pragma",
    "Purpose",
    "Range",
    "Refresh",
    "Service-Worker",
    "Upgrade-Insecure-Requests",
    "User-Agent",
    "X-Content-Type-Options",
];

pub(super) fn account(scene: Scene<'_>) -> Account {
    let mut lines: Vec<String> = scene
        .refused_headers()
        .map(|name| format!("Refused to set unsafe header \"{name}\""))
        .collect();
    let Some((fault, leg)) = scene.blocked() else {
        return Account { lines, code: None };
    };
    let url = scene.url(leg);
    if let Some(reason) = reason(scene, &fault.cause, leg) {
        let is_redirect = leg.is_some_and(|leg| leg.name() == "redirect")
            && (fault.cause.is_cors_check() || is_redirect_reason(&fault.cause));
        lines.push(if redirect_target(leg).starts_with("ftp:") && is_redirect {
            "FTP URLs are disabled".into()
        } else if is_redirect {
            format!(
                "Cross-origin redirection to {} denied by Cross-Origin Resource Sharing policy: \
                 {reason}",
                without_credentials(&redirect_target(leg))
            )
        } else {
            reason
        });
        lines.extend(closing(scene.init.api, url));
    }
    match &fault.cause {
        Cause::ModeSameOrigin => lines.push(format!("Fetch API cannot load {url}.")),
        Cause::NoCorsRedirectMode => {
            lines.push("No-Cors mode requires follow redirect mode".into());
            lines.push("Not allowed to request resource".into());
            lines.extend(closing(scene.init.api, url));
        }
        Cause::RedirectModeError => {
            lines.push(format!(
                "Not allowed to follow a redirection while loading {url}"
            ));
            lines.extend(closing(scene.init.api, url));
        }
        Cause::CspConnectSrc { .. } => lines.push(format!(
            "Refused to connect to {url} because it does not appear in the connect-src directive \
             of the Content Security Policy."
        )),
        Cause::MixedContent => {
            let page = scene.client.url.as_ref().map_or_else(
                || format!("{}/", scene.client.origin),
                |page| page.to_string(),
            );
            lines.push(format!(
                "[blocked] The page at {page} requested insecure content from {url}. This content \
                 was blocked and must be served over HTTPS."
            ));
        }
        Cause::CorpBlocked { .. } => lines.push(format!(
            "Cancelled load to {url} because it violates the resource's \
             Cross-Origin-Resource-Policy response header."
        )),
        Cause::IntegrityMismatch | Cause::IntegrityNeedsCors => {
            let length = leg
                .and_then(Leg::response)
                .and_then(|it| it.body.as_ref())
                .map_or(0, Vec::len);
            lines.push(format!(
                "Failed integrity metadata check. {url}. Failed integrity metadata check. Content \
                 length: {length}, Expected content length: {length}, Expected metadata: {}",
                scene.init.integrity
            ));
            lines.extend(closing(scene.init.api, url));
        }
        _ => {}
    }
    Account { lines, code: None }
}

fn without_credentials(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else {
        return url.to_owned();
    };
    let _ = parsed.set_username(""); // http URLs can always lose them
    let _ = parsed.set_password(None);
    parsed.into()
}

/// The line that follows every reason.
fn closing(api: Api, url: &str) -> Option<String> {
    let who = match api {
        Api::Fetch => "Fetch API",
        Api::Xhr => "XMLHttpRequest",
        Api::EventSource => "EventSource",
        Api::Img | Api::Canvas => {
            return Some(format!(
                "Cannot load image {url} due to access control checks."
            ));
        }
        Api::Script | Api::Module => {
            return Some(
                "Cross-origin script load denied by Cross-Origin Resource Sharing policy.".into(),
            );
        }
        _ => return None,
    };
    Some(format!(
        "{who} cannot load {url} due to access control checks."
    ))
}

const fn is_redirect_reason(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::RedirectToNonHttpScheme | Cause::RedirectUrlHasCredentials
    )
}

fn reason(scene: Scene<'_>, cause: &Cause, leg: Option<&Leg>) -> Option<String> {
    let origin = leg
        .and_then(|leg| leg.checked_origin.as_deref())
        .unwrap_or_else(|| scene.client.origin.serialized());
    let status = status(leg);
    Some(match cause {
        Cause::AcaoMultipleValues
            if response_value(leg, "access-control-allow-origin").contains(&b',') =>
        {
            "Access-Control-Allow-Origin cannot contain more than one origin.".into()
        }
        Cause::AcaoMissing
        | Cause::AcaoMultipleValues
        | Cause::AcaoInvalidValue
        | Cause::AcaoMismatch => format!(
            "Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}"
        ),
        Cause::AcaoWildcardWithCredentials => {
            "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."
                .into()
        }
        Cause::AcacMissing | Cause::AcacNotTrue => {
            "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".".into()
        }
        Cause::PreflightStatusNotOk { .. } | Cause::PreflightRedirect { .. } => {
            format!("Preflight response is not successful. Status code: {status}")
        }
        Cause::AcamInvalidToken { .. } => format!(
            "Header Access-Control-Allow-Methods has an invalid value: {}",
            value(leg, "access-control-allow-methods")
        ),
        Cause::AcahInvalidToken { .. } => format!(
            "Header Access-Control-Allow-Headers has an invalid value: {}",
            value(leg, "access-control-allow-headers")
        ),
        Cause::AcamMethodMissing { method } => {
            format!("Method {method} is not allowed by Access-Control-Allow-Methods.")
        }
        Cause::AcahHeaderMissing { name } => format!(
            "Request header field {} is not allowed by Access-Control-Allow-Headers.",
            spelling(scene, &first_missing(scene, leg, name))
        ),
        Cause::NetworkError { failure } if is_preflight(leg) && failure.closed => {
            "Connection terminated unexpectedly".into()
        }
        Cause::UnsupportedScheme => "Cross origin requests are only supported for HTTP.".into(),
        Cause::RedirectToNonHttpScheme => {
            "not allowed to follow a cross-origin CORS redirection with non CORS scheme".into()
        }
        Cause::RedirectUrlHasCredentials => {
            format!("redirection URL {} has credentials", redirect_target(leg))
        }
        _ => return None,
    })
}

/// A header value as WebKit prints it: decoded as UTF-8, then shown byte by byte.
fn value(leg: Option<&Leg>, name: &str) -> String {
    let value = response_value(leg, name);
    super::latin1(String::from_utf8_lossy(&value).as_bytes())
}

/// Which of several missing headers WebKit names: it goes through the request's headers as they
/// were set, those that it knows first.
fn first_missing(scene: Scene<'_>, leg: Option<&Leg>, first: &[u8]) -> Vec<u8> {
    let Some(leg) = leg else {
        return first.to_vec();
    };
    let asked = leg
        .request
        .header_list
        .get("access-control-request-headers")
        .unwrap_or_default();
    let allowed = response_value(Some(leg), "access-control-allow-headers");
    let lists = |list: &[u8], name: &[u8]| {
        list.split(|byte| *byte == b',')
            .any(|item| item.trim_ascii().eq_ignore_ascii_case(name))
    };
    let mut given: Vec<&str> = scene
        .init
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    given.push("content-type"); // the body's own comes last
    given.sort_by_key(|name| !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name)));
    let missing = given
        .into_iter()
        .find(|name| lists(&asked, name.as_bytes()) && !lists(&allowed, name.as_bytes()));
    missing.map_or_else(
        || first.to_vec(),
        |name| name.to_ascii_lowercase().into_bytes(),
    )
}

/// A request header's name as the page spelled it; names that WebKit knows have its own spelling.
fn spelling(scene: Scene<'_>, name: &[u8]) -> String {
    let name = super::latin1(name);
    if let Some(known) = KNOWN
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(&name))
    {
        return known.to_owned();
    }
    let given = scene
        .init
        .headers
        .iter()
        .find(|(given, _)| given.eq_ignore_ascii_case(&name));
    given.map_or(name, |(given, _)| given.clone())
}
