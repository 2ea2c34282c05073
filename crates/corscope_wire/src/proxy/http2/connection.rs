//! One client connection that speaks HTTP/2: its streams, all at once.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;
use h2::server::{Connection, SendResponse};
use h2::{Reason, RecvStream};
use http::Request;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::exchange::{Common, Done, carry};
use super::link::{CONNECTION_WINDOW, LEEWAY, Link, SMALL_FRAMES, STREAM_WINDOW};
use crate::proxy::core::Core;
use crate::proxy::http1::session::{ClientFacts, LINGER};
use crate::proxy::stream::ClientStream;
use crate::proxy::watch::Watch;

/// Streams that a client may have open at once; browsers use a hundred.
const STREAMS: u32 = 250;

/// Streams that may be at work at once. A stream that was reset does not count as open any more,
/// though its task may have something to clear away.
const TASKS: usize = 500;

/// So many streams more than it let end may a client reset: more is an attack ("rapid reset").
const RESETS: usize = 500;

/// A stream of a client.
type Asking = (Request<RecvStream>, SendResponse<Bytes>);

/// What comes next on a connection.
enum Next {
    Stream(Box<Asking>),
    /// Its streams have ended, and there shall be no more.
    Leave,
    /// The client has reset too many.
    Abuse,
    Over,
}

/// A client's connection.
struct Session<'a> {
    core: &'a Arc<Core>,
    watch: &'a Watch,
    facts: ClientFacts<'a>,
    tasks: JoinSet<Done>,
    resting: bool,
    leaving: bool,
    ended: usize,
    reset: usize,
}

/// Serves the connection to its end. What the handshake came to, if there was none.
pub(crate) async fn serve(
    core: &Arc<Core>,
    watch: &Watch,
    facts: ClientFacts<'_>,
    client: ClientStream,
    link: Link,
) -> Option<io::Result<()>> {
    let limits = core.limits();
    let head = limits.request_head.saturating_mul(LEEWAY);
    let mut builder = h2::server::Builder::new();
    builder
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(STREAMS)
        .data_frame_budget(SMALL_FRAMES)
        .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX));
    // A browser may have connected ahead; it says hello all the same.
    let hello = timeout(limits.head_time, builder.handshake::<_, Bytes>(client)).await;
    let mut connection = match hello {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return Some(error.into_io().map_or(Ok(()), Err)),
        Err(_) => return None,
    };
    let link = Arc::new(link);
    let common = Common {
        core: Arc::clone(core),
        link: Arc::clone(&link),
        client: facts.id,
    };
    let mut session = Session {
        core,
        watch,
        facts,
        tasks: JoinSet::new(),
        resting: false,
        leaving: false,
        ended: 0,
        reset: 0,
    };
    let mut left = pin!(link.left.notified());
    loop {
        let next = poll_fn(|context| {
            if left.as_mut().poll(context).is_ready() {
                left.set(link.left.notified());
                if !session.leaving {
                    // The server ends its connection: the client is told so, too. A stream that
                    // comes before it knows is served all the same.
                    session.leaving = true;
                    return Poll::Ready(Next::Leave);
                }
            }
            session.poll(&mut connection, context)
        });
        match next.await {
            Next::Stream(asking) => {
                let (request, respond) = *asking;
                session.resting = false;
                session.facts.busy.store(true, Ordering::Relaxed);
                session.tasks.spawn(carry(common.clone(), request, respond));
            }
            Next::Leave => connection.graceful_shutdown(),
            Next::Abuse => connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM),
            Next::Over => break,
        }
    }
    // Each stream learns of the end by its own handles.
    drop(connection);
    let ending = async { while session.tasks.join_next().await.is_some() {} };
    let _ = timeout(LINGER, ending).await;
    None
}

impl Session<'_> {
    fn poll(
        &mut self,
        connection: &mut Connection<ClientStream, Bytes>,
        context: &mut Context<'_>,
    ) -> Poll<Next> {
        while let Poll::Ready(Some(ended)) = self.tasks.poll_join_next(context) {
            match ended {
                Ok(Done::Reset) => self.reset += 1,
                Ok(Done::Ended) | Err(_) => self.ended += 1,
            }
        }
        if self.reset > RESETS + self.ended && !self.leaving {
            self.leaving = true;
            return Poll::Ready(Next::Abuse);
        }
        if self.tasks.is_empty() {
            self.facts.busy.store(false, Ordering::Relaxed);
            if !self.resting {
                self.resting = true;
                self.watch.allow(self.core.limits().idle);
            }
            if self.watch.is_expired() && self.leaving {
                return Poll::Ready(Next::Over);
            }
            if (self.watch.is_expired() || self.core.is_closing()) && !self.leaving {
                self.leaving = true;
                self.watch.allow(LINGER);
                return Poll::Ready(Next::Leave);
            }
        } else {
            self.watch.allow_any();
        }
        if self.tasks.len() >= TASKS {
            // The connection moves on without new streams.
            return connection.poll_closed(context).map(|_| Next::Over);
        }
        match connection.poll_accept(context) {
            Poll::Ready(Some(Ok(asking))) => Poll::Ready(Next::Stream(Box::new(asking))),
            Poll::Ready(Some(Err(_)) | None) => Poll::Ready(Next::Over),
            Poll::Pending => Poll::Pending,
        }
    }
}
