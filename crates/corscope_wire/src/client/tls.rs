//! TLS: whom to trust, and the handshake.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::client::Resumption;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::config::{ConfigError, HttpVersion};
use super::error::of_io::tls_error;
use super::error::{NetworkError, Phase};
use super::request::Destination;
use super::response::TlsSession;
use super::verifier::{Trust, Verifier};

/// The client's side of TLS. Nothing is loaded until the first `https:` URL, because most
/// development servers speak plain HTTP and reading the system's roots takes milliseconds.
pub(crate) struct Tls {
    trusted: Arc<Trusted>,
    insecure: bool,
}

/// Whom to trust, known once asked for.
struct Trusted {
    named: Vec<CertificateDer<'static>>,
    trust: OnceLock<Arc<Trust>>,
}

impl Trusted {
    fn get(&self) -> Arc<Trust> {
        Arc::clone(self.trust.get_or_init(|| {
            Arc::new(Trust {
                roots: roots(&self.named),
                named: self.named.clone(),
                provider: Arc::new(rustls::crypto::ring::default_provider()),
            })
        }))
    }
}

impl Tls {
    pub(crate) fn new(ca_certs: &[PathBuf], insecure: bool) -> Result<Self, ConfigError> {
        let mut named = Vec::new();
        for path in ca_certs {
            named.append(&mut read_bundle(path)?);
        }
        Ok(Self {
            trusted: Arc::new(Trusted {
                named,
                trust: OnceLock::new(),
            }),
            insecure,
        })
    }

    /// Starts to load the roots aside, while the name is resolved and the connection opened.
    pub(crate) fn prepare(&self) {
        if self.trusted.trust.get().is_some() {
            return;
        }
        let trusted = Arc::clone(&self.trusted);
        // Without a thread the handshake loads them itself.
        let _ = std::thread::Builder::new()
            .name("roots".to_owned())
            .spawn(move || trusted.get());
    }

    /// Shakes hands over `stream`. What became known stands in `session`, also after a failure.
    pub(crate) async fn handshake(
        &self,
        stream: TcpStream,
        to: &Destination,
        http_version: HttpVersion,
        session: &mut TlsSession,
    ) -> Result<TlsStream<TcpStream>, NetworkError> {
        let impossible = |reason: String| NetworkError::TlsImpossible { reason };
        let host = to
            .host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .trim_end_matches('.');
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| impossible(format!("no certificate can be for {host}")))?;
        let trust = self.trusted.get();
        let provider = Arc::clone(&trust.provider);
        let verifier = Arc::new(Verifier::new(trust, self.insecure, host.to_owned()));
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| impossible(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&verifier) as _)
            .with_no_client_auth();
        // A resumed session shows no certificate, and each connection shall tell what it saw.
        config.resumption = Resumption::disabled();
        config.alpn_protocols = match http_version {
            HttpVersion::Auto => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            HttpVersion::Http1Only => vec![b"http/1.1".to_vec()],
            HttpVersion::Http2 | HttpVersion::Http2PriorKnowledge => vec![b"h2".to_vec()],
        };
        let shaken = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await;
        let seen = verifier.seen();
        session.certificate = seen.certificate;
        let stream = shaken.map_err(|error| failure(&error, seen.faults.first()))?;
        session.ignored = seen.faults;
        let (_, connection) = stream.get_ref();
        session.version = connection.protocol_version().map(|version| match version {
            rustls::ProtocolVersion::TLSv1_3 => "TLSv1.3",
            _ => "TLSv1.2",
        });
        session.cipher = connection
            .negotiated_cipher_suite()
            .and_then(|suite| suite.suite().as_str().map(str::to_owned));
        session.alpn = connection.alpn_protocol().map(<[u8]>::to_vec);
        if http_version == HttpVersion::Http2 && session.alpn.as_deref() != Some(b"h2") {
            return Err(NetworkError::Http2NotOffered);
        }
        Ok(stream)
    }
}

/// The name of a failed handshake.
pub(crate) fn failure(error: &io::Error, fault: Option<&NetworkError>) -> NetworkError {
    match (tls_error(error), fault) {
        (Some(rustls::Error::InvalidCertificate(_)), Some(fault)) => fault.clone(),
        (Some(tls), _) => NetworkError::of_tls(tls),
        (None, _) if error.kind() == io::ErrorKind::UnexpectedEof => NetworkError::TlsClosed,
        (None, _) => NetworkError::of_io(Phase::TlsHandshake, error),
    }
}

/// The certificates the user named, else the system's, else those compiled in.
fn roots(named: &[CertificateDer<'static>]) -> RootCertStore {
    if !named.is_empty() {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(named.iter().cloned());
        return roots;
    }
    system_roots()
}

/// The system's certificates, else those compiled in.
pub(crate) fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

/// The certificates in a PEM file, of which there must be some.
pub(crate) fn read_bundle(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let malformed = |reason: String| ConfigError::CaCertsMalformed {
        path: path.clone(),
        reason,
    };
    let unreadable = |source| ConfigError::CaCertsUnreadable {
        path: path.clone(),
        source,
    };
    let text = std::fs::read(path).map_err(unreadable)?;
    let certificates = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, PemError>>()
        .map_err(|error| malformed(error.to_string()))?;
    if certificates.is_empty() {
        return Err(ConfigError::CaCertsEmpty { path: path.clone() });
    }
    if let Some(error) = certificates
        .iter()
        .find_map(|der| RootCertStore::empty().add(der.clone()).err())
    {
        return Err(malformed(error.to_string()));
    }
    Ok(certificates)
}
