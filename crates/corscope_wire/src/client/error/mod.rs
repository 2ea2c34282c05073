//! Why there is no response: one variant per exact cause, so that "the console will say CORS; it
//! is not" can be said with the true reason.

mod chromium;
pub(crate) mod of_io;
mod wording;

use std::net::SocketAddr;
use std::time::Duration;

/// What the client was doing when time ran out or the connection broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Resolving the host's name.
    Resolve,
    /// Opening the TCP connection.
    Connect,
    /// Asking the proxy for a tunnel.
    ProxyTunnel,
    /// Shaking hands for TLS.
    TlsHandshake,
    /// The request is (being) sent; no byte of the response has come.
    AwaitHead,
    /// The response's head has begun and is not finished.
    ReadHead,
    /// The head is there; reading the body.
    ReadBody,
}

/// One address that was tried in vain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectAttempt {
    /// The address.
    pub address: SocketAddr,
    /// What it answered.
    pub failure: ConnectFailure,
}

/// Why a TCP connection to one address was not made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConnectFailure {
    /// The machine answered that nothing listens there.
    Refused,
    /// The connection was reset while it was made.
    Reset,
    /// No answer in time.
    TimedOut,
    /// There is no way to that host or network.
    Unreachable,
    /// The operating system forbade it (a firewall or sandbox on this machine).
    Forbidden,
    /// The operating system's words for anything else.
    System(String),
}

/// What makes a response head one that every browser rejects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HeadFault {
    /// The answer does not start with `HTTP`; its first bytes (at most 32) are kept.
    NotHttp {
        /// How the answer begins.
        start: Vec<u8>,
    },
    /// A NUL byte at this offset of the head, in this line (0 is the status line).
    NulByte {
        /// The line, counted from 0.
        line: usize,
        /// The byte's offset in the head.
        offset: usize,
    },
    /// A status code above 999.
    StatusOutOfRange {
        /// The digits as sent.
        digits: Vec<u8>,
    },
    /// Different values of a header of which browsers accept only one.
    ConflictingValues {
        /// `Content-Length`, `Location` or `Content-Disposition`.
        name: &'static str,
    },
}

/// What makes a request impossible to send.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RequestFault {
    /// The scheme is neither `http` nor `https`.
    Scheme(String),
    /// The URL has no host.
    NoHost,
    /// The method is not a token.
    Method(Vec<u8>),
    /// The header's name at this line is not a token.
    HeaderName {
        /// The line in the request's header list, counted from 0.
        line: usize,
    },
    /// The header's value at this line holds NUL, CR or LF.
    HeaderValue {
        /// The line in the request's header list, counted from 0.
        line: usize,
    },
    /// The path or query cannot be written in HTTP/2.
    Target,
    /// HTTP/2 was required for an `http:` URL; browsers speak it over TLS only.
    Http2WithoutTls,
}

/// Why an exchange got no response. The mistakes of CORS are never in here: those are answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NetworkError {
    /// The name does not exist or has no address.
    NameNotFound {
        /// The name.
        host: String,
    },
    /// The resolver could not answer for now (no name server reached, or it failed).
    NameServerFailed {
        /// The name.
        host: String,
    },
    /// The resolver failed in another way.
    NameLookupFailed {
        /// The name.
        host: String,
        /// The resolver's words.
        reason: String,
    },
    /// Nothing listens on the port.
    ConnectionRefused {
        /// Every address tried.
        tried: Vec<ConnectAttempt>,
    },
    /// No address answered in time.
    ConnectTimedOut {
        /// Every address tried.
        tried: Vec<ConnectAttempt>,
        /// After how long.
        after: Duration,
    },
    /// There is no way to the host.
    Unreachable {
        /// Every address tried.
        tried: Vec<ConnectAttempt>,
    },
    /// This machine forbade the connection.
    ConnectForbidden {
        /// Every address tried.
        tried: Vec<ConnectAttempt>,
    },
    /// The address is one of corscope's own listeners.
    OwnListener {
        /// The address.
        address: SocketAddr,
    },
    /// The connection was not made for another reason.
    ConnectFailed {
        /// Every address tried.
        tried: Vec<ConnectAttempt>,
    },
    /// The server cut the connection (TCP RST).
    ConnectionReset {
        /// When.
        during: Phase,
    },
    /// The connection broke in a way the operating system words itself.
    ConnectionBroken {
        /// When.
        during: Phase,
        /// The system's words.
        reason: String,
    },
    /// Time ran out.
    TimedOut {
        /// When.
        during: Phase,
        /// After how long.
        after: Duration,
    },
    /// The proxy could not be reached.
    ProxyUnreachable {
        /// `host:port` of the proxy.
        proxy: String,
        /// Why.
        why: Box<NetworkError>,
    },
    /// The proxy wants credentials, or others than it got (407).
    ProxyAuthenticationRequired {
        /// `host:port` of the proxy.
        proxy: String,
    },
    /// The proxy answered CONNECT with a refusal.
    ProxyRefusedTunnel {
        /// `host:port` of the proxy.
        proxy: String,
        /// The status it gave.
        status: u16,
        /// The reason phrase.
        reason: Vec<u8>,
    },
    /// The proxy's answer to CONNECT was no usable HTTP.
    ProxyTunnelBroken {
        /// `host:port` of the proxy.
        proxy: String,
        /// What was wrong.
        why: Box<NetworkError>,
    },
    /// The certificate's time is over.
    CertificateExpired {
        /// The host asked for.
        host: String,
        /// The end of its time, in seconds since 1970.
        not_after: Option<i64>,
    },
    /// The certificate's time has not begun (often: a wrong clock).
    CertificateNotYetValid {
        /// The host asked for.
        host: String,
        /// The start of its time, in seconds since 1970.
        not_before: Option<i64>,
    },
    /// Nobody trusted signed the certificate, or an intermediate certificate is not sent.
    CertificateUnknownIssuer {
        /// The host asked for.
        host: String,
        /// The issuer's name.
        issuer: Option<String>,
    },
    /// The certificate is signed by itself.
    CertificateSelfSigned {
        /// The host asked for.
        host: String,
    },
    /// The certificate is for other names.
    CertificateWrongHost {
        /// The host asked for.
        host: String,
        /// The names it is for.
        names: Vec<String>,
    },
    /// The certificate was revoked.
    CertificateRevoked {
        /// The host asked for.
        host: String,
    },
    /// The certificate is unacceptable for another reason.
    CertificateInvalid {
        /// The host asked for.
        host: String,
        /// The TLS library's words.
        reason: String,
    },
    /// The port does not speak TLS; most often it is plain HTTP.
    NotTls,
    /// Client and server have no TLS version or cipher in common.
    TlsNothingInCommon {
        /// The TLS library's words.
        reason: String,
    },
    /// The server wants a client certificate.
    ClientCertificateWanted,
    /// The server refused the handshake with this alert.
    TlsAlert {
        /// The alert's name.
        alert: String,
    },
    /// The server broke the TLS protocol.
    TlsProtocol {
        /// The TLS library's words.
        reason: String,
    },
    /// The server closed the connection in the midst of the handshake.
    TlsClosed,
    /// No TLS could be tried: the host's name is none that a certificate can carry, or no root
    /// certificate could be loaded.
    TlsImpossible {
        /// Why.
        reason: String,
    },
    /// HTTP/2 was required and the server does not offer it.
    Http2NotOffered,
    /// The HTTP/2 connection or stream failed.
    Http2 {
        /// The HTTP/2 error code.
        code: Option<u32>,
        /// Whether the server (rather than this client) declared the failure.
        by_server: bool,
        /// The HTTP/2 library's words.
        reason: String,
    },
    /// The server closed the connection without a single byte of response.
    EmptyResponse,
    /// The server closed the connection in the midst of the head (over TLS, where browsers cannot
    /// tell that from an attack; over plain HTTP they go on with what they have).
    HeadTruncated {
        /// Bytes of the head that came.
        received: usize,
    },
    /// The answer is no HTTP response that a browser accepts.
    InvalidResponse(HeadFault),
    /// The head is larger than [`Limits::head_bytes`](super::Limits::head_bytes).
    HeadTooLarge {
        /// The limit.
        limit: usize,
    },
    /// The head has more lines than [`Limits::header_lines`](super::Limits::header_lines).
    TooManyHeaderLines {
        /// The limit.
        limit: usize,
    },
    /// More 1xx responses than [`Limits::informational`](super::Limits::informational).
    TooManyInformational {
        /// The limit.
        limit: usize,
    },
    /// The request itself cannot be sent.
    InvalidRequest(RequestFault),
}

impl NetworkError {
    /// The stable name of this cause, kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NameNotFound { .. } => "dns-not-found",
            Self::NameServerFailed { .. } => "dns-temporary",
            Self::NameLookupFailed { .. } => "dns-failed",
            Self::ConnectionRefused { .. } => "connection-refused",
            Self::ConnectTimedOut { .. } => "connect-timeout",
            Self::Unreachable { .. } => "unreachable",
            Self::ConnectForbidden { .. } => "connect-forbidden",
            Self::OwnListener { .. } => "own-listener",
            Self::ConnectFailed { .. } => "connect-failed",
            Self::ConnectionReset { .. } => "connection-reset",
            Self::ConnectionBroken { .. } => "connection-broken",
            Self::TimedOut { during, .. } => match during {
                Phase::Resolve => "dns-timeout",
                Phase::Connect => "connect-timeout",
                Phase::ProxyTunnel => "proxy-timeout",
                Phase::TlsHandshake => "tls-timeout",
                Phase::AwaitHead => "response-timeout",
                Phase::ReadHead => "head-timeout",
                Phase::ReadBody => "body-timeout",
            },
            Self::ProxyUnreachable { .. } => "proxy-unreachable",
            Self::ProxyAuthenticationRequired { .. } => "proxy-authentication-required",
            Self::ProxyRefusedTunnel { .. } => "proxy-refused-tunnel",
            Self::ProxyTunnelBroken { .. } => "proxy-tunnel-broken",
            Self::CertificateExpired { .. } => "certificate-expired",
            Self::CertificateNotYetValid { .. } => "certificate-not-yet-valid",
            Self::CertificateUnknownIssuer { .. } => "certificate-unknown-issuer",
            Self::CertificateSelfSigned { .. } => "certificate-self-signed",
            Self::CertificateWrongHost { .. } => "certificate-wrong-host",
            Self::CertificateRevoked { .. } => "certificate-revoked",
            Self::CertificateInvalid { .. } => "certificate-invalid",
            Self::NotTls => "not-tls",
            Self::TlsNothingInCommon { .. } => "tls-nothing-in-common",
            Self::ClientCertificateWanted => "client-certificate-wanted",
            Self::TlsAlert { .. } => "tls-alert",
            Self::TlsProtocol { .. } => "tls-protocol",
            Self::TlsClosed => "tls-closed",
            Self::TlsImpossible { .. } => "tls-impossible",
            Self::Http2NotOffered => "http2-not-offered",
            Self::Http2 { .. } => "http2-protocol",
            Self::EmptyResponse => "empty-response",
            Self::HeadTruncated { .. } => "head-truncated",
            Self::InvalidResponse(HeadFault::ConflictingValues { .. }) => "conflicting-headers",
            Self::InvalidResponse(_) => "invalid-response",
            Self::HeadTooLarge { .. } => "head-too-large",
            Self::TooManyHeaderLines { .. } => "too-many-header-lines",
            Self::TooManyInformational { .. } => "too-many-informational",
            Self::InvalidRequest(_) => "invalid-request",
        }
    }
}

impl std::error::Error for NetworkError {}
