//! A connection to a server, and what is known of it.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::thread::ThreadId;

use corscope_fetch::exchange::{ConnectionFacts, Timing};

use super::buffer::Buffer;
use super::stream::ServerStream;
use crate::client::Destination;

/// A connection to a server that can take an HTTP/1.1 request.
pub(crate) struct Upstream {
    pub(crate) stream: ServerStream,
    pub(crate) input: Buffer,
    pub(crate) facts: Arc<UpstreamFacts>,
    /// Whether it has carried an exchange.
    pub(crate) used: bool,
}

/// What is known of a connection to a server.
#[derive(Debug)]
pub(crate) struct UpstreamFacts {
    pub(crate) id: u64,
    /// Whose runtime it belongs to: on any other thread each byte costs a wake-up more.
    pub(crate) thread: ThreadId,
    pub(crate) to: Destination,
    /// The host as its certificate names it.
    pub(crate) name: String,
    /// Whether requests are written for an upstream proxy.
    pub(crate) absolute_form: bool,
    pub(crate) remote_addr: Option<SocketAddr>,
    pub(crate) proxy: Option<String>,
    pub(crate) tls: Option<String>,
    pub(crate) unverified: Vec<String>,
    pub(crate) http2: bool,
    /// Whether HTTP/2 was offered; without `http2` the server has then chosen HTTP/1.1.
    pub(crate) http2_offered: bool,
    /// How long it took to open.
    pub(crate) opening: Timing,
}

impl UpstreamFacts {
    /// The facts as an exchange of the client's connection `client` has them.
    pub(crate) fn connection(&self, client: u64, reused: bool) -> ConnectionFacts {
        ConnectionFacts {
            client,
            server: self.id,
            reused,
            remote_addr: self.remote_addr,
            upstream_proxy: self.proxy.clone(),
            tls: self.tls.clone(),
            unverified: self.unverified.clone(),
        }
    }
}

impl Upstream {
    /// Whether a read would wait: an idle connection with an end, an error or bytes is of no use.
    pub(crate) async fn is_silent(&mut self) -> bool {
        if !self.input.is_empty() {
            return false;
        }
        let (input, stream) = (&mut self.input, &mut self.stream);
        poll_fn(|context| Poll::Ready(input.poll_fill(stream, context).is_pending())).await
    }
}
