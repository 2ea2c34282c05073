//! The way from a client's HTTP/2 connection to the tunnel's server: one connection, opened anew
//! when the server ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use h2::client::SendRequest;
use tokio::sync::{Mutex, Notify, oneshot};

use crate::client::{Destination, NetworkError, Phase};
use crate::proxy::core::Core;
use crate::proxy::fault::Fault;
use crate::proxy::http1::session::LINGER;
use crate::proxy::upstream::{Upstream, UpstreamFacts};

/// How much either peer may send on one stream before it must wait.
pub(super) const STREAM_WINDOW: u32 = 1 << 20;

/// How much either peer may send on all streams before it must wait.
pub(super) const CONNECTION_WINDOW: u32 = 4 << 20;

/// What small frames may cost that wait to be passed on: a slow peer, or a breakpoint, may keep many
/// of them waiting.
pub(super) const SMALL_FRAMES: usize = 16 << 20;

/// How much larger a head the library reads than is taken: beyond its own limit it names no reason.
pub(super) const LEEWAY: usize = 2;

/// Where the streams of one client connection go.
pub(crate) struct Link {
    to: Destination,
    name: String,
    slot: Mutex<Slot>,
    /// Told when the server ends a connection.
    pub(super) left: Arc<Notify>,
}

struct Slot {
    server: Option<Arc<Server>>,
    /// Why the server could not be reached when the tunnel was made; told to the first stream.
    failed: Option<Fault>,
}

/// An HTTP/2 connection to a server; it lives as long as this.
pub(super) struct Server {
    pub(super) sender: SendRequest<Bytes>,
    pub(super) facts: Arc<UpstreamFacts>,
    /// Whether it has carried an exchange.
    pub(super) used: AtomicBool,
    over: Arc<AtomicBool>,
    /// Dropped with this, which ends the connection's task.
    _alive: oneshot::Sender<()>,
}

/// A connection for a stream.
pub(super) enum Way {
    Http2(Arc<Server>),
    Http1(Box<Upstream>),
}

impl Link {
    /// A link to `to`, whose certificate is for `name`, by the connection that the tunnel was made
    /// with.
    pub(crate) async fn new(
        core: &Core,
        to: Destination,
        name: String,
        reached: Result<Upstream, Fault>,
    ) -> Self {
        let left = Arc::default();
        let opened = match reached {
            Ok(upstream) => Server::open(core, upstream, &left).await,
            Err(fault) => Err(fault),
        };
        let (server, failed) = match opened {
            Ok(server) => (Some(Arc::new(server)), None),
            Err(fault) => (None, Some(fault)),
        };
        let slot = Mutex::new(Slot { server, failed });
        Self {
            to,
            name,
            slot,
            left,
        }
    }

    /// The connection, opened anew if it is over.
    pub(super) async fn reach(&self, core: &Core) -> Result<Way, Fault> {
        let mut slot = self.slot.lock().await;
        if let Some(fault) = slot.failed.take() {
            return Err(fault);
        }
        if let Some(server) = &slot.server
            && !server.is_over()
        {
            return Ok(Way::Http2(Arc::clone(server)));
        }
        let upstream = core.dial(&self.to, &self.name, true).await?;
        if !upstream.facts.http2 {
            // The server has given HTTP/2 up meanwhile.
            return Ok(Way::Http1(Box::new(upstream)));
        }
        let server = Arc::new(Server::open(core, upstream, &self.left).await?);
        slot.server = Some(Arc::clone(&server));
        Ok(Way::Http2(server))
    }
}

/// A connection to somewhere else than the tunnel leads, for one stream.
pub(super) async fn elsewhere(core: &Core, to: &Destination, name: &str) -> Result<Way, Fault> {
    let upstream = core.dial(to, name, core.config.http2).await?;
    if !upstream.facts.http2 {
        return Ok(Way::Http1(Box::new(upstream)));
    }
    let server = Server::open(core, upstream, &Arc::default()).await?;
    Ok(Way::Http2(Arc::new(server)))
}

impl Server {
    async fn open(core: &Core, upstream: Upstream, left: &Arc<Notify>) -> Result<Self, Fault> {
        let head = core.limits().response_head.saturating_mul(LEEWAY);
        let opened = h2::client::Builder::new()
            .enable_push(false)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .data_frame_budget(SMALL_FRAMES)
            .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX))
            .handshake(upstream.stream)
            .await;
        let (sender, mut connection) = opened.map_err(|error| {
            let error = match error.into_io() {
                Some(io) => NetworkError::of_io(Phase::AwaitHead, &io),
                None => NetworkError::EmptyResponse,
            };
            Fault::of_network(&error)
        })?;
        let over = Arc::new(AtomicBool::new(false));
        let (alive, gone) = oneshot::channel::<()>();
        let (is_over, left) = (Arc::clone(&over), Arc::clone(left));
        tokio::spawn(async move {
            tokio::select! {
                // Its error is also given to each stream, which is where it is told.
                _ = &mut connection => {}
                _ = gone => {
                    // What is left to say is said, but nobody is waited for.
                    let _ = tokio::time::timeout(LINGER, connection).await;
                }
            }
            is_over.store(true, Ordering::Relaxed);
            left.notify_one();
        });
        Ok(Self {
            sender,
            facts: upstream.facts,
            used: AtomicBool::new(false),
            over,
            _alive: alive,
        })
    }

    /// Takes no more streams.
    pub(super) fn retire(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}
