//! Chromium's names for the same failures, since those are what a user sees in the console.

use super::{HeadFault, NetworkError, Phase};

impl NetworkError {
    /// What Chromium calls this: `net::ERR_…`.
    pub fn chromium_net_error(&self) -> &'static str {
        match self {
            Self::NameNotFound { .. }
            | Self::NameServerFailed { .. }
            | Self::NameLookupFailed { .. }
            | Self::TimedOut {
                during: Phase::Resolve,
                ..
            } => "net::ERR_NAME_NOT_RESOLVED",
            Self::ConnectionRefused { .. } => "net::ERR_CONNECTION_REFUSED",
            Self::ConnectTimedOut { .. }
            | Self::TimedOut {
                during: Phase::Connect,
                ..
            } => "net::ERR_CONNECTION_TIMED_OUT",
            Self::Unreachable { .. } => "net::ERR_ADDRESS_UNREACHABLE",
            Self::ConnectForbidden { .. } | Self::OwnListener { .. } => {
                "net::ERR_NETWORK_ACCESS_DENIED"
            }
            Self::ConnectFailed { .. } => "net::ERR_CONNECTION_FAILED",
            Self::ConnectionReset { .. } => "net::ERR_CONNECTION_RESET",
            Self::ConnectionBroken { .. } => "net::ERR_CONNECTION_ABORTED",
            Self::TimedOut { .. } => "net::ERR_TIMED_OUT",
            Self::ProxyUnreachable { .. } => "net::ERR_PROXY_CONNECTION_FAILED",
            Self::ProxyAuthenticationRequired { .. } => "net::ERR_INVALID_AUTH_CREDENTIALS",
            Self::ProxyRefusedTunnel { .. } | Self::ProxyTunnelBroken { .. } => {
                "net::ERR_TUNNEL_CONNECTION_FAILED"
            }
            Self::CertificateExpired { .. } | Self::CertificateNotYetValid { .. } => {
                "net::ERR_CERT_DATE_INVALID"
            }
            Self::CertificateUnknownIssuer { .. } | Self::CertificateSelfSigned { .. } => {
                "net::ERR_CERT_AUTHORITY_INVALID"
            }
            Self::CertificateWrongHost { .. } => "net::ERR_CERT_COMMON_NAME_INVALID",
            Self::CertificateRevoked { .. } => "net::ERR_CERT_REVOKED",
            Self::CertificateInvalid { .. } => "net::ERR_CERT_INVALID",
            Self::NotTls
            | Self::TlsProtocol { .. }
            | Self::TlsAlert { .. }
            | Self::TlsImpossible { .. } => "net::ERR_SSL_PROTOCOL_ERROR",
            Self::TlsNothingInCommon { .. } => "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
            Self::ClientCertificateWanted => "net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED",
            Self::TlsClosed => "net::ERR_CONNECTION_CLOSED",
            Self::Http2NotOffered => "net::ERR_ALPN_NEGOTIATION_FAILED",
            Self::Http2 { .. } => "net::ERR_HTTP2_PROTOCOL_ERROR",
            Self::EmptyResponse => "net::ERR_EMPTY_RESPONSE",
            Self::HeadTruncated { .. } => "net::ERR_RESPONSE_HEADERS_TRUNCATED",
            Self::InvalidResponse(HeadFault::ConflictingValues { name }) => match *name {
                "Location" => "net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION",
                "Content-Disposition" => "net::ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_DISPOSITION",
                _ => "net::ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH",
            },
            Self::InvalidResponse(_) | Self::TooManyInformational { .. } => {
                "net::ERR_INVALID_HTTP_RESPONSE"
            }
            Self::HeadTooLarge { .. } | Self::TooManyHeaderLines { .. } => {
                "net::ERR_RESPONSE_HEADERS_TOO_BIG"
            }
            Self::InvalidRequest(_) => "net::ERR_INVALID_ARGUMENT",
        }
    }
}
