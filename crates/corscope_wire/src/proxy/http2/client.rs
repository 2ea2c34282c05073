//! The client's side of a stream: it is written to, and it may go away.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, SendStream};
use http::{HeaderMap, Response, StatusCode};

use super::trouble::{Trouble, timed_out};
use crate::client::Phase;
use crate::proxy::answer::Answer;
use crate::proxy::config::Limits;
use crate::proxy::watch::Watch;

/// The client's side of a stream.
pub(super) struct Client<'a> {
    watch: &'a Watch,
    limits: &'a Limits,
    respond: SendResponse<Bytes>,
    body: Option<SendStream<Bytes>>,
}

impl<'a> Client<'a> {
    pub(super) fn new(watch: &'a Watch, limits: &'a Limits, respond: SendResponse<Bytes>) -> Self {
        Self {
            watch,
            limits,
            respond,
            body: None,
        }
    }

    /// Whether the response's head is on its way, so that nothing else can be answered.
    pub(super) fn has_head(&self) -> bool {
        self.body.is_some()
    }

    /// Ready once the client does not want the response any more.
    fn poll_gone(&mut self, context: &mut Context<'_>) -> Poll<Trouble> {
        let reset = match &mut self.body {
            Some(body) => body.poll_reset(context),
            None => self.respond.poll_reset(context),
        };
        reset.map(|reset| Trouble::ClientGone(reset.ok()))
    }

    /// Awaits `work`, which the server is busy with, for as long as the client is there.
    pub(super) async fn while_there<T>(
        &mut self,
        during: Phase,
        work: impl Future<Output = T>,
    ) -> Result<T, Trouble> {
        let mut work = pin!(work);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Ok(done)),
            Poll::Pending if self.watch.is_expired() => {
                Poll::Ready(Err(timed_out(during, self.limits)))
            }
            Poll::Pending => self.poll_gone(context).map(Err),
        })
        .await
    }

    /// Passes a 1xx response on. One that HTTP/2 does not let through is dropped.
    pub(super) fn informational(&mut self, status: StatusCode, headers: HeaderMap) {
        let mut response = Response::new(());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        let _ = self.respond.send_informational(response);
    }

    /// Sends the response's head; nothing follows if it is the `last` of it.
    pub(super) fn head(
        &mut self,
        status: StatusCode,
        headers: HeaderMap,
        last: bool,
    ) -> Result<(), Trouble> {
        let mut response = Response::new(());
        *response.version_mut() = http::Version::HTTP_2;
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        let sent = self.respond.send_response(response, last);
        self.body = Some(sent.map_err(|error| Trouble::ClientGone(error.reason()))?);
        Ok(())
    }

    /// Sends a piece of the body, as far and as fast as the client takes it.
    pub(super) async fn data(&mut self, mut piece: Bytes, last: bool) -> Result<(), Trouble> {
        let Some(body) = &mut self.body else {
            return Ok(());
        };
        let gone = |error: h2::Error| Trouble::ClientGone(error.reason());
        while !piece.is_empty() {
            let room = capacity(body, piece.len(), self.watch)
                .await
                .map_err(|refused| match refused {
                    Refused::Reset(reason) => Trouble::ClientGone(reason),
                    Refused::Late => Trouble::ClientLate,
                })?;
            let part = piece.split_to(room);
            let is_last = last && piece.is_empty();
            body.send_data(part, is_last).map_err(gone)?;
            if is_last {
                return Ok(());
            }
        }
        if last {
            body.send_data(Bytes::new(), true).map_err(gone)?;
        }
        Ok(())
    }

    /// Sends the trailers, which end the response.
    pub(super) fn trailers(&mut self, trailers: HeaderMap) -> Result<(), Trouble> {
        match &mut self.body {
            Some(body) => body
                .send_trailers(trailers)
                .map_err(|error| Trouble::ClientGone(error.reason())),
            None => Ok(()),
        }
    }

    /// Answers in the server's place.
    pub(super) async fn answer(&mut self, answer: Answer, is_head: bool) -> Result<(), Trouble> {
        let mut headers = HeaderMap::new();
        let length = ("Content-Length", answer.body.len().to_string().into_bytes());
        for (name, value) in answer.headers.into_iter().chain([length]) {
            let name = http::HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (
                name,
                http::HeaderValue::from_maybe_shared(Bytes::from(value)),
            ) {
                headers.append(name, value);
            }
        }
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
        let last = is_head || answer.body.is_empty();
        self.head(status, headers, last)?;
        if last {
            return Ok(());
        }
        self.data(answer.body.into(), true).await
    }

    /// Ends the stream without more.
    pub(super) fn reset(&mut self, reason: Reason) {
        match &mut self.body {
            Some(body) => body.send_reset(reason),
            None => self.respond.send_reset(reason),
        }
    }
}

/// Why a peer takes no more of a body.
pub(super) enum Refused {
    Reset(Option<Reason>),
    Late,
}

/// Waits until `stream` takes some of the `wanted` bytes; how many.
pub(super) async fn capacity(
    stream: &mut SendStream<Bytes>,
    wanted: usize,
    watch: &Watch,
) -> Result<usize, Refused> {
    stream.reserve_capacity(wanted);
    while stream.capacity() == 0 {
        poll_fn(|context| match stream.poll_capacity(context) {
            Poll::Ready(Some(Ok(_))) => Poll::Ready(Ok(())),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Err(Refused::Reset(error.reason()))),
            Poll::Ready(None) => {
                // Why it is closed is known where it was reset.
                let reason = match stream.poll_reset(context) {
                    Poll::Ready(reset) => reset.ok(),
                    Poll::Pending => None,
                };
                Poll::Ready(Err(Refused::Reset(reason)))
            }
            Poll::Pending if watch.is_expired() => Poll::Ready(Err(Refused::Late)),
            Poll::Pending => Poll::Pending,
        })
        .await?;
    }
    Ok(stream.capacity().min(wanted))
}
