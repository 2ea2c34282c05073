//! The listener: takes connections, bounds them, and ends them when the proxy stops.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, Id, JoinSet};

use super::buffer::Buffer;
use super::config::ProxyConfig;
use super::core::Core;
use super::error::ProxyError;
use super::http1::session::{ClientFacts, End, Session};
use super::lanes::Lanes;
use super::observer::Observer;
use super::stream::Stream;
use super::tunnel::Tunnel;
use crate::gateway::Front;

/// An intercepting proxy that listens.
pub struct Proxy {
    listener: TcpListener,
    address: SocketAddr,
    core: Arc<Core>,
}

/// A connection's task, and whether an exchange goes on in it.
type Task = (AbortHandle, Arc<AtomicBool>);

impl Proxy {
    /// Listens at [`ProxyConfig::listen`]. Connections are taken once it [runs](Self::run).
    pub async fn bind(
        config: ProxyConfig,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, ProxyError> {
        Self::fronted(config, observer, None).await
    }

    /// The same, with what a gateway does in place of a proxy's work.
    pub(crate) async fn fronted(
        config: ProxyConfig,
        observer: Arc<dyn Observer>,
        front: Option<Front>,
    ) -> Result<Self, ProxyError> {
        let address = config.listen;
        // A gateway leads to the one place that its user named, and so needs no password.
        let is_open = config.credentials.is_none() && front.is_none();
        if is_open && !address.ip().to_canonical().is_loopback() {
            return Err(ProxyError::OpenToAll { address });
        }
        let failed = |source| ProxyError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        config.own.register(address);
        let mut core = Core::new(config, observer)?;
        core.front = front;
        let core = Arc::new(core);
        Ok(Self {
            listener,
            address,
            core,
        })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Carries connections until `shutdown` is ready; then lets the exchanges in hand end, within
    /// [`Limits::drain`](super::Limits::drain).
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self {
            listener,
            address,
            core,
        } = self;
        let mut shutdown = std::pin::pin!(shutdown);
        let mut lanes = Lanes::new();
        let mut tasks = JoinSet::new();
        let mut running: HashMap<Id, Task> = HashMap::new();
        loop {
            let room = tasks.len() < core.limits().connections;
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(ended) = tasks.join_next_with_id(), if !tasks.is_empty() => {
                    let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                    running.remove(&id);
                }
                accepted = accept(&listener), if room => match accepted {
                    Ok((tcp, peer)) => {
                        let busy = Arc::new(AtomicBool::new(false));
                        let task = connection(Arc::clone(&core), tcp, peer, Arc::clone(&busy));
                        let handle = lanes.carry(&mut tasks, task);
                        running.insert(handle.id(), (handle, busy));
                    }
                    // Out of file descriptors, most often: others must end first.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
        drop(listener);
        core.config.own.forget(address);
        core.closing.store(true, Ordering::Relaxed);
        #[allow(
            clippy::iter_over_hash_type,
            reason = "all are looked at, in any order"
        )]
        for (handle, busy) in running.values() {
            if !busy.load(Ordering::Relaxed) {
                handle.abort();
            }
        }
        let drain = core.limits().drain;
        let _ =
            tokio::time::timeout(drain, async { while tasks.join_next().await.is_some() {} }).await;
        tasks.shutdown().await;
        // They were cut off with their connections, and need only be told of.
        let _ = tokio::time::timeout(drain, core.streams.ended()).await;
    }
}

/// The next connection. It belongs to no runtime yet.
async fn accept(listener: &TcpListener) -> std::io::Result<(std::net::TcpStream, SocketAddr)> {
    let (tcp, peer) = listener.accept().await?;
    // An answer is one write; waiting to fill a packet would only add delay.
    let _ = tcp.set_nodelay(true);
    Ok((tcp.into_std()?, peer))
}

/// One connection of a client, from its first byte to its last.
async fn connection(
    core: Arc<Core>,
    tcp: std::net::TcpStream,
    peer: SocketAddr,
    busy: Arc<AtomicBool>,
) {
    if !is_near(peer.ip().to_canonical()) {
        return;
    }
    let Ok(tcp) = TcpStream::from_std(tcp) else {
        return; // it is gone already
    };
    let watch = core.watch();
    let facts = ClientFacts {
        id: core.next_client(),
        busy: &busy,
    };
    let serve = async {
        let session = Session::new(&core, &watch, Stream::Plain(tcp), Buffer::default(), facts);
        if let End::Connect(wanted) = session.run().await {
            let tunnel = Tunnel {
                core: &core,
                watch: &watch,
                facts,
            };
            tunnel.serve(wanted).await;
        }
    };
    watch.over(serve).await;
}

/// Whether a peer may be served at all: this machine, or one of the same private network.
fn is_near(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Deaf;

    impl Observer for Deaf {
        fn observe(&self, _: crate::proxy::Event) {}
    }

    #[tokio::test]
    async fn no_socket_waits_to_fill_a_packet() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let core = Core::new(ProxyConfig::default(), Arc::new(Deaf)).unwrap();
        let to = crate::client::Destination {
            tls: false,
            host: address.ip().to_string(),
            port: address.port(),
        };
        let (dialled, accepted) = tokio::join!(core.dial(&to, &to.host, false), accept(&listener));
        let Stream::Plain(dialled) = dialled.unwrap().stream else {
            panic!("TLS was not asked for");
        };
        assert!(dialled.nodelay().unwrap());
        assert!(accepted.unwrap().0.nodelay().unwrap());
        let (unread, _) = tokio::join!(core.dial_unread(&to), accept(&listener));
        let Stream::Plain(unread) = unread.unwrap().stream else {
            panic!("TLS was not asked for");
        };
        assert!(unread.nodelay().unwrap());
    }

    #[test]
    fn only_near_peers_are_served() {
        for near in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.9",
            "::1",
            "fe80::1",
            "fd00::1",
        ] {
            assert!(is_near(near.parse().unwrap()), "{near}");
        }
        for far in ["8.8.8.8", "2001:db8::1", "172.32.0.1"] {
            assert!(!is_near(far.parse().unwrap()), "{far}");
        }
    }
}
