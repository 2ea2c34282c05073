//! What every request must pass before a route sees it, and what every response carries.
//!
//! A page of any site can make the browser send requests here. It is kept out by what the browser
//! tells of itself (`Host`, `Origin`, `Sec-Fetch-Site`), by the JSON content type that no form can
//! send, and by the cookie. No response ever carries a CORS header: nobody else's page is to read it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Desk;
use super::fault::Fault;

/// Responses carry these, whatever they say.
const ALWAYS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        // Pictures out of captured bodies come from blobs; they hold no scripts.
        "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request through to its route, or refuses it.
pub(super) async fn gate(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = match check(&desk, &request, is_api) {
        Ok(()) => next.run(request).await,
        Err(fault) => fault.into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_api {
        let value = HeaderValue::from_static("no-store");
        headers.insert(header::CACHE_CONTROL, value);
    }
    response
}

fn check(desk: &Desk, request: &Request, is_api: bool) -> Result<(), Fault> {
    let headers = request.headers();
    let authorities = authorities(desk.address.port());
    host(headers, request, &authorities)?;
    origin(headers, &authorities)?;
    if !is_api {
        return Ok(());
    }
    fetch_site(headers)?;
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        content_type(headers, request.uri().path())?;
    }
    if request.uri().path() == "/api/session" && request.method() == Method::POST {
        return Ok(());
    }
    let cookies = headers.get_all(header::COOKIE).iter();
    if desk
        .access
        .admits(cookies.filter_map(|value| value.to_str().ok()))
    {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::UNAUTHORIZED,
        "no-session",
        "this browser has not been let in",
        "open the link that corscope printed; Enter in its terminal (`link` in a live run's) prints a new one",
    ))
}

/// The names under which a browser of this machine reaches us.
fn authorities(port: u16) -> [String; 2] {
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")]
}

/// A foreign name that resolves to this machine (DNS rebinding) still stands in `Host`.
fn host(headers: &HeaderMap, request: &Request, authorities: &[String]) -> Result<(), Fault> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().unwrap_or_default(),
        _ => "",
    };
    let is_own = |name: &str| authorities.iter().any(|own| own.eq_ignore_ascii_case(name));
    let target = request.uri().authority();
    if is_own(named) && target.is_none_or(|target| is_own(target.as_str())) {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::MISDIRECTED_REQUEST,
        "foreign-host",
        "this server answers to its loopback name only",
        format!("open http://{}/", authorities[0]),
    ))
}

fn origin(headers: &HeaderMap, authorities: &[String]) -> Result<(), Fault> {
    let is_own = |value: &HeaderValue| {
        let host = value
            .to_str()
            .ok()
            .and_then(|it| it.strip_prefix("http://"));
        host.is_some_and(|host| authorities.iter().any(|own| own == host))
    };
    if headers.get_all(header::ORIGIN).iter().all(is_own) {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::FORBIDDEN,
        "foreign-origin",
        "another site's page asked for this",
        "only corscope's own page may ask",
    ))
}

/// Pages of other ports on this machine are of the same site: their requests carry the cookie.
fn fetch_site(headers: &HeaderMap) -> Result<(), Fault> {
    let is_own = |value: &HeaderValue| matches!(value.as_bytes(), b"same-origin" | b"none");
    if headers.get_all(SEC_FETCH_SITE).iter().all(is_own) {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::FORBIDDEN,
        "foreign-site",
        "another page asked for this",
        "only corscope's own page may ask",
    ))
}

/// No form and no request without a preflight can send these types: JSON, and a HAR's bytes where one
/// is taken.
fn content_type(headers: &HeaderMap, path: &str) -> Result<(), Fault> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_har = path == "/api/captures" && essence == "application/octet-stream";
    if is_har || essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "not-json",
        "the body's type is not application/json",
        "send JSON, and say so in Content-Type",
    ))
}
