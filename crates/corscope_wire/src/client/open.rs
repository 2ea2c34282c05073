//! Opens a connection: name, TCP, tunnel, TLS, and the HTTP version that came of it.

use std::time::Instant;

use tokio::net::TcpStream;

use super::config::HttpVersion;
use super::connect::connect;
use super::connection::{BoxStream, Connection, Protocol};
use super::error::{NetworkError, Phase};
use super::http2::Http2Connection;
use super::proxy::{self, ProxyUrl};
use super::request::Destination;
use super::resolve::resolve;
use super::response::TlsSession;
use super::timing::Clock;
use super::{Client, Progress};

impl Client {
    /// A new connection to `to`. What became known on the way is in `progress`.
    pub(super) async fn open(
        &self,
        to: &Destination,
        http_version: HttpVersion,
        clock: &Clock,
        progress: &mut Progress,
    ) -> Result<Connection, NetworkError> {
        let limits = &self.config.limits;
        if to.tls {
            self.tls.prepare();
        }
        let tcp = match &self.config.proxy {
            None => self.open_tcp(&to.host, to.port, clock, progress).await?,
            Some(proxy) => self.open_by_proxy(proxy, to, clock, progress).await?,
        };
        let stream: BoxStream = if to.tls {
            let started = Instant::now();
            let mut session = TlsSession::default();
            let handshake = self.tls.handshake(tcp, to, http_version, &mut session);
            let shaken = clock
                .bound(Phase::TlsHandshake, limits.connect, handshake)
                .await;
            progress.timing.tls = Some(started.elapsed());
            progress.facts.tls = Some(session);
            Box::new(shaken??)
        } else {
            Box::new(tcp)
        };
        let picked = progress
            .facts
            .tls
            .as_ref()
            .and_then(|session| session.alpn.as_deref());
        let http2 = picked == Some(b"h2") || http_version == HttpVersion::Http2PriorKnowledge;
        let protocol = if http2 {
            let opening = Http2Connection::open(stream, limits);
            Protocol::Http2(
                clock
                    .bound(Phase::AwaitHead, limits.idle, opening)
                    .await??,
            )
        } else {
            Protocol::Http1(stream)
        };
        Ok(Connection {
            protocol,
            facts: progress.facts.clone(),
        })
    }

    async fn open_tcp(
        &self,
        host: &str,
        port: u16,
        clock: &Clock,
        progress: &mut Progress,
    ) -> Result<TcpStream, NetworkError> {
        let limits = &self.config.limits;
        let started = Instant::now();
        let resolving = resolve(&self.config.resolve, host, port);
        let resolved = clock.bound(Phase::Resolve, limits.connect, resolving).await;
        progress.timing.dns = Some(started.elapsed());
        let addresses = resolved??;
        // After resolution: a redirect can lead here by any name.
        if let Some(address) = addresses.iter().find(|it| self.config.own.is_own(**it)) {
            return Err(NetworkError::OwnListener { address: *address });
        }
        let started = Instant::now();
        let connected = connect(&addresses, limits.stagger, clock.left(limits.connect)).await;
        progress.timing.connect = Some(started.elapsed());
        let (stream, address) = connected?;
        progress.facts.remote_addr = Some(address);
        Ok(stream)
    }

    async fn open_by_proxy(
        &self,
        proxy: &ProxyUrl,
        to: &Destination,
        clock: &Clock,
        progress: &mut Progress,
    ) -> Result<TcpStream, NetworkError> {
        let started = Instant::now();
        let mut stream = self
            .open_tcp(proxy.host(), proxy.port(), clock, progress)
            .await
            .map_err(|why| NetworkError::ProxyUnreachable {
                proxy: proxy.to_string(),
                why: Box::new(why),
            })?;
        if to.tls {
            let tunnel =
                proxy::open_tunnel(proxy, &mut stream, to, clock, &self.config.limits).await;
            let dns = progress.timing.dns.unwrap_or_default();
            progress.timing.connect = Some(started.elapsed().saturating_sub(dns));
            tunnel?;
        }
        Ok(stream)
    }
}
