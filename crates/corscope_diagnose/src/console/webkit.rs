//! WebKitGTK 2.50's console lines.

use corscope_fetch::{Api, Cause, Leg, Mode};

use super::{Account, Scene, is_preflight, redirect_target, response_value, status};

/// Header names that WebKit keeps as numbers, and so spells its own way: each was asked for in lower
/// case (live, the grid `spelling`).
const KNOWN: [&str; 68] = [
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Ranges",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Age",
    "Authorization",
    "Cache-Control",
    "Clear-Site-Data",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-Range",
    "Content-Security-Policy",
    "Content-Security-Policy-Report-Only",
    "Content-Type",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Embedder-Policy-Report-Only",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Opener-Policy-Report-Only",
    "Cross-Origin-Resource-Policy",
    "DNT",
    "Default-Style",
    "ETag",
    "Expires",
    "Icy-MetaInt",
    "Icy-Metadata",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Integrity-Policy",
    "Integrity-Policy-Report-Only",
    "Last-Event-ID",
    "Last-Modified",
    "Link",
    "Location",
    "Ping-From",
    "Ping-To",
    "Pragma",
    "Range",
    "Referrer-Policy",
    "Refresh",
    "Report-To",
    "Reporting-Endpoints",
    "Server-Timing",
    "Service-Worker",
    "Service-Worker-Allowed",
    "Service-Worker-Navigation-Preload",
    "Set-Cookie2",
    "SourceMap",
    "Timing-Allow-Origin",
    "Upgrade-Insecure-Requests",
    "User-Agent",
    "Vary",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-SourceMap",
    "X-Temp-Tablet",
    "X-XSS-Protection",
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
    let url = url.as_str();
    if let Some(lines_of_mode) = lines_of_mode(scene, &fault.cause, leg, url) {
        lines.extend(lines_of_mode);
        return Account { lines, code: None };
    }
    if let Some(reason) = reason(scene, &fault.cause, leg) {
        let is_redirect = leg.is_some_and(|leg| leg.name() == "redirect")
            && (fault.cause.is_cors_check() || is_redirect_reason(&fault.cause));
        lines.push(if redirect_target(scene, leg).starts_with("ftp:") && is_redirect {
            "FTP URLs are disabled".into()
        } else if is_redirect {
            format!(
                "Cross-origin redirection to {} denied by Cross-Origin Resource Sharing policy: \
                 {reason}",
                without_credentials(&redirect_target(scene, leg))
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
        Cause::UnsafePort { port } => {
            // After a redirect that needs a preflight it is the preflight that fails, which has no
            // text of its own.
            let is_plain =
                leg.is_none() && !scene.verdict.legs.iter().any(|leg| leg.request.preflight);
            if is_plain {
                lines.push(format!(
                    "Not allowed to use restricted network port {port}: {url}"
                ));
            }
        }
        Cause::RedirectLoop => {
            lines.push("Load cannot follow more than 20 redirections".into());
            lines.extend(closing(scene.init.api, url));
        }
        Cause::NetworkError { .. } if url.starts_with("data:") => {
            let who = if scene.init.api == Api::Xhr {
                "XMLHttpRequest"
            } else {
                "Fetch API"
            };
            lines.push(format!("{who} cannot load {url}."));
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
            let page = scene.page();
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
            let length = |body: Option<&[u8]>| match body {
                Some(body) if !body.is_empty() => body.len().to_string(),
                _ => "(no content)".to_owned(),
            };
            let url = url.split('#').next().unwrap_or_default();
            let received = length(scene.hashed_body(leg));
            let promised = leg
                .and_then(Leg::response)
                .map_or_else(|| "0".to_owned(), |it| length(it.body.as_deref()));
            lines.push(format!(
                "Failed integrity metadata check. {url}. Failed integrity metadata check. Content \
                 length: {received}, Expected content length: {promised}, Expected metadata: {}",
                scene.init.integrity
            ));
            lines.extend(closing(scene.init.api, url));
        }
        _ => {}
    }
    Account { lines, code: None }
}

/// What modes `no-cors` and `same-origin` say of URLs that they may not go to.
fn lines_of_mode(
    scene: Scene<'_>,
    cause: &Cause,
    leg: Option<&Leg>,
    url: &str,
) -> Option<Vec<String>> {
    let mode = scene.verdict.request.as_deref()?.mode;
    let api = scene.init.api;
    let target = match cause {
        Cause::RedirectToNonHttpScheme => redirect_target(scene, leg),
        _ => url.to_owned(),
    };
    let is_local = ["blob:", "file:"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    let mut lines = Vec::new();
    // Before CORS came into play: a redirect of the first, own-origin or no-CORS, response.
    let is_first = leg.is_some_and(|leg| leg.checked_origin.is_none());
    let own = format!("blob:{}/", scene.client.origin);
    let to_local = ["blob:", "file:"]
        .iter()
        .any(|scheme| target.starts_with(scheme));
    let stop = if api == Api::Xhr { "" } else { "." };
    let closed = match (mode, cause) {
        (_, Cause::RedirectToNonHttpScheme)
            if is_first && to_local && !target.starts_with(&own) =>
        {
            lines.push(format!("Not allowed to load local resource: {target}"));
            Some(url)
        }
        (Mode::Cors, Cause::RedirectToNonHttpScheme) if is_first && to_local => {
            lines.push(format!(
                "Redirection to URL with a scheme that is not HTTP(S){stop}"
            ));
            Some(&*target)
        }
        (Mode::SameOrigin, Cause::RedirectOutOfSameOrigin | Cause::RedirectToNonHttpScheme) => {
            lines.push(format!(
                "Unsafe attempt to load URL {target} from origin {}. Domains, protocols and ports \
                 must match.",
                scene.client.origin
            ));
            Some(url)
        }
        (Mode::NoCors, Cause::RedirectToNonHttpScheme) if !target.starts_with("ftp:") => {
            lines.push("Redirection to URL with a scheme that is not HTTP(S).".to_owned());
            Some(&*target)
        }
        (Mode::NoCors, Cause::UnsupportedScheme) if is_local => {
            lines.push(format!("Not allowed to load local resource: {url}"));
            lines.push("Not allowed to request resource".to_owned());
            Some(url)
        }
        (Mode::NoCors, Cause::UnsupportedScheme) if url.starts_with("ftp:") => {
            lines.push("FTP URLs are disabled".to_owned());
            Some(url)
        }
        (Mode::NoCors, Cause::UnsupportedScheme) => None,
        _ => return None,
    };
    lines.extend(closed.and_then(|url| closing(api, url)));
    Some(lines)
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
        Cause::RedirectToNonHttpScheme
            | Cause::RedirectUrlHasCredentials
            | Cause::RedirectLocationInvalid { .. }
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
        // Only a response that CORS has judged says so of a Location that is no URL.
        Cause::RedirectLocationInvalid { .. }
            if leg.is_none_or(|leg| leg.checked_origin.is_none()) =>
        {
            return None;
        }
        Cause::RedirectToNonHttpScheme | Cause::RedirectLocationInvalid { .. } => {
            "not allowed to follow a cross-origin CORS redirection with non CORS scheme".into()
        }
        Cause::RedirectUrlHasCredentials => {
            let target = redirect_target(scene, leg);
            let target = target.split('#').next().unwrap_or_default();
            format!("redirection URL {target} has credentials")
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
