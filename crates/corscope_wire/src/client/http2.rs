//! One exchange over HTTP/2. Framing and header compression are the `h2` crate's, so what is kept
//! is what it keeps: the order of names, and the lines of one name together.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use corscope_fetch::HeaderList;
use h2::RecvStream;
use h2::client::{ResponseFuture, SendRequest};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use tokio::task::JoinHandle;

use super::connection::BoxStream;
use super::error::{NetworkError, Phase, RequestFault};
use super::limits::Limits;
use super::request::{Destination, SentRequest, WireRequest, check, target_of};
use super::response::{BodyEnd, BodyFault, Version, WireResponse};
use super::timing::Clock;

/// How much a server may send before it must wait for us.
const WINDOW: u32 = 1 << 20;

/// How much larger a head the library reads than is taken: beyond its own limit it names no reason,
/// so what is a little too large is measured here.
const LEEWAY: usize = 16;

/// Headers that belong to an HTTP/1.1 connection and are malformed in HTTP/2.
const CONNECTION_SPECIFIC: [&str; 5] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// An HTTP/2 connection; it lives as long as one of its clones.
#[derive(Clone)]
pub(crate) struct Http2Connection {
    sender: SendRequest<Bytes>,
    driver: Arc<Driver>,
}

/// The task that moves the connection's bytes; it ends with the connection.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Http2Connection {
    /// Opens HTTP/2 on `stream`. Returns at once; a server that does not speak it shows later.
    pub(crate) async fn open(stream: BoxStream, limits: &Limits) -> Result<Self, NetworkError> {
        let list_size = u32::try_from(limits.head_bytes.saturating_mul(LEEWAY)).unwrap_or(u32::MAX);
        let (sender, connection) = h2::client::Builder::new()
            .enable_push(false)
            .initial_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .max_header_list_size(list_size)
            .handshake(stream)
            .await
            .map_err(|error| failure(Phase::AwaitHead, &error))?;
        // Its error is also given to each stream, which is where it is told.
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            sender,
            driver: Arc::new(Driver(driver)),
        })
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.driver.0.is_finished()
    }
}

/// What of `sent` changes when it goes over HTTP/2.
pub(crate) fn compose(
    request: &WireRequest,
    to: &Destination,
) -> Result<(SentRequest, Request<()>), RequestFault> {
    check(request)?;
    let mut headers = HeaderMap::with_capacity(request.header_list.len());
    let mut authority = to.authority();
    for (line, header) in request.header_list.iter().enumerate() {
        let name =
            HeaderName::from_bytes(header.name).map_err(|_| RequestFault::HeaderName { line })?;
        let value = header.trimmed();
        if name == http::header::HOST {
            authority = String::from_utf8_lossy(value).into_owned();
            continue;
        }
        let connection_specific = CONNECTION_SPECIFIC.contains(&name.as_str())
            || (name == http::header::TE && !value.eq_ignore_ascii_case(b"trailers"));
        if connection_specific {
            continue;
        }
        let value =
            HeaderValue::from_bytes(value).map_err(|_| RequestFault::HeaderValue { line })?;
        headers.append(name, value);
    }
    if let Some(body) = &request.body
        && !headers.contains_key(http::header::CONTENT_LENGTH)
    {
        headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let target = target_of(&request.url);
    let uri = Uri::builder()
        .scheme(request.url.scheme())
        .authority(authority.as_str())
        .path_and_query(target.as_str())
        .build()
        .map_err(|_| RequestFault::Target)?;
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| RequestFault::Method(request.method.clone().into_bytes()))?;
    let sent = SentRequest {
        method: request.method.clone(),
        target,
        authority,
        header_list: header_list(&headers),
        head: Vec::new(),
        body_len: request.body.as_ref().map_or(0, Vec::len),
        sent: false,
    };
    let mut composed = Request::new(());
    *composed.method_mut() = method;
    *composed.uri_mut() = uri;
    *composed.version_mut() = http::Version::HTTP_2;
    *composed.headers_mut() = headers;
    Ok((sent, composed))
}

fn header_list(headers: &HeaderMap) -> HeaderList {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}

/// What became of one request on one connection.
pub(crate) struct Outcome {
    pub(crate) result: Result<WireResponse, NetworkError>,
    pub(crate) first_byte: Option<Duration>,
    /// Whether the connection can take another request.
    pub(crate) usable: bool,
    /// Whether the server surely did nothing with the request.
    pub(crate) unprocessed: bool,
}

/// Sends `request` with `body` and reads the response.
pub(crate) async fn exchange(
    connection: &Http2Connection,
    request: Request<()>,
    body: Option<Vec<u8>>,
    clock: &Clock,
    limits: &Limits,
) -> Outcome {
    let started = Instant::now();
    let mut outcome = Outcome {
        result: Err(NetworkError::EmptyResponse),
        first_byte: None,
        usable: false,
        unprocessed: false,
    };
    let head = async {
        let response = send(connection.sender.clone(), request, body).await?;
        receive_head(response, limits).await
    };
    let bounded = clock.bound(Phase::AwaitHead, limits.idle, head).await;
    let (informational, response) = match bounded {
        Err(timed_out) => {
            outcome.result = Err(timed_out);
            return outcome;
        }
        Ok(Err(HeadFailure::TooManyInformational)) => {
            let limit = limits.informational;
            outcome.result = Err(NetworkError::TooManyInformational { limit });
            return outcome;
        }
        Ok(Err(HeadFailure::TooLarge)) => {
            let limit = limits.head_bytes;
            outcome.result = Err(NetworkError::HeadTooLarge { limit });
            return outcome;
        }
        Ok(Err(HeadFailure::Protocol(error))) => {
            // What the server did not itself refuse, it may have acted on; but a connection that
            // ended before any answer is what a stale one looks like.
            outcome.unprocessed = !error.is_library() && (!error.is_reset() || is_refusal(&error));
            outcome.result = Err(if is_oversize(&error) {
                NetworkError::HeadTooLarge {
                    limit: limits.head_bytes,
                }
            } else {
                failure(Phase::AwaitHead, &error)
            });
            return outcome;
        }
        Ok(Ok(answer)) => answer,
    };
    outcome.first_byte = Some(started.elapsed());
    let (parts, stream) = response.into_parts();
    if parts.headers.len() > limits.header_lines {
        let limit = limits.header_lines;
        outcome.result = Err(NetworkError::TooManyHeaderLines { limit });
        return outcome;
    }
    let mut received = WireResponse {
        status: parts.status.as_u16(),
        reason: Vec::new(),
        version: Version::Http2,
        header_list: header_list(&parts.headers),
        head: Vec::new(),
        informational,
        trailers: HeaderList::new(),
        body: Vec::new(),
        body_end: BodyEnd::Complete,
        oddities: Vec::new(),
    };
    let reading = read_body(stream, &mut received.body, &mut received.trailers, limits);
    received.body_end = tokio::time::timeout(clock.left(limits.body), reading)
        .await
        .unwrap_or(BodyEnd::TimedOut);
    // Dropping an unfinished stream resets it, and the connection goes on.
    outcome.usable = !matches!(received.body_end, BodyEnd::Broken(_));
    outcome.result = Ok(received);
    outcome
}

enum HeadFailure {
    Protocol(h2::Error),
    TooManyInformational,
    TooLarge,
}

impl From<h2::Error> for HeadFailure {
    fn from(error: h2::Error) -> Self {
        Self::Protocol(error)
    }
}

async fn send(
    sender: SendRequest<Bytes>,
    request: Request<()>,
    body: Option<Vec<u8>>,
) -> Result<ResponseFuture, h2::Error> {
    let mut sender = sender.ready().await?;
    let body = body.filter(|body| !body.is_empty());
    let (response, mut stream) = sender.send_request(request, body.is_none())?;
    if let Some(body) = body {
        // The body is in memory anyhow, so the library may as well queue it all.
        stream.send_data(Bytes::from(body), true)?;
    }
    Ok(response)
}

async fn receive_head(
    mut response: ResponseFuture,
    limits: &Limits,
) -> Result<(Vec<(u16, HeaderList)>, Response<RecvStream>), HeadFailure> {
    let mut informational = Vec::new();
    let response = poll_fn(|context| {
        while let Poll::Ready(Some(early)) = response.poll_informational(context) {
            let early = match early {
                Ok(early) => early,
                Err(error) => return Poll::Ready(Err(HeadFailure::Protocol(error))),
            };
            if informational.len() == limits.informational {
                return Poll::Ready(Err(HeadFailure::TooManyInformational));
            }
            if size(early.headers()) > limits.head_bytes {
                return Poll::Ready(Err(HeadFailure::TooLarge));
            }
            informational.push((early.status().as_u16(), header_list(early.headers())));
        }
        Pin::new(&mut response)
            .poll(context)
            .map_err(HeadFailure::Protocol)
    })
    .await?;
    if size(response.headers()) > limits.head_bytes {
        return Err(HeadFailure::TooLarge);
    }
    Ok((informational, response))
}

/// The bytes that a head's lines would take in HTTP/1.
fn size(headers: &HeaderMap) -> usize {
    let lines = headers.iter();
    lines
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum()
}

async fn read_body(
    mut stream: RecvStream,
    body: &mut Vec<u8>,
    trailers: &mut HeaderList,
    limits: &Limits,
) -> BodyEnd {
    let broken = |error: &h2::Error| {
        let error = failure(Phase::ReadBody, error);
        BodyEnd::Broken(BodyFault::Connection(Box::new(error)))
    };
    while let Some(data) = stream.data().await {
        let data = match data {
            Ok(data) => data,
            Err(error) => return broken(&error),
        };
        let take = data.len().min(limits.body_bytes - body.len());
        body.extend_from_slice(&data[..take]);
        if take < data.len() {
            return BodyEnd::Truncated;
        }
        if let Err(error) = stream.flow_control().release_capacity(data.len()) {
            return broken(&error);
        }
    }
    match stream.trailers().await {
        Ok(Some(found)) if size(&found) > limits.head_bytes => {
            BodyEnd::Broken(BodyFault::TrailersTooLarge)
        }
        Ok(found) => {
            *trailers = found.as_ref().map(header_list).unwrap_or_default();
            BodyEnd::Complete
        }
        Err(error) => broken(&error),
    }
}

fn is_refusal(error: &h2::Error) -> bool {
    error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM)
}

/// The library refuses a head over its limit in these ways, for which it has no word of its own.
fn is_oversize(error: &h2::Error) -> bool {
    error.is_library()
        && matches!(
            error.reason(),
            Some(h2::Reason::REFUSED_STREAM | h2::Reason::ENHANCE_YOUR_CALM)
        )
}

fn failure(during: Phase, error: &h2::Error) -> NetworkError {
    if let Some(io) = error.get_io() {
        return match io.kind() {
            std::io::ErrorKind::UnexpectedEof if during == Phase::AwaitHead => {
                NetworkError::EmptyResponse
            }
            _ => NetworkError::of_io(during, io),
        };
    }
    NetworkError::Http2 {
        code: error.reason().map(u32::from),
        by_server: error.is_remote(),
        reason: error.to_string(),
    }
}
