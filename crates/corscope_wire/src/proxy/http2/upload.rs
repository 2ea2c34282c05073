//! A request's body on its way to the server, no faster than the server takes it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use bytes::Bytes;
use h2::{RecvStream, SendStream};
use http::HeaderMap;
use tokio::io::WriteHalf;

use super::client::{Refused, capacity};
use super::fields;
use super::trouble::{Trouble, timed_out};
use crate::client::Phase;
use crate::proxy::config::Limits;
use crate::proxy::http1::write::{self, Framed};
use crate::proxy::stream::ServerStream;
use crate::proxy::watch::Watch;

/// What of a request's body must be sent.
pub(super) struct Upload {
    /// What was read for a stage, or put in its place.
    pub(super) held: Vec<Bytes>,
    /// What has not come yet.
    pub(super) rest: Option<RecvStream>,
    pub(super) trailers: Option<HeaderMap>,
    /// Whether some of `rest` was read, so that it cannot be sent once more.
    begun: bool,
}

/// Where it goes.
pub(super) enum Sink<'a> {
    Http2(&'a mut SendStream<Bytes>),
    Http1(&'a mut WriteHalf<ServerStream>, Framed),
}

/// The server takes no more of it; whatever it answers counts.
struct Stopped;

impl Upload {
    pub(super) fn new(body: RecvStream) -> Self {
        Self {
            held: Vec::new(),
            rest: (!body.is_end_stream()).then_some(body),
            trailers: None,
            begun: false,
        }
    }

    /// Whether there is no body.
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty() && self.rest.is_none() && self.trailers.is_none()
    }

    /// Whether it can be sent once more.
    pub(super) fn is_whole(&self) -> bool {
        !self.begun
    }

    /// Sends it all. Ends early, too, when the server takes no more.
    pub(super) async fn run(
        &mut self,
        watch: &Watch,
        limits: &Limits,
        mut sink: Sink<'_>,
    ) -> Result<(), Trouble> {
        if self.is_empty() {
            return Ok(());
        }
        let mut pieces: VecDeque<Bytes> = self.held.iter().cloned().collect();
        while let Some(piece) = pieces.pop_front() {
            let last = pieces.is_empty() && self.rest.is_none() && self.trailers.is_none();
            if sink.send(piece, last, watch, limits).await?.is_err() || last {
                return Ok(());
            }
        }
        let Some(rest) = &mut self.rest else {
            let trailers = self.trailers.clone().unwrap_or_default();
            return sink.finish(trailers, watch).await;
        };
        loop {
            let next = poll_fn(|context| match rest.poll_data(context) {
                Poll::Ready(data) => Poll::Ready(Ok(Ok(data))),
                Poll::Pending if sink.poll_stopped(context).is_ready() => {
                    Poll::Ready(Ok(Err(Stopped)))
                }
                Poll::Pending if watch.is_expired() => Poll::Ready(Err(Trouble::ClientLate)),
                Poll::Pending => Poll::Pending,
            });
            let gone = |error: h2::Error| Trouble::ClientGone(error.reason());
            let data = match next.await? {
                Err(Stopped) => return Ok(()),
                Ok(Some(data)) => data.map_err(gone)?,
                Ok(None) => {
                    let trailers = rest.trailers().await.map_err(gone)?;
                    return sink.finish(trailers.unwrap_or_default(), watch).await;
                }
            };
            self.begun = true;
            watch.allow(limits.silence);
            watch.record.request_data(&data);
            let len = data.len();
            let last = rest.is_end_stream();
            if sink.send(data, last, watch, limits).await?.is_err() || last {
                return Ok(());
            }
            rest.flow_control().release_capacity(len).map_err(gone)?;
        }
    }
}

impl Sink<'_> {
    async fn send(
        &mut self,
        mut piece: Bytes,
        last: bool,
        watch: &Watch,
        limits: &Limits,
    ) -> Result<Result<(), Stopped>, Trouble> {
        match self {
            Self::Http2(stream) => {
                while !piece.is_empty() {
                    let room = match capacity(stream, piece.len(), watch).await {
                        Ok(room) => room,
                        Err(Refused::Reset(_)) => return Ok(Err(Stopped)),
                        Err(Refused::Late) => return Err(timed_out(Phase::AwaitHead, limits)),
                    };
                    let part = piece.split_to(room);
                    let is_last = last && piece.is_empty();
                    if stream.send_data(part, is_last).is_err() {
                        return Ok(Err(Stopped));
                    }
                    if is_last {
                        return Ok(Ok(()));
                    }
                }
                Ok(
                    match last && stream.send_data(Bytes::new(), true).is_err() {
                        true => Err(Stopped),
                        false => Ok(()),
                    },
                )
            }
            Self::Http1(stream, framed) => {
                let mut out = Vec::new();
                match framed {
                    Framed::Chunked if piece.is_empty() => {}
                    Framed::Chunked => {
                        out.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                        out.extend_from_slice(&piece);
                        out.extend_from_slice(b"\r\n");
                    }
                    Framed::Plain | Framed::None => out.extend_from_slice(&piece),
                }
                if last && *framed == Framed::Chunked {
                    out.extend_from_slice(b"0\r\n\r\n");
                }
                let written = watch.write_all(*stream, &out).await;
                Ok(written.map_err(|_| Stopped))
            }
        }
    }

    async fn finish(&mut self, trailers: HeaderMap, watch: &Watch) -> Result<(), Trouble> {
        // That it did not arrive is told by the server's answer, or by the lack of one.
        match self {
            Self::Http2(stream) if trailers.is_empty() => {
                let _ = stream.send_data(Bytes::new(), true);
            }
            Self::Http2(stream) => {
                let _ = stream.send_trailers(trailers);
            }
            Self::Http1(stream, Framed::Chunked) => {
                let mut out = Vec::new();
                write::body(&mut out, &[], Framed::Chunked, &fields::list(&trailers));
                let _ = watch.write_all(*stream, &out).await;
            }
            Self::Http1(..) => {}
        }
        Ok(())
    }

    /// Ready once the server wants no more of it.
    fn poll_stopped(&mut self, context: &mut std::task::Context<'_>) -> Poll<()> {
        match self {
            Self::Http2(stream) => stream.poll_reset(context).map(|_| ()),
            Self::Http1(..) => Poll::Pending,
        }
    }
}
