//! Names for what the operating system or the TLS library reports on a live connection.

use std::io;

use rustls::{AlertDescription, InvalidMessage};

use super::{ConnectFailure, NetworkError, Phase};

impl NetworkError {
    /// The failure of a read or write.
    pub(crate) fn of_io(during: Phase, error: &io::Error) -> Self {
        if let Some(tls) = tls_error(error) {
            return Self::of_tls(tls);
        }
        match error.kind() {
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::ConnectionReset { during },
            _ => Self::ConnectionBroken {
                during,
                reason: error.to_string(),
            },
        }
    }

    /// The failure of TLS itself; certificates are judged where they are seen.
    pub(crate) fn of_tls(error: &rustls::Error) -> Self {
        use rustls::Error;
        match error {
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
            ) => Self::NotTls,
            Error::AlertReceived(
                AlertDescription::HandshakeFailure
                | AlertDescription::ProtocolVersion
                | AlertDescription::InsufficientSecurity,
            )
            | Error::PeerIncompatible(_) => Self::TlsNothingInCommon {
                reason: error.to_string(),
            },
            Error::AlertReceived(AlertDescription::CertificateRequired) => {
                Self::ClientCertificateWanted
            }
            Error::AlertReceived(AlertDescription::NoApplicationProtocol)
            | Error::NoApplicationProtocol => Self::Http2NotOffered,
            Error::AlertReceived(alert) => Self::TlsAlert {
                alert: format!("{alert:?}"),
            },
            _ => Self::TlsProtocol {
                reason: error.to_string(),
            },
        }
    }
}

impl ConnectFailure {
    pub(crate) fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::ConnectionReset => Self::Reset,
            io::ErrorKind::TimedOut => Self::TimedOut,
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown => Self::Unreachable,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            _ => Self::System(error.to_string()),
        }
    }
}

/// The TLS library's error inside an I/O error, if it is one.
pub(crate) fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}
