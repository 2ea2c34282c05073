//! The page's files. They are public, and hold no secret: the token is in the launch link alone.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// Each file's path with its bytes.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page_files.rs"));

/// What is shown by a program that was built without the page.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>corscope</title><h1>The page is not built in</h1><p>This corscope was built without its \
    web page. Run <code>make ui</code>, then build again.</p></html>\n";

/// Whether the page was there when the program was built.
pub(super) fn is_built() -> bool {
    !FILES.is_empty()
}

/// The file of a path; every address of the page is the page itself.
pub(super) async fn file(uri: Uri) -> Response {
    let path = match uri.path() {
        "/" => "/index.html",
        path => path,
    };
    let found = FILES.iter().find(|(name, _)| *name == path);
    match found {
        Some((name, bytes)) => of(name, bytes),
        None if path == "/index.html" => {
            let mut response = of(path, NOT_BUILT.as_bytes());
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn of(name: &str, bytes: &'static [u8]) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    // Vite names what it builds by its content.
    let cache = if name.starts_with("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
