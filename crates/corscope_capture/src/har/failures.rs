//! What exporters write into `_error`, as failures below HTTP.

use std::borrow::Cow;

use corscope_fetch::exchange::{Failure, Side};

/// Chromium's names that have a name of ours, and whose fault each is.
const NAMED: [(&str, &str, Side, &str); 11] = [
    (
        "NAME_NOT_RESOLVED",
        "dns-failed",
        Side::Server,
        "the host's name could not be resolved",
    ),
    (
        "CONNECTION_REFUSED",
        "connection-refused",
        Side::Server,
        "the server refused the connection",
    ),
    (
        "CONNECTION_RESET",
        "connection-reset",
        Side::Server,
        "the connection was reset",
    ),
    (
        "CONNECTION_CLOSED",
        "connection-closed",
        Side::Server,
        "the server closed the connection",
    ),
    (
        "EMPTY_RESPONSE",
        "empty-response",
        Side::Server,
        "the server closed without an answer",
    ),
    (
        "CONNECTION_TIMED_OUT",
        "connect-timeout",
        Side::Server,
        "connecting took too long",
    ),
    ("TIMED_OUT", "timeout", Side::Server, "it took too long"),
    (
        "ADDRESS_UNREACHABLE",
        "unreachable",
        Side::Server,
        "the server's address was not reachable",
    ),
    (
        "INTERNET_DISCONNECTED",
        "offline",
        Side::Client,
        "the computer was offline",
    ),
    (
        "ABORTED",
        "client-closed",
        Side::Client,
        "the page gave the request up",
    ),
    (
        "NETWORK_CHANGED",
        "network-changed",
        Side::Client,
        "the network changed",
    ),
];

/// Whether these are a browser's words, which name CORS failures too.
pub(super) fn is_browsers(error: &str) -> bool {
    error.starts_with("net::") || error.starts_with("NS_ERROR")
}

/// The failure below HTTP, if it is one: `net::ERR_FAILED` and what the browser itself blocked are
/// decisions above it.
pub(super) fn of(error: &str, has_response: bool) -> Option<Failure> {
    let Some(name) = error.strip_prefix("net::ERR_") else {
        return (!is_browsers(error) && !error.is_empty()).then(|| Failure {
            code: Cow::Borrowed("told-by-har"),
            net_error: None,
            side: Side::Server,
            message: error.to_owned(),
        });
    };
    let named = NAMED.iter().find(|(named, ..)| *named == name);
    if let Some((_, code, side, message)) = named {
        return Some(Failure {
            code: Cow::Borrowed(code),
            net_error: Some(error.to_owned().into()),
            side: *side,
            message: (*message).to_owned(),
        });
    }
    if name == "FAILED" || name.starts_with("BLOCKED_BY") || name.starts_with("CACHE") {
        return None;
    }
    // Other names with a response are mostly refusals of what was in it.
    let below = [
        "CERT_",
        "SSL_",
        "HTTP2_",
        "QUIC_",
        "CONTENT_LENGTH",
        "INCOMPLETE",
        "PROXY_",
    ];
    if has_response && !below.iter().any(|start| name.starts_with(start)) {
        return None;
    }
    Some(Failure {
        code: Cow::Owned(name.to_ascii_lowercase().replace('_', "-")),
        net_error: Some(error.to_owned().into()),
        side: Side::Server,
        message: format!("the browser says {error}"),
    })
}
