//! Reads an HTTP/1.1 body, bounded in time and memory; whatever happens, what came is kept.

use corscope_fetch::HeaderList;
use tokio::io::AsyncRead;

use super::chunked::ChunkedBody;
use super::framing::Framing;
use super::head::read_trailers;
use super::http1::Incoming;
use super::limits::Limits;
use super::response::{BodyEnd, BodyFault};
use super::timing::Clock;

/// A body as far as it was read.
pub(crate) struct BodyRead {
    pub(crate) body: Vec<u8>,
    pub(crate) end: BodyEnd,
    pub(crate) trailers: HeaderList,
}

impl Default for BodyRead {
    /// No body at all.
    fn default() -> Self {
        Self {
            body: Vec::new(),
            end: BodyEnd::Complete,
            trailers: HeaderList::new(),
        }
    }
}

pub(crate) async fn read_body<R: AsyncRead + Unpin>(
    incoming: &mut Incoming<R>,
    framing: Framing,
    clock: &Clock,
    limits: &Limits,
) -> BodyRead {
    let mut body = Vec::new();
    let mut chunks = ChunkedBody::new(limits.head_bytes);
    let reading = async {
        match framing {
            Framing::None => BodyEnd::Complete,
            Framing::Chunked => read_chunks(incoming, &mut chunks, &mut body, limits).await,
            Framing::Length(length) => read_length(incoming, length, &mut body, limits).await,
            Framing::UntilClose => read_until_close(incoming, &mut body, limits).await,
        }
    };
    let end = tokio::time::timeout(clock.left(limits.body), reading)
        .await
        .unwrap_or(BodyEnd::TimedOut);
    BodyRead {
        body,
        end,
        trailers: read_trailers(chunks.trailers()),
    }
}

async fn read_chunks<R: AsyncRead + Unpin>(
    incoming: &mut Incoming<R>,
    chunks: &mut ChunkedBody,
    body: &mut Vec<u8>,
    limits: &Limits,
) -> BodyEnd {
    loop {
        match chunks.feed(&incoming.buffer, body, limits.body_bytes) {
            Ok(used) => drop(incoming.buffer.drain(..used)),
            Err(fault) => return BodyEnd::Broken(fault),
        }
        if chunks.is_over() {
            return BodyEnd::Complete;
        }
        // The decoder leaves bytes only when the body is full.
        if !incoming.buffer.is_empty() {
            return BodyEnd::Truncated;
        }
        match incoming.read_more().await {
            Ok(0) => return BodyEnd::Broken(BodyFault::ChunksUnfinished),
            Ok(_) => {}
            Err(error) => return BodyEnd::Broken(BodyFault::of_read(&error)),
        }
    }
}

async fn read_length<R: AsyncRead + Unpin>(
    incoming: &mut Incoming<R>,
    length: u64,
    body: &mut Vec<u8>,
    limits: &Limits,
) -> BodyEnd {
    let wanted = usize::try_from(length).unwrap_or(usize::MAX);
    let kept = wanted.min(limits.body_bytes);
    loop {
        let take = incoming.buffer.len().min(kept - body.len());
        body.extend(incoming.buffer.drain(..take));
        if body.len() == wanted {
            return BodyEnd::Complete;
        }
        if body.len() == kept {
            return BodyEnd::Truncated;
        }
        match incoming.read_more().await {
            Ok(0) => {
                let missing = length - body.len() as u64;
                return BodyEnd::Broken(BodyFault::ClosedEarly { missing });
            }
            Ok(_) => {}
            Err(error) => return BodyEnd::Broken(BodyFault::of_read(&error)),
        }
    }
}

async fn read_until_close<R: AsyncRead + Unpin>(
    incoming: &mut Incoming<R>,
    body: &mut Vec<u8>,
    limits: &Limits,
) -> BodyEnd {
    loop {
        let take = incoming.buffer.len().min(limits.body_bytes - body.len());
        body.extend(incoming.buffer.drain(..take));
        if !incoming.buffer.is_empty() {
            return BodyEnd::Truncated;
        }
        match incoming.read_more().await {
            Ok(0) => return BodyEnd::Complete,
            Ok(_) => {}
            Err(error) => return BodyEnd::Broken(BodyFault::of_read(&error)),
        }
    }
}
