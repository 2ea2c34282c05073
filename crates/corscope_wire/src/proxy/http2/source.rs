//! What comes from a server, piece by piece, over whichever version.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use bytes::Bytes;
use corscope_fetch::HeaderList;
use corscope_fetch::exchange::HttpVersion;
use h2::RecvStream;
use h2::client::ResponseFuture;
use http::{HeaderMap, StatusCode};

use super::fields;
use super::from_http1::FromHttp1;
use super::trouble::Trouble;
use crate::client::Phase;
use crate::proxy::config::Limits;

/// A piece of what a server sends.
pub(super) enum Piece {
    /// A 1xx response.
    Informational(StatusCode, HeaderMap),
    /// The final response's head.
    Head(Box<Head>),
    /// Some of the body; whether it is the last of the response.
    Data(Bytes, bool),
    /// What follows the body; nothing follows it.
    Trailers(HeaderMap),
    /// There is no more.
    End,
}

/// A response's head.
pub(super) struct Head {
    pub(super) status: StatusCode,
    /// As it goes to the client.
    pub(super) headers: HeaderMap,
    /// Whether nothing follows.
    pub(super) last: bool,
    pub(super) version: HttpVersion,
    /// What an HTTP/1.1 server wrote.
    pub(super) reason: Vec<u8>,
    /// As the server sent it.
    pub(super) list: HeaderList,
}

/// Where the pieces come from.
pub(super) enum Source<'a> {
    Http2(FromHttp2<'a>),
    Http1(FromHttp1<'a>),
}

impl Source<'_> {
    pub(super) async fn next(&mut self) -> Result<Piece, Trouble> {
        match self {
            Self::Http2(source) => source.next().await,
            Self::Http1(source) => source.next().await,
        }
    }

    /// That many bytes of the body were passed on, so that as many more may come.
    pub(super) fn used(&mut self, bytes: usize) {
        if let Self::Http2(source) = self
            && let Some(body) = &mut source.body
        {
            // An error is one of the stream, which the next piece tells.
            let _ = body.flow_control().release_capacity(bytes);
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Http2(FromHttp2 { body: None, .. }) => Phase::AwaitHead,
            Self::Http1(source) => source.phase(),
            Self::Http2(_) => Phase::ReadBody,
        }
    }
}

/// A stream of an HTTP/2 connection.
pub(super) struct FromHttp2<'a> {
    response: ResponseFuture,
    body: Option<RecvStream>,
    limits: &'a Limits,
}

impl<'a> FromHttp2<'a> {
    pub(super) fn new(response: ResponseFuture, limits: &'a Limits) -> Self {
        Self {
            response,
            body: None,
            limits,
        }
    }

    async fn next(&mut self) -> Result<Piece, Trouble> {
        let Self {
            response,
            body,
            limits,
        } = self;
        let Some(body) = body else {
            let piece = head(response, limits).await?;
            return Ok(match piece {
                Early::Informational(status, headers) => Piece::Informational(status, headers),
                Early::Final(response) => {
                    let (parts, stream) = response.into_parts();
                    let last = stream.is_end_stream();
                    *body = Some(stream);
                    Piece::Head(Box::new(Head {
                        status: parts.status,
                        list: fields::list(&parts.headers),
                        headers: parts.headers,
                        last,
                        version: HttpVersion::Http2,
                        reason: Vec::new(),
                    }))
                }
            });
        };
        let failed = |error: h2::Error| Trouble::of_server(&error, Phase::ReadBody, limits);
        if let Some(data) = body.data().await {
            let data = data.map_err(failed)?;
            return Ok(Piece::Data(data, body.is_end_stream()));
        }
        Ok(match body.trailers().await.map_err(failed)? {
            Some(trailers) => Piece::Trailers(trailers),
            None => Piece::End,
        })
    }
}

enum Early {
    Informational(StatusCode, HeaderMap),
    Final(http::Response<RecvStream>),
}

async fn head(response: &mut ResponseFuture, limits: &Limits) -> Result<Early, Trouble> {
    let awaited = poll_fn(|context| {
        if let Poll::Ready(Some(early)) = response.poll_informational(context) {
            return Poll::Ready(early.map(|early| {
                let (parts, ()) = early.into_parts();
                Early::Informational(parts.status, parts.headers)
            }));
        }
        Pin::new(&mut *response)
            .poll(context)
            .map(|response| response.map(Early::Final))
    });
    awaited
        .await
        .map_err(|error| Trouble::of_server(&error, Phase::AwaitHead, limits))
}
