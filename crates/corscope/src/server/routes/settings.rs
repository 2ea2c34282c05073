//! `/api/settings`: where things are, and which browsers can be opened.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use corscope_wire::proxy::Authority;
use serde::{Deserialize, Serialize};

use crate::browser;
use crate::debugger::{Debugger, OpenError};
use crate::input;
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::{Asked, json};

/// Where things are.
#[derive(Serialize)]
pub(in crate::server) struct SettingsDocument {
    /// The certificate authority.
    authority: AuthorityDocument,
    /// The browsers that were found, the one taken by default first.
    browsers: Vec<BrowserFound>,
    /// Where the proxy listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy: Option<String>,
    /// A page that is worth opening: the demo's.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested: Option<String>,
    /// Where this page is served.
    page: String,
}

/// The certificate authority.
#[derive(Serialize)]
struct AuthorityDocument {
    /// Its directory; absent where no home directory is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    directory: Option<String>,
    /// Whether it has been made; it is when it is first needed.
    exists: bool,
    /// Base64 of the SHA-256 of its public key.
    #[serde(skip_serializing_if = "Option::is_none")]
    spki_sha256: Option<String>,
    /// When it expires, in seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
    /// The only hosts it may vouch for, where it is limited.
    only: Vec<String>,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// A browser that was found.
#[derive(Serialize)]
struct BrowserFound {
    /// Its name: `chromium`, `firefox`.
    name: &'static str,
    /// Where it is.
    path: String,
}

/// A browser to open.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct OpenOrder {
    url: String,
    browser: Option<String>,
    #[serde(default)]
    headless: bool,
}

pub(super) async fn show(State(desk): State<Arc<Desk>>) -> Response {
    let found = tokio::task::spawn_blocking(browser::installed).await;
    let browsers = found.unwrap_or_default().into_iter();
    json(&SettingsDocument {
        authority: authority(&desk.debugger),
        browsers: browsers
            .map(|found| BrowserFound {
                name: found.kind.name(),
                path: found.path.display().to_string(),
            })
            .collect(),
        proxy: desk.debugger.proxy().map(|it| it.to_string()),
        suggested: desk.debugger.suggested().map(str::to_owned),
        page: format!("http://{}/", desk.address),
    })
}

fn authority(debugger: &Debugger) -> AuthorityDocument {
    let mut document = AuthorityDocument {
        directory: None,
        exists: false,
        spki_sha256: None,
        expires: None,
        only: Vec::new(),
        problem: None,
    };
    let config = match debugger.authority() {
        Ok(config) => config,
        Err(error) => {
            document.problem = Some(error.to_string());
            return document;
        }
    };
    document.directory = Some(config.directory.display().to_string());
    // To look must not make one.
    document.exists = Authority::certificate_path(&config).exists();
    if document.exists {
        match Authority::open(&config) {
            Ok(authority) => {
                document.spki_sha256 = Some(authority.spki_sha256().to_owned());
                document.expires = Some(authority.not_after());
                document.only = authority.config().only.clone();
            }
            Err(error) => document.problem = Some(error.to_string()),
        }
    }
    document
}

/// The authority's certificate, to be installed on a device; it is made if there is none.
pub(super) async fn certificate(State(desk): State<Arc<Desk>>) -> Result<Response, Fault> {
    let failed = |problem: String| {
        let mend = "see `corscope ca path`";
        Fault::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "no-authority",
            problem,
            mend,
        )
    };
    let config = desk.debugger.authority();
    let config = config.map_err(|error| failed(error.to_string()))?;
    let authority = Authority::open(&config).map_err(|error| failed(error.to_string()))?;
    let mut response = Body::from(authority.pem().to_owned()).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/x-pem-file");
    headers.insert(header::CONTENT_TYPE, kind);
    let place = HeaderValue::from_static("attachment; filename=\"corscope-ca.pem\"");
    headers.insert(header::CONTENT_DISPOSITION, place);
    Ok(response)
}

/// Opens a browser of our own through the proxy.
pub(super) async fn open(
    State(desk): State<Arc<Desk>>,
    Asked(order): Asked<OpenOrder>,
) -> Result<StatusCode, Fault> {
    let url = match order.url.trim() {
        "" | "about:blank" => "about:blank".to_owned(),
        url => input::url::target("url", url)?,
    };
    let browser = order.browser.as_deref();
    let opened = desk.debugger.open_browser(url, browser, order.headless);
    opened.await.map_err(|error| match error {
        OpenError::Wanted(problem) => {
            let mend = "choose one of the browsers that were found";
            Fault::input("no-browser", "browser", problem, mend)
        }
        OpenError::Failed(problem) => {
            let mend = "without a screen, corscope open --headless URL works in a terminal";
            Fault::new(StatusCode::BAD_GATEWAY, "not-opened", problem, mend)
        }
    })?;
    Ok(StatusCode::NO_CONTENT)
}
