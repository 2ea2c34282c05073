//! Open connections, and those kept for the next exchange with the same destination.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::http2::Http2Connection;
use super::request::Destination;
use super::response::{TlsSession, Version};

/// A stream of bytes both ways.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Any such stream.
pub(crate) type BoxStream = Box<dyn Duplex>;

/// A connection that can take a request.
pub(crate) struct Connection {
    pub(crate) protocol: Protocol,
    pub(crate) facts: ConnectionFacts,
}

pub(crate) enum Protocol {
    Http1(BoxStream),
    Http2(Http2Connection),
}

impl Protocol {
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::Http1(_) => Version::Http11,
            Self::Http2(_) => Version::Http2,
        }
    }
}

/// What is known about a connection.
#[derive(Clone, Default)]
pub(crate) struct ConnectionFacts {
    pub(crate) remote_addr: Option<SocketAddr>,
    pub(crate) tls: Option<TlsSession>,
}

/// Connections that wait for their next request.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<(Destination, Connection)>>,
}

/// More are not kept: a check talks to one or two servers.
const MOST_IDLE: usize = 8;

impl Pool {
    fn lock(&self) -> MutexGuard<'_, Vec<(Destination, Connection)>> {
        // A panic elsewhere leaves the list whole: each change of it is one call.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps `connection` for the next request to `to`.
    pub(crate) fn put(&self, to: Destination, connection: Connection) {
        let mut idle = self.lock();
        if idle.len() == MOST_IDLE {
            idle.remove(0);
        }
        idle.push((to, connection));
    }

    /// A connection to `to` on which nothing has come since it was put here.
    pub(crate) async fn take(&self, to: &Destination) -> Option<Connection> {
        loop {
            let mut connection = {
                let mut idle = self.lock();
                let newest = idle
                    .iter()
                    .rposition(|(destination, _)| destination == to)?;
                idle.remove(newest).1
            };
            let open = match &mut connection.protocol {
                Protocol::Http1(stream) => is_silent(stream).await,
                Protocol::Http2(http2) => http2.is_open(),
            };
            if open {
                return Some(connection);
            }
        }
    }
}

/// Whether a read would wait: an idle connection with an end, an error or bytes is of no more use.
async fn is_silent(stream: &mut BoxStream) -> bool {
    poll_fn(|context| {
        let mut byte = [0];
        let read = Pin::new(&mut *stream).poll_read(context, &mut ReadBuf::new(&mut byte));
        Poll::Ready(read.is_pending())
    })
    .await
}
