//! One exchange over HTTP/1.1, every byte of the head kept.

use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};

use corscope_fetch::HeaderList;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::body::{BodyRead, read_body};
use super::connection::BoxStream;
use super::error::{HeadFault, NetworkError, Phase};
use super::framing::{Framing, framing, stays_open};
use super::head::{self, Head, HeadEnd, HeadRejected, begins_as_http};
use super::limits::Limits;
use super::request::SentRequest;
use super::response::{BodyEnd, HeadOddity, OddityKind, WireResponse};
use super::timing::Clock;

/// How much is read at once.
const READ_SIZE: usize = 16 * 1024;

/// The bytes that come in on a connection.
pub(crate) struct Incoming<R> {
    reader: R,
    /// What was read and not yet used.
    pub(crate) buffer: Vec<u8>,
    /// When the first byte came.
    pub(crate) first_byte: Option<Instant>,
}

/// The 1xx responses on the way to a final head.
pub(crate) type Informational = Vec<(u16, HeaderList)>;

impl<R: AsyncRead + Unpin> Incoming<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            first_byte: None,
        }
    }

    /// Reads some more; 0 at the connection's end.
    pub(crate) async fn read_more(&mut self) -> io::Result<usize> {
        self.buffer.reserve(READ_SIZE);
        let read = match self.reader.read_buf(&mut self.buffer).await {
            // TLS closed without a goodbye. Browsers take it for an end, since framing tells
            // whether something is missing.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            read => read?,
        };
        if read > 0 && self.first_byte.is_none() {
            self.first_byte = Some(Instant::now());
        }
        Ok(read)
    }

    /// Reads heads until one is final: its bytes, itself, and the 1xx ones before it.
    pub(crate) async fn read_final_head(
        &mut self,
        clock: &Clock,
        limits: &Limits,
        tls: bool,
    ) -> Result<(Vec<u8>, Head, Informational), NetworkError> {
        let mut informational = Vec::new();
        loop {
            let (bytes, head) = self.read_head(clock, limits, tls).await?;
            // 101 is final: what follows it is another protocol.
            if !matches!(head.status, 100 | 102..=199) {
                return Ok((bytes, head, informational));
            }
            if informational.len() == limits.informational {
                return Err(NetworkError::TooManyInformational {
                    limit: limits.informational,
                });
            }
            informational.push((head.status, head.header_list));
        }
    }

    async fn read_head(
        &mut self,
        clock: &Clock,
        limits: &Limits,
        tls: bool,
    ) -> Result<(Vec<u8>, Head), NetworkError> {
        let mut end = HeadEnd::default();
        let too_large = NetworkError::HeadTooLarge {
            limit: limits.head_bytes,
        };
        loop {
            if begins_as_http(&self.buffer) == Some(false) {
                return Err(self.not_http());
            }
            match end.find(&self.buffer) {
                Some(length) if length > limits.head_bytes => return Err(too_large),
                Some(length) => {
                    let rest = self.buffer.split_off(length);
                    let bytes = std::mem::replace(&mut self.buffer, rest);
                    let head = read_bytes(&bytes, limits)?;
                    return Ok((bytes, head));
                }
                None if self.buffer.len() > limits.head_bytes => return Err(too_large),
                None => {}
            }
            let begun = !self.buffer.is_empty();
            let during = if begun {
                Phase::ReadHead
            } else {
                Phase::AwaitHead
            };
            let read = clock.bound(during, limits.idle, self.read_more()).await?;
            match read.map_err(|error| NetworkError::of_io(during, &error))? {
                0 if !begun => return Err(NetworkError::EmptyResponse),
                0 => return self.cut_off(limits, tls),
                _ => {}
            }
        }
    }

    fn not_http(&self) -> NetworkError {
        let start = self.buffer[..self.buffer.len().min(32)].to_vec();
        NetworkError::InvalidResponse(HeadFault::NotHttp { start })
    }

    /// The connection ended before the head's empty line. Over plain HTTP browsers go on with what
    /// they have; over TLS an attacker could have cut it.
    fn cut_off(&mut self, limits: &Limits, tls: bool) -> Result<(Vec<u8>, Head), NetworkError> {
        if begins_as_http(&self.buffer) != Some(true) {
            return Err(self.not_http());
        }
        if tls {
            return Err(NetworkError::HeadTruncated {
                received: self.buffer.len(),
            });
        }
        let bytes = std::mem::take(&mut self.buffer);
        let mut head = read_bytes(&bytes, limits)?;
        let line = bytes.iter().filter(|byte| **byte == b'\n').count();
        let span = bytes.len()..bytes.len();
        head.oddities.push(HeadOddity {
            kind: OddityKind::HeadCutOff,
            line,
            span,
            header: None,
        });
        Ok((bytes, head))
    }
}

fn read_bytes(bytes: &[u8], limits: &Limits) -> Result<Head, NetworkError> {
    head::read(bytes, limits.header_lines).map_err(|rejected| match rejected {
        HeadRejected::Fault(fault) => NetworkError::InvalidResponse(fault),
        HeadRejected::TooManyLines => NetworkError::TooManyHeaderLines {
            limit: limits.header_lines,
        },
    })
}

/// What became of one request on one connection.
pub(crate) struct Outcome {
    pub(crate) result: Result<WireResponse, NetworkError>,
    /// From the request's start to the response's first byte.
    pub(crate) first_byte: Option<Duration>,
    /// The connection, if another request may follow on it.
    pub(crate) reusable: Option<BoxStream>,
}

/// Sends `request` with `body` on `stream` and reads the response.
pub(crate) async fn exchange(
    stream: BoxStream,
    request: &SentRequest,
    body: &[u8],
    clock: &Clock,
    limits: &Limits,
    tls: bool,
) -> Outcome {
    let started = Instant::now();
    let (reader, mut writer) = tokio::io::split(stream);
    let mut incoming = Incoming::new(reader);
    let mut written: Option<io::Result<()>> = None;
    let received = {
        // Both at once: a server may answer, or even close, before it has read the whole body.
        let mut write = pin!(write_request(&mut writer, request, body));
        let mut read = pin!(receive(&mut incoming, &request.method, clock, limits, tls));
        loop {
            tokio::select! {
                biased;
                done = &mut write, if written.is_none() => written = Some(done),
                received = &mut read => break received,
            }
        }
    };
    let first_byte = incoming.first_byte.map(|came| came - started);
    let (result, stays_open) = match received {
        Ok(received) => received,
        Err(error) => {
            let result = Err(explained_by_write(error, written));
            return Outcome {
                result,
                first_byte,
                reusable: None,
            };
        }
    };
    let reusable = stays_open
        && matches!(written, Some(Ok(())))
        && incoming.buffer.is_empty()
        && result.body_end == BodyEnd::Complete
        && !asks_to_close(request);
    let reusable = reusable.then(|| incoming.reader.unsplit(writer));
    Outcome {
        result: Ok(result),
        first_byte,
        reusable,
    }
}

/// A connection that ended without a byte, after the write had failed, was cut rather than closed.
fn explained_by_write(error: NetworkError, written: Option<io::Result<()>>) -> NetworkError {
    match (error, written) {
        (NetworkError::EmptyResponse, Some(Err(write))) => {
            NetworkError::of_io(Phase::AwaitHead, &write)
        }
        (error, _) => error,
    }
}

fn asks_to_close(request: &SentRequest) -> bool {
    let close = |(_, header): (usize, corscope_fetch::Header<'_>)| {
        header.trimmed().eq_ignore_ascii_case(b"close")
    };
    request.header_list.lines_named("Connection").any(close)
}

async fn write_request(
    writer: &mut (impl AsyncWrite + Unpin),
    request: &SentRequest,
    body: &[u8],
) -> io::Result<()> {
    writer.write_all(&request.head).await?;
    writer.write_all(body).await?;
    writer.flush().await
}

async fn receive(
    incoming: &mut Incoming<impl AsyncRead + Unpin>,
    method: &str,
    clock: &Clock,
    limits: &Limits,
    tls: bool,
) -> Result<(WireResponse, bool), NetworkError> {
    let (bytes, head, informational) = incoming.read_final_head(clock, limits, tls).await?;
    let framing = framing(method, &head).map_err(NetworkError::InvalidResponse)?;
    let stays_open = stays_open(&head, framing);
    let BodyRead {
        body,
        end,
        trailers,
    } = match framing {
        Framing::None => BodyRead::default(),
        _ => read_body(incoming, framing, clock, limits).await,
    };
    let response = WireResponse {
        status: head.status,
        reason: head.reason,
        version: head.version,
        header_list: head.header_list,
        head: bytes,
        informational,
        trailers,
        body,
        body_end: end,
        oddities: head.oddities,
    };
    Ok((response, stays_open))
}
