//! Why a client gave up on the TLS handshake with us.

use std::io;

use super::fault::Fault;

/// Whether TLS itself failed, rather than the connection under it.
pub(super) fn is_tls(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<rustls::Error>())
}

/// Why a client gave up on the handshake.
pub(super) fn of_client(error: &io::Error) -> Fault {
    use rustls::AlertDescription as Alert;
    use rustls::Error;
    let tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match (tls, error.kind()) {
        (
            Some(Error::AlertReceived(
                alert @ (Alert::UnknownCA
                | Alert::BadCertificate
                | Alert::CertificateUnknown
                | Alert::CertificateExpired
                | Alert::CertificateRevoked
                | Alert::UnsupportedCertificate
                | Alert::AccessDenied),
            )),
            _,
        ) => Fault::client_tls(
            "client-rejected-certificate",
            format!("the client does not trust corscope's certificate (alert {alert:?})"),
        ),
        (
            Some(
                Error::PeerIncompatible(_)
                | Error::AlertReceived(
                    Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity,
                ),
            ),
            _,
        ) => Fault::client_tls(
            "client-tls-nothing-in-common",
            format!("the client has no TLS version or cipher in common with corscope: {error}"),
        ),
        (Some(tls), _) => Fault::client_tls(
            "client-tls-failed",
            format!("the TLS handshake with the client failed: {tls}"),
        ),
        (None, io::ErrorKind::TimedOut) => Fault::client_tls(
            "client-tls-timeout",
            "the client did not finish the TLS handshake in time",
        ),
        (None, io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => Fault::client_tls(
            "client-tls-reset",
            "the client cut the connection during the TLS handshake",
        ),
        (None, _) => Fault::client_tls(
            "client-tls-closed",
            "the client closed the connection during the TLS handshake",
        ),
    }
}
