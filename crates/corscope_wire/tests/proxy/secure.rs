//! TLS on both sides: certificates made on the spot, and blocking TLS streams.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use corscope_wire::proxy::{Authority, AuthorityConfig, ProxyConfig};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{ClientConnection, RootCertStore, ServerConnection, StreamOwned};

use crate::raw::{read_head, serve, text};
use crate::running::Running;

pub(crate) type ClientTls = StreamOwned<ClientConnection, TcpStream>;
pub(crate) type ServerTls = StreamOwned<ServerConnection, TcpStream>;

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A directory of this test's own, gone with it.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("proxy-{}-{number}", std::process::id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The authority of a real server, which the proxy is told to trust.
pub(crate) struct Outside {
    issuer: CertifiedIssuer<'static, KeyPair>,
    pub(crate) scratch: Scratch,
}

impl Outside {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "outside");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let scratch = Scratch::new();
        std::fs::create_dir_all(&scratch.0).unwrap();
        std::fs::write(scratch.0.join("outside.pem"), issuer.pem()).unwrap();
        Self { issuer, scratch }
    }

    /// A configuration that intercepts, and trusts servers of this authority.
    pub(crate) fn config(&self) -> ProxyConfig {
        let mut config = ProxyConfig {
            authority: Some(self.authority()),
            ..ProxyConfig::default()
        };
        config.tls.extra_roots = vec![self.scratch.0.join("outside.pem")];
        config
    }

    /// Where the proxy's own authority is kept.
    pub(crate) fn authority(&self) -> AuthorityConfig {
        AuthorityConfig::new(self.scratch.0.join("ca"))
    }

    /// A certificate and its key.
    pub(crate) fn sign(&self, names: &[&str]) -> (rcgen::Certificate, KeyPair) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(names).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// Wants a certificate of this authority from each client.
    pub(crate) fn wanting_certificates(&self) -> Arc<dyn ClientCertVerifier> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
            .build()
            .unwrap()
    }

    pub(crate) fn server_config(&self, names: &[&str], alpn: &[&str]) -> rustls::ServerConfig {
        self.verifying_config(names, alpn, WebPkiClientVerifier::no_client_auth())
    }

    pub(crate) fn verifying_config(
        &self,
        names: &[&str],
        alpn: &[&str],
        verifier: Arc<dyn ClientCertVerifier>,
    ) -> rustls::ServerConfig {
        let (certificate, key) = self.sign(names);
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut config = rustls::ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        config
    }

    /// Runs `script` for each TLS connection.
    pub(crate) fn serve(
        &self,
        names: &[&str],
        alpn: &[&str],
        script: impl Fn(usize, ServerTls) + Send + Sync + 'static,
    ) -> SocketAddr {
        let config = Arc::new(self.server_config(names, alpn));
        serve(move |number, tcp| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            script(number, StreamOwned::new(connection, tcp));
        })
    }

    /// A server that answers each request with its own head.
    pub(crate) fn echo(&self, names: &[&str]) -> SocketAddr {
        self.serve(names, &[], |_, mut stream| {
            loop {
                let head = text(&read_head(&mut stream));
                if head.is_empty() {
                    return;
                }
                let length = head.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{head}"
                );
            }
        })
    }
}

/// Asks for a tunnel; its first answer's head must be a grant.
pub(crate) fn tunnel(proxy: &Running, to: &str) -> TcpStream {
    let mut stream = crate::raw::connect(proxy);
    write!(stream, "CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n").unwrap();
    let head = text(&read_head(&mut stream));
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    stream
}

/// A client that trusts `roots`.
pub(crate) fn trusting(roots: &[CertificateDer<'static>], alpn: &[&str]) -> rustls::ClientConfig {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots.iter().cloned());
    let mut config = rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    config
}

/// The certificate of the proxy's own authority.
pub(crate) fn root(outside: &Outside) -> CertificateDer<'static> {
    let authority = Authority::open(&outside.authority()).unwrap();
    CertificateDer::from(authority.der().to_vec())
}

/// Shakes hands as a client that trusts the proxy.
pub(crate) fn shake(tcp: TcpStream, name: &str, config: rustls::ClientConfig) -> ClientTls {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, tcp);
    let _ = stream.flush();
    while stream.conn.is_handshaking() {
        if stream.conn.complete_io(&mut stream.sock).is_err() {
            break;
        }
    }
    stream
}

/// A tunnel to `server` with TLS for `name` inside.
pub(crate) fn secure_tunnel(
    proxy: &Running,
    outside: &Outside,
    server: &str,
    name: &str,
) -> ClientTls {
    shake(
        tunnel(proxy, server),
        name,
        trusting(&[root(outside)], &["http/1.1"]),
    )
}

/// One exchange on a kept connection; the body that comes back.
pub(crate) fn get_in(stream: &mut (impl Read + Write), path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nhOst: x\r\n\r\n").unwrap();
    let head = text(&read_head(stream));
    let length = head
        .split("Content-Length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next())
        .unwrap_or_else(|| panic!("{head}"));
    text(&crate::raw::read_exactly(stream, length.parse().unwrap()))
}
