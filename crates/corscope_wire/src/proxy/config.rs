//! What a proxy is told once, before its first connection.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::authority::AuthorityConfig;
use super::hosts::HostPattern;
use super::numbers::Numbers;
use super::stages::Stages;
use crate::OwnListeners;
use crate::client::{ProxyUrl, ResolveOverride};

/// Everything that holds for all connections of a [`Proxy`](super::Proxy).
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// Where to listen. An address that is not loopback needs [`credentials`](Self::credentials).
    pub listen: SocketAddr,
    /// What to keep of each exchange; `None` builds nothing and tells nobody.
    pub capture: Option<Capture>,
    /// Bounds in time and memory.
    pub limits: Limits,
    /// Listeners of this program, which are never dialled. The proxy adds its own.
    pub own: Arc<OwnListeners>,
    /// Addresses to use in place of name resolution; the first that fits is taken.
    pub resolve: Vec<ResolveOverride>,
    /// The proxies behind this one.
    pub upstream_proxies: UpstreamProxies,
    /// Whom to trust, and what not to look into.
    pub tls: TlsPolicy,
    /// The authority whose certificates are shown to clients. `None`: TLS is passed through unread.
    pub authority: Option<AuthorityConfig>,
    /// What a client must show before it may use the proxy.
    pub credentials: Option<Credentials>,
    /// Rewrites and breakpoints.
    pub stages: Arc<Stages>,
    /// What numbers the exchanges.
    pub numbers: Numbers,
    /// Whether clients and servers that both speak HTTP/2 get it.
    pub http2: bool,
}

impl Default for ProxyConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            capture: Some(Capture::default()),
            limits: Limits::default(),
            own: Arc::default(),
            resolve: Vec::new(),
            upstream_proxies: UpstreamProxies::default(),
            tls: TlsPolicy::default(),
            authority: None,
            credentials: None,
            stages: Arc::default(),
            numbers: Numbers::default(),
            http2: true,
        }
    }
}

/// What is kept of each exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Bytes kept of each body.
    pub body_bytes: usize,
    /// Bytes kept of each message of a WebSocket or event stream.
    pub message_bytes: usize,
}

impl Default for Capture {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            message_bytes: 16 * 1024,
        }
    }
}

/// Bounds in time and memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections carried at once; more wait in the system's queue.
    pub connections: usize,
    /// Bytes of a request's head.
    pub request_head: usize,
    /// Bytes of a response's head, and of all trailers.
    pub response_head: usize,
    /// Header lines of a head.
    pub header_lines: usize,
    /// 1xx responses before the final one.
    pub informational: usize,
    /// Bytes of a body that is held for a stage.
    pub held_body: usize,
    /// From a request's first byte to its head's end, and for a TLS handshake.
    pub head_time: Duration,
    /// How long a client's connection may wait for its next request.
    pub idle: Duration,
    /// The longest silence of a server or client in the midst of an exchange.
    pub silence: Duration,
    /// Resolving, connecting and shaking hands: each at most this long.
    pub connect: Duration,
    /// How long one address is tried before the next one is tried beside it.
    pub stagger: Duration,
    /// How long exchanges may go on after the proxy was told to stop.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 16_384,
            request_head: 256 * 1024,
            response_head: 1 << 20,
            header_lines: 10_000,
            informational: 10,
            held_body: 16 << 20,
            head_time: Duration::from_secs(30),
            idle: Duration::from_secs(120),
            silence: Duration::from_secs(600),
            connect: Duration::from_secs(10),
            stagger: Duration::from_millis(250),
            drain: Duration::from_secs(3),
        }
    }
}

/// The proxies behind this one, as the environment's `HTTP_PROXY` and its kin name them.
#[derive(Clone, Debug, Default)]
pub struct UpstreamProxies {
    /// For `http:` URLs.
    pub http: Option<ProxyUrl>,
    /// For `https:` URLs and for tunnels.
    pub https: Option<ProxyUrl>,
    /// Hosts that are reached without one.
    pub no_proxy: Vec<HostPattern>,
}

impl UpstreamProxies {
    /// The proxy for a host.
    pub(crate) fn for_host(&self, tls: bool, host: &str, port: u16) -> Option<&ProxyUrl> {
        let proxy = if tls { &self.https } else { &self.http };
        proxy
            .as_ref()
            .filter(|_| !self.no_proxy.iter().any(|pattern| pattern.fits(host, port)))
    }
}

/// Whom to trust on the way to servers, and what not to look into.
#[derive(Clone, Debug, Default)]
pub struct TlsPolicy {
    /// PEM bundles to trust beside the system's roots.
    pub extra_roots: Vec<PathBuf>,
    /// Hosts whose certificate may have any fault; each fault is noted in
    /// [`unverified`](corscope_fetch::exchange::ConnectionFacts::unverified).
    pub unverified: Vec<HostPattern>,
    /// Hosts whose TLS is passed through unread: apps with pinned certificates.
    pub pass_through: Vec<HostPattern>,
    /// Certificates to show to servers that want one.
    pub client_certificates: Vec<ClientCertificate>,
}

/// A certificate to show to a server.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    /// To whom.
    pub host: HostPattern,
    /// PEM file of the certificate and its chain.
    pub chain: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
}

/// A user and password that clients must show.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    // Written by hand so that the password stays out of logs.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Credentials({})", self.user)
    }
}
