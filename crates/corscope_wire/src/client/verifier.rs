//! Judges a server's certificate, and remembers what it saw: all faults are wanted, not only the
//! first, and the certificate itself also when it is refused.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::certificate::CertificateFacts;
use super::error::NetworkError;

/// Whom to trust.
#[derive(Debug)]
pub(crate) struct Trust {
    pub(crate) roots: RootCertStore,
    /// Certificates the user named, which are trusted also when a server presents them itself.
    pub(crate) named: Vec<CertificateDer<'static>>,
    pub(crate) provider: Arc<CryptoProvider>,
}

/// What one handshake showed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) certificate: Option<CertificateFacts>,
    /// What is wrong with it, the most serious first.
    pub(crate) faults: Vec<NetworkError>,
}

/// The verifier of one connection.
#[derive(Debug)]
pub(crate) struct Verifier {
    trust: Arc<Trust>,
    insecure: bool,
    host: String,
    seen: Mutex<Seen>,
}

impl Verifier {
    pub(crate) fn new(trust: Arc<Trust>, insecure: bool, host: String) -> Self {
        Self {
            trust,
            insecure,
            host,
            seen: Mutex::default(),
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn chain(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        facts: Option<&CertificateFacts>,
        now: UnixTime,
    ) -> Result<(), Error> {
        if self
            .trust
            .named
            .iter()
            .any(|named| named.as_ref() == end_entity.as_ref())
        {
            return match facts.map(|facts| (facts.not_before, facts.not_after)) {
                Some((_, end)) if end < seconds(now) => Err(CertificateError::Expired.into()),
                Some((start, _)) if start > seconds(now) => {
                    Err(CertificateError::NotValidYet.into())
                }
                _ => Ok(()),
            };
        }
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(end_entity)?,
            &self.trust.roots,
            intermediates,
            now,
            self.trust.provider.signature_verification_algorithms.all,
        )
    }

    /// Everything wrong, in the order of gravity that Chromium reports by: issuer, name, time.
    fn faults(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        facts: Option<&CertificateFacts>,
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Vec<Error> {
        let mut faults = Vec::new();
        let mut out_of_time = None;
        match self.chain(end_entity, intermediates, facts, now) {
            Err(error) if is_about_time(&error) => {
                // The library stops here; asking for a time when the certificate was valid tells
                // whether its issuer would have been trusted.
                let then = facts.and_then(|facts| u64::try_from(facts.not_after - 1).ok());
                let then = then.map(|then| UnixTime::since_unix_epoch(Duration::from_secs(then)));
                if let Some(Err(other)) =
                    then.map(|then| self.chain(end_entity, intermediates, facts, then))
                    && !is_about_time(&other)
                {
                    faults.push(other);
                }
                out_of_time = Some(error);
            }
            Err(error) => faults.push(error),
            Ok(()) => {}
        }
        let named = ParsedCertificate::try_from(end_entity)
            .and_then(|certificate| verify_server_name(&certificate, server_name));
        if let Err(
            error @ Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ),
        ) = named
        {
            faults.push(error);
        }
        faults.extend(out_of_time);
        faults
    }

    fn name_fault(&self, fault: &Error, facts: Option<&CertificateFacts>) -> NetworkError {
        let host = self.host.clone();
        let Error::InvalidCertificate(error) = fault else {
            return NetworkError::CertificateInvalid {
                host,
                reason: fault.to_string(),
            };
        };
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                let not_after = facts.map(|facts| facts.not_after);
                NetworkError::CertificateExpired { host, not_after }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                let not_before = facts.map(|facts| facts.not_before);
                NetworkError::CertificateNotYetValid { host, not_before }
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                let names = facts.map(|facts| facts.names.clone()).unwrap_or_default();
                NetworkError::CertificateWrongHost { host, names }
            }
            CertificateError::Revoked => NetworkError::CertificateRevoked { host },
            // `openssl req -x509` makes certificates that are their own authority; the library
            // then complains of that first, but what the user must know is who signed it.
            CertificateError::UnknownIssuer | CertificateError::Other(_)
                if facts.is_some_and(|facts| facts.self_issued) =>
            {
                NetworkError::CertificateSelfSigned { host }
            }
            CertificateError::UnknownIssuer => {
                let issuer = facts.map(|facts| facts.issuer.clone());
                NetworkError::CertificateUnknownIssuer { host, issuer }
            }
            _ => NetworkError::CertificateInvalid {
                host,
                reason: error.to_string(),
            },
        }
    }
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

fn is_about_time(error: &Error) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    matches!(
        error,
        Error::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }
        )
    )
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let facts = CertificateFacts::read(end_entity);
        let faults = self.faults(end_entity, intermediates, facts.as_ref(), server_name, now);
        let named = faults
            .iter()
            .map(|fault| self.name_fault(fault, facts.as_ref()))
            .collect();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen {
            certificate: facts,
            faults: named,
        };
        match faults.into_iter().next() {
            Some(fault) if !self.insecure => Err(fault),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.insecure {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.trust.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.insecure {
            return Ok(HandshakeSignatureValid::assertion());
        }
        let algorithms = &self.trust.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust
            .provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
