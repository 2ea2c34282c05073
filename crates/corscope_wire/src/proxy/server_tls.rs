//! TLS with servers: verified unless the user said otherwise for that host, sessions resumed, and
//! what was let pass noted.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::config::TlsPolicy;
use super::error::ProxyError;
use crate::client::{
    ConfigError, NetworkError, Trust, Verifier, read_bundle, system_roots, tls_failure,
};

/// Hosts whose configuration, and with it their sessions, are kept.
const MOST: usize = 512;

/// TLS with all servers.
pub(crate) struct ServerTls {
    policy: TlsPolicy,
    extra: Vec<CertificateDer<'static>>,
    identities: Vec<Identity>,
    trust: OnceLock<Arc<Trust>>,
    hosts: Mutex<HashMap<(String, u16, bool), Arc<Host>>>,
}

struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// What holds for one host.
struct Host {
    config: Arc<ClientConfig>,
    verifier: Arc<Verifier>,
    unverified: bool,
}

/// What a handshake agreed on.
pub(crate) struct Agreed {
    pub(crate) stream: TlsStream<TcpStream>,
    /// Such as `TLSv1.3, TLS13_AES_128_GCM_SHA256`.
    pub(crate) session: String,
    pub(crate) unverified: Vec<String>,
    pub(crate) http2: bool,
}

impl ServerTls {
    /// Reads the files that `policy` names, and nothing else yet.
    pub(crate) fn new(policy: TlsPolicy) -> Result<Self, ProxyError> {
        let mut extra = Vec::new();
        for path in &policy.extra_roots {
            extra.append(&mut read_bundle(path)?);
        }
        let identities = policy
            .client_certificates
            .iter()
            .map(|certificate| {
                let chain = read_bundle(&certificate.chain)?;
                let path = certificate.key.clone();
                let key = PrivateKeyDer::from_pem_file(&path).map_err(|error| {
                    ConfigError::CaCertsMalformed {
                        path,
                        reason: error.to_string(),
                    }
                })?;
                Ok(Identity { chain, key })
            })
            .collect::<Result<_, ConfigError>>()?;
        Ok(Self {
            policy,
            extra,
            identities,
            trust: OnceLock::new(),
            hosts: Mutex::default(),
        })
    }

    fn trust(&self) -> Arc<Trust> {
        Arc::clone(self.trust.get_or_init(|| {
            let mut roots: RootCertStore = system_roots();
            roots.add_parsable_certificates(self.extra.iter().cloned());
            Arc::new(Trust {
                roots,
                named: self.extra.clone(),
                provider: Arc::new(rustls::crypto::ring::default_provider()),
            })
        }))
    }

    fn host(&self, host: &str, port: u16, http2: bool) -> Result<Arc<Host>, NetworkError> {
        let key = (host.to_owned(), port, http2);
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = hosts.get(&key) {
            return Ok(Arc::clone(found));
        }
        let made = Arc::new(self.make(host, port, http2)?);
        if hosts.len() >= MOST {
            // Only sessions are lost; who comes back shakes hands in full.
            hosts.clear();
        }
        hosts.insert(key, Arc::clone(&made));
        Ok(made)
    }

    fn make(&self, host: &str, port: u16, http2: bool) -> Result<Host, NetworkError> {
        let impossible = |reason: String| NetworkError::TlsImpossible { reason };
        let trust = self.trust();
        let unverified = self
            .policy
            .unverified
            .iter()
            .any(|pattern| pattern.fits(host, port));
        let provider = Arc::clone(&trust.provider);
        let verifier = Arc::new(Verifier::new(trust, unverified, host.to_owned()));
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| impossible(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&verifier) as _);
        let place = self
            .policy
            .client_certificates
            .iter()
            .position(|certificate| certificate.host.fits(host, port));
        let mut config = match place.and_then(|place| self.identities.get(place)) {
            Some(identity) => builder
                .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
                .map_err(|error| impossible(error.to_string()))?,
            None => builder.with_no_client_auth(),
        };
        // A resumed session shows no certificate; what the first one showed is in the verifier,
        // which is this host's alone.
        config.resumption = Resumption::in_memory_sessions(8);
        config.alpn_protocols = if http2 {
            vec![b"h2".to_vec(), b"http/1.1".to_vec()]
        } else {
            vec![b"http/1.1".to_vec()]
        };
        Ok(Host {
            config: Arc::new(config),
            verifier,
            unverified,
        })
    }

    /// Shakes hands with `host` over `tcp`.
    pub(crate) async fn handshake(
        &self,
        tcp: TcpStream,
        host: &str,
        port: u16,
        http2: bool,
    ) -> Result<Agreed, NetworkError> {
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .trim_end_matches('.');
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            let reason = format!("no certificate can be for {host}");
            NetworkError::TlsImpossible { reason }
        })?;
        let of_host = self.host(host, port, http2)?;
        let shaken = TlsConnector::from(Arc::clone(&of_host.config))
            .connect(name, tcp)
            .await;
        let stream = shaken.map_err(|error: io::Error| {
            tls_failure(&error, of_host.verifier.seen().faults.first())
        })?;
        let (_, connection) = stream.get_ref();
        let version = match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLSv1.3",
            _ => "TLSv1.2",
        };
        let suite = connection.negotiated_cipher_suite();
        let session = match suite.and_then(|suite| suite.suite().as_str()) {
            Some(suite) => format!("{version}, {suite}"),
            None => version.to_owned(),
        };
        let http2 = connection.alpn_protocol() == Some(b"h2");
        let unverified = if of_host.unverified {
            let faults = of_host.verifier.seen().faults;
            faults.iter().map(ToString::to_string).collect()
        } else {
            Vec::new()
        };
        Ok(Agreed {
            stream,
            session,
            unverified,
            http2,
        })
    }
}
