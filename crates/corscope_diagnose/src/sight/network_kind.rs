//! Failures below HTTP, sorted by what mends them.

use corscope_fetch::{Cause, Fault, NetworkFailure};

/// What kind of failure a browser's error name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkKind {
    /// The host's name has no address.
    NameNotResolved,
    /// Nothing listens on the port.
    Refused,
    /// There is no way to the host, or no network at all.
    Unreachable,
    /// The host does not answer the connection.
    ConnectTimedOut,
    /// The connection was cut.
    Reset,
    /// The connection was closed without an answer.
    Empty,
    /// The certificate is not accepted.
    Certificate,
    /// The server wants a client certificate.
    ClientCertificate,
    /// The port does not speak TLS, or no TLS that the browser takes.
    NotTls,
    /// What came back is no HTTP response.
    InvalidResponse,
    /// The response's head is too large.
    HeadTooLarge,
    /// The connection stands, the response does not come.
    HeadTimedOut,
    /// The page, or the user, gave the request up.
    Aborted,
    /// An extension or an administrator blocked it.
    BlockedByClient,
    /// Local Network Access blocked it.
    LocalNetworkAccess,
    /// Opaque response blocking.
    OpaqueResponseBlocking,
    /// The page's Content-Security-Policy.
    ContentSecurityPolicy,
    /// Cross-Origin-Resource-Policy, or an embedder policy.
    ResourcePolicy,
    /// The proxy between does not work.
    Proxy,
    /// A 407 that no proxy sent.
    UnexpectedProxyAuthentication,
    /// Not known.
    Unknown,
}

impl NetworkKind {
    /// The kind of a failure.
    pub fn of(failure: &NetworkFailure) -> Self {
        let name = failure.error.trim();
        let name = name.strip_prefix("net::").unwrap_or(name);
        if let Some(name) = name.strip_prefix("ERR_") {
            return of_chromium(name);
        }
        match of_others(name) {
            Self::Unknown if failure.closed => Self::Empty,
            kind => kind,
        }
    }

    /// The kind of a fault, when it is one of the network.
    pub fn of_fault(fault: &Fault) -> Option<Self> {
        match &fault.cause {
            Cause::NetworkError { failure } => Some(Self::of(failure)),
            _ => None,
        }
    }
}

/// The name that a failure has in the browser, for headlines.
pub(crate) fn error_name(fault: &Fault) -> &str {
    match &fault.cause {
        Cause::NetworkError { failure } if !failure.error.is_empty() => &failure.error,
        Cause::NetworkError { failure } if failure.closed => "net::ERR_EMPTY_RESPONSE",
        _ => "net::ERR_FAILED",
    }
}

fn of_chromium(name: &str) -> NetworkKind {
    match name {
        "NAME_NOT_RESOLVED" | "NAME_RESOLUTION_FAILED" | "ICANN_NAME_COLLISION" => {
            NetworkKind::NameNotResolved
        }
        "CONNECTION_REFUSED" => NetworkKind::Refused,
        "ADDRESS_UNREACHABLE"
        | "ADDRESS_INVALID"
        | "INTERNET_DISCONNECTED"
        | "NETWORK_CHANGED"
        | "NETWORK_ACCESS_DENIED"
        | "CONNECTION_FAILED"
        | "NETWORK_IO_SUSPENDED" => NetworkKind::Unreachable,
        "CONNECTION_TIMED_OUT" => NetworkKind::ConnectTimedOut,
        "TIMED_OUT" => NetworkKind::HeadTimedOut,
        // Over HTTP/2 and 3 a handler that breaks off resets its stream.
        "CONNECTION_RESET"
        | "CONNECTION_ABORTED"
        | "HTTP2_PROTOCOL_ERROR"
        | "QUIC_PROTOCOL_ERROR" => NetworkKind::Reset,
        "EMPTY_RESPONSE" | "CONNECTION_CLOSED" => NetworkKind::Empty,
        "RESPONSE_HEADERS_TOO_BIG" => NetworkKind::HeadTooLarge,
        "INVALID_HTTP_RESPONSE"
        | "INVALID_RESPONSE"
        | "CONTENT_LENGTH_MISMATCH"
        | "CONTENT_DECODING_FAILED"
        | "INCOMPLETE_CHUNKED_ENCODING"
        | "INVALID_CHUNKED_ENCODING" => NetworkKind::InvalidResponse,
        "ABORTED" => NetworkKind::Aborted,
        "BLOCKED_BY_CLIENT" | "BLOCKED_BY_ADMINISTRATOR" => NetworkKind::BlockedByClient,
        "BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS" | "BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS" => {
            NetworkKind::LocalNetworkAccess
        }
        "BLOCKED_BY_ORB" => NetworkKind::OpaqueResponseBlocking,
        "BLOCKED_BY_CSP" => NetworkKind::ContentSecurityPolicy,
        "INVALID_AUTH_CREDENTIALS" => NetworkKind::Proxy,
        "UNEXPECTED_PROXY_AUTH" => NetworkKind::UnexpectedProxyAuthentication,
        "SSL_PINNED_KEY_NOT_IN_CERT_CHAIN" => NetworkKind::Certificate,
        _ if name.starts_with("CERT") => NetworkKind::Certificate,
        _ if name.contains("CLIENT_AUTH") => NetworkKind::ClientCertificate,
        _ if name.starts_with("SSL_") => NetworkKind::NotTls,
        _ if name.starts_with("DNS_") => NetworkKind::NameNotResolved,
        _ if name.starts_with("RESPONSE_HEADERS_") => NetworkKind::InvalidResponse,
        _ if name.starts_with("BLOCKED_BY_RESPONSE") => NetworkKind::ResourcePolicy,
        _ if ["PROXY_", "TUNNEL_", "SOCKS_", "MANDATORY_PROXY"]
            .iter()
            .any(|prefix| name.starts_with(prefix)) =>
        {
            NetworkKind::Proxy
        }
        _ => NetworkKind::Unknown,
    }
}

/// Firefox's names, and those of operating systems and of Node.js.
fn of_others(name: &str) -> NetworkKind {
    match name {
        "NS_ERROR_UNKNOWN_HOST" | "ENOTFOUND" | "EAI_AGAIN" | "EAI_NONAME" => {
            NetworkKind::NameNotResolved
        }
        "NS_ERROR_CONNECTION_REFUSED" | "ECONNREFUSED" => NetworkKind::Refused,
        "NS_ERROR_OFFLINE" | "EHOSTUNREACH" | "ENETUNREACH" => NetworkKind::Unreachable,
        "NS_ERROR_NET_TIMEOUT" | "ETIMEDOUT" => NetworkKind::ConnectTimedOut,
        "NS_ERROR_NET_RESET" | "NS_ERROR_NET_INTERRUPT" | "ECONNRESET" | "EPIPE" => {
            NetworkKind::Reset
        }
        "NS_ERROR_NET_EMPTY_RESPONSE" => NetworkKind::Empty,
        "NS_ERROR_UNKNOWN_PROXY_HOST" | "NS_ERROR_PROXY_CONNECTION_REFUSED" => NetworkKind::Proxy,
        // The last is the proxy's own name for it.
        "NS_BINDING_ABORTED" | "NS_ERROR_ABORT" | "client-closed" => NetworkKind::Aborted,
        "SSL_ERROR_BAD_CERT_DOMAIN"
        | "CERT_HAS_EXPIRED"
        | "DEPTH_ZERO_SELF_SIGNED_CERT"
        | "SELF_SIGNED_CERT_IN_CHAIN"
        | "UNABLE_TO_VERIFY_LEAF_SIGNATURE" => NetworkKind::Certificate,
        _ if name.starts_with("SEC_ERROR_") || name.starts_with("MOZILLA_PKIX_ERROR_") => {
            NetworkKind::Certificate
        }
        _ if name.starts_with("SSL_ERROR_") => NetworkKind::NotTls,
        _ => NetworkKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_several_sources_mean_the_same() {
        for (name, kind) in [
            ("net::ERR_NAME_NOT_RESOLVED", NetworkKind::NameNotResolved),
            ("NS_ERROR_UNKNOWN_HOST", NetworkKind::NameNotResolved),
            ("ECONNREFUSED", NetworkKind::Refused),
            ("net::ERR_CERT_DATE_INVALID", NetworkKind::Certificate),
            ("net::ERR_SSL_PROTOCOL_ERROR", NetworkKind::NotTls),
            (
                "net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED",
                NetworkKind::ClientCertificate,
            ),
            (
                "net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION",
                NetworkKind::InvalidResponse,
            ),
            ("net::ERR_TUNNEL_CONNECTION_FAILED", NetworkKind::Proxy),
            ("net::ERR_FAILED", NetworkKind::Unknown),
            ("", NetworkKind::Unknown),
        ] {
            let failure = NetworkFailure {
                error: name.into(),
                closed: false,
            };
            assert_eq!(NetworkKind::of(&failure), kind, "{name}");
        }
    }
}
