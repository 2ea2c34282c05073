//! Opens connections to servers, never to ourselves.

use std::time::Instant;

use corscope_fetch::exchange::Timing;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::buffer::Buffer;
use super::clock::micros;
use super::core::Core;
use super::fault::Fault;
use super::stream::{ServerStream, Stream};
use super::upstream::{Upstream, UpstreamFacts};
use crate::client::{self, Destination, NetworkError, Phase, ProxyUrl, connect, resolve};

/// A TCP connection, and how it came to be.
struct Opened {
    tcp: TcpStream,
    facts: UpstreamFacts,
}

impl Core {
    /// A new connection to `to`, whose certificate must be for `name`.
    pub(crate) async fn dial(
        &self,
        to: &Destination,
        name: &str,
        http2: bool,
    ) -> Result<Upstream, Fault> {
        let Opened { tcp, mut facts } = self.open(to, name, false).await?;
        if !to.tls {
            return Ok(upstream(Stream::Plain(tcp), facts));
        }
        let limit = self.limits().connect;
        let started = Instant::now();
        let shaking = self.tls.handshake(tcp, name, to.port, http2);
        let shaken = timeout(limit, shaking).await.unwrap_or_else(|_| {
            Err(NetworkError::TimedOut {
                during: Phase::TlsHandshake,
                after: limit,
            })
        });
        let agreed = shaken.map_err(|error| Fault::of_network(&error))?;
        facts.opening.tls = Some(micros(started.elapsed()));
        facts.tls = Some(agreed.session);
        facts.unverified = agreed.unverified;
        facts.http2 = agreed.http2;
        facts.http2_offered = http2;
        Ok(upstream(Stream::Tls(Box::new(agreed.stream)), facts))
    }

    /// A new connection to `to` for bytes that are passed through unread.
    pub(crate) async fn dial_unread(&self, to: &Destination) -> Result<Upstream, Fault> {
        let Opened { tcp, facts } = self.open(to, &to.host, true).await?;
        Ok(upstream(Stream::Plain(tcp), facts))
    }

    /// A TCP connection to `to`, by an upstream proxy if there is one; a tunnel through it if TLS
    /// or something unknown will be spoken.
    async fn open(&self, to: &Destination, name: &str, tunnel: bool) -> Result<Opened, Fault> {
        let tunnel = tunnel || to.tls;
        let mut facts = UpstreamFacts {
            id: self.next_server(),
            thread: std::thread::current().id(),
            to: to.clone(),
            name: name.to_owned(),
            absolute_form: false,
            remote_addr: None,
            proxy: None,
            tls: None,
            unverified: Vec::new(),
            http2: false,
            http2_offered: false,
            opening: Timing::default(),
        };
        let proxies = &self.config.upstream_proxies;
        let tcp = match proxies.for_host(tunnel, &to.host, to.port) {
            None => self.open_tcp(&to.host, to.port, &mut facts, None).await?,
            Some(proxy) => {
                facts.proxy = Some(proxy.to_string());
                facts.absolute_form = !tunnel;
                let (host, port) = (proxy.host(), proxy.port());
                let mut tcp = self.open_tcp(host, port, &mut facts, Some(proxy)).await?;
                if tunnel {
                    let started = Instant::now();
                    self.open_tunnel(proxy, &mut tcp, to).await?;
                    let connect = facts.opening.connect.unwrap_or_default();
                    facts.opening.connect = Some(connect + micros(started.elapsed()));
                }
                tcp
            }
        };
        Ok(Opened { tcp, facts })
    }

    async fn open_tcp(
        &self,
        host: &str,
        port: u16,
        facts: &mut UpstreamFacts,
        proxy: Option<&ProxyUrl>,
    ) -> Result<TcpStream, Fault> {
        let limits = self.limits();
        let failed = |error: NetworkError| {
            Fault::of_network(&match proxy {
                None => error,
                Some(proxy) => NetworkError::ProxyUnreachable {
                    proxy: proxy.to_string(),
                    why: Box::new(error),
                },
            })
        };
        let timed_out = |during| NetworkError::TimedOut {
            during,
            after: limits.connect,
        };
        let started = Instant::now();
        let resolved = timeout(limits.connect, resolve(&self.config.resolve, host, port)).await;
        let addresses = resolved
            .unwrap_or_else(|_| Err(timed_out(Phase::Resolve)))
            .map_err(failed)?;
        facts.opening.dns = Some(micros(started.elapsed()));
        // After resolution: a name can point here too.
        if let Some(own) = addresses
            .iter()
            .find(|address| self.config.own.is_own(**address))
        {
            return Err(Fault::own_listener(*own));
        }
        if let Some(front) = &self.front {
            front.admit_addresses(host, &addresses)?;
        }
        let started = Instant::now();
        let (tcp, address) = connect(&addresses, limits.stagger, limits.connect)
            .await
            .map_err(failed)?;
        facts.opening.connect = Some(micros(started.elapsed()));
        facts.remote_addr = Some(address);
        Ok(tcp)
    }

    async fn open_tunnel(
        &self,
        proxy: &ProxyUrl,
        tcp: &mut TcpStream,
        to: &Destination,
    ) -> Result<(), Fault> {
        let limits = client::Limits {
            connect: self.limits().connect,
            total: self.limits().connect,
            ..client::Limits::default()
        };
        let clock = client::Clock::start(limits.total);
        client::open_tunnel(proxy, tcp, to, &clock, &limits)
            .await
            .map_err(|error| Fault::of_network(&error))
    }
}

fn upstream(stream: ServerStream, facts: UpstreamFacts) -> Upstream {
    Upstream {
        stream,
        input: Buffer::default(),
        facts: facts.into(),
        used: false,
    }
}
