//! An HTTP/1.1 server behind an HTTP/2 client: where a rewrite sends a stream, or where a server has
//! given HTTP/2 up. Both ways are converted strictly: nothing of the client's reaches the server but
//! in a head and framing that are written anew.

use std::future::poll_fn;

use bytes::Bytes;
use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{HttpVersion, ObservedRequest};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, TE, TRANSFER_ENCODING};
use tokio::io::ReadHalf;

use super::fields;
use super::request::Outgoing;
use super::source::{Head, Piece};
use super::trouble::Trouble;
use super::upload::Upload;
use crate::client::{
    self, BodyFault, Framing, HeadEnd, HeadFault, HeadRejected, NetworkError, Phase, begins_as_http,
};
use crate::proxy::buffer::Buffer;
use crate::proxy::config::Limits;
use crate::proxy::core::Core;
use crate::proxy::fault::Fault;
use crate::proxy::http1::body_scan::{BodyScan, Manner};
use crate::proxy::http1::request_head::HOP_HEADER;
use crate::proxy::http1::target::Target;
use crate::proxy::http1::write;
use crate::proxy::stream::ServerStream;
use crate::proxy::upstream::UpstreamFacts;

/// The request's head for an HTTP/1.1 server, and whether its body comes in chunks.
pub(super) fn request_head(
    core: &Core,
    outgoing: &Outgoing,
    facts: &UpstreamFacts,
    upload: &Upload,
) -> Result<(Vec<u8>, bool), Fault> {
    let url = outgoing.uri.to_string();
    let wrong = || Fault::bad_request("no-target", "the request names no server");
    let authority = outgoing.uri.authority().ok_or_else(wrong)?;
    let mut target = Target::absolute(url.as_bytes()).ok_or_else(wrong)?;
    if outgoing.uri.path() == "*" {
        target.path = b"*";
    }
    let mut list = HeaderList::new();
    list.push("Host", format!(" {authority}"));
    for header in fields::request_list(&outgoing.headers).iter() {
        let is_framing = header.is(TRANSFER_ENCODING.as_str()) || header.is(TE.as_str());
        if !header.is("Host") && !is_framing {
            list.push(header.name, [b" ", header.value].concat());
        }
    }
    let length = list.get(CONTENT_LENGTH.as_str());
    // The library holds a body to the length that was announced for it.
    let is_announced = length.as_deref().is_some_and(|length| length != b"0");
    if upload.is_empty() && is_announced {
        let message = "Content-Length announces a body, and there is none";
        return Err(Fault::bad_request("content-length", message));
    }
    let chunked = !upload.is_empty() && length.is_none();
    if chunked {
        list.push("Transfer-Encoding", " chunked");
    }
    if facts.absolute_form {
        let proxies = &core.config.upstream_proxies;
        let proxy = proxies.for_host(false, target.host, target.port);
        if let Some(credentials) = proxy.and_then(|proxy| proxy.authorization()) {
            list.push("Proxy-Authorization", format!(" {credentials}"));
        }
        list.push(HOP_HEADER, format!(" {}", core.nonce));
    }
    let request = ObservedRequest {
        method: outgoing.method.as_str().to_owned(),
        url: url.clone(),
        version: HttpVersion::Http11,
        header_list: list,
        ..ObservedRequest::default()
    };
    let head = match target.path {
        // Asterisk-form is the one target that begins with no slash.
        b"*" => {
            let head = write::request_head(
                &request,
                &Target {
                    path: b"/",
                    ..target
                },
                false,
            );
            let method = outgoing.method.as_str();
            let rest = &head[method.len() + 2..];
            [method.as_bytes(), b" *", rest].concat()
        }
        _ => write::request_head(&request, &target, facts.absolute_form),
    };
    Ok((head, chunked))
}

/// What an HTTP/1.1 server sends.
pub(super) struct FromHttp1<'a> {
    stream: ReadHalf<ServerStream>,
    input: Buffer,
    method: &'a str,
    limits: &'a Limits,
    tls: bool,
    /// The body, once its head has come.
    scan: Option<BodyScan>,
}

impl<'a> FromHttp1<'a> {
    pub(super) fn new(
        stream: ReadHalf<ServerStream>,
        input: Buffer,
        method: &'a str,
        limits: &'a Limits,
        tls: bool,
    ) -> Self {
        Self {
            stream,
            input,
            method,
            limits,
            tls,
            scan: None,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match &self.scan {
            None => Phase::AwaitHead,
            Some(_) => Phase::ReadBody,
        }
    }

    async fn fill(&mut self) -> std::io::Result<usize> {
        let Self { stream, input, .. } = self;
        poll_fn(|context| input.poll_fill(stream, context)).await
    }

    pub(super) async fn next(&mut self) -> Result<Piece, Trouble> {
        let Some(scan) = &mut self.scan else {
            return self.head().await;
        };
        let mut data = Vec::new();
        let used = scan
            .feed(self.input.as_slice(), &mut |piece| {
                data.extend_from_slice(piece)
            })
            .map_err(|fault| broken(&fault))?;
        self.input.consume(used);
        if !data.is_empty() {
            let last = scan.is_over() && scan.trailers().is_empty();
            return Ok(Piece::Data(data.into(), last));
        }
        if scan.is_over() {
            let trailers = fields::of_http1(&client::read_trailers(scan.trailers()));
            return Ok(match trailers.is_empty() {
                true => Piece::End,
                false => Piece::Trailers(trailers),
            });
        }
        match self.fill().await {
            Ok(1..) => Ok(Piece::Data(Bytes::new(), false)),
            Ok(_) => match self.scan.as_ref().and_then(BodyScan::cut_off) {
                None => Ok(Piece::End),
                Some(fault) => Err(broken(&fault)),
            },
            Err(error) => {
                let error = NetworkError::of_io(Phase::ReadBody, &error);
                Err(broken(&BodyFault::Connection(Box::new(error))))
            }
        }
    }

    async fn head(&mut self) -> Result<Piece, Trouble> {
        let len = self.head_end().await.map_err(|error| refused(&error))?;
        let bytes = &self.input.as_slice()[..len];
        let head = client::read_head(bytes, self.limits.header_lines);
        let head = head.map_err(|rejected| {
            refused(&match rejected {
                HeadRejected::Fault(fault) => NetworkError::InvalidResponse(fault),
                HeadRejected::TooManyLines => NetworkError::TooManyHeaderLines {
                    limit: self.limits.header_lines,
                },
            })
        })?;
        self.input.consume(len);
        let status = StatusCode::from_u16(head.status).unwrap_or(StatusCode::BAD_GATEWAY);
        let headers = fields::of_http1(&head.header_list);
        if head.status == 101 {
            let message = "the server switches protocols, which was not asked for";
            return Err(Trouble::Fault(Fault::bad_answer(
                "unasked-upgrade",
                message,
            )));
        }
        if status.is_informational() {
            return Ok(Piece::Informational(status, headers));
        }
        let framing = client::framing(self.method, &head)
            .map_err(|fault| refused(&NetworkError::InvalidResponse(fault)))?;
        let mut headers = headers;
        let scan = match framing {
            Framing::None => BodyScan::Over,
            Framing::Length(length) => BodyScan::length(length),
            Framing::Chunked => BodyScan::chunked(Manner::Lenient, self.limits.response_head),
            Framing::UntilClose => BodyScan::UntilClose,
        };
        if matches!(framing, Framing::Chunked | Framing::UntilClose) {
            headers.remove(CONTENT_LENGTH);
        }
        let last = scan.is_over();
        self.scan = Some(scan);
        Ok(Piece::Head(Box::new(Head {
            status,
            headers,
            last,
            version: match head.version {
                client::Version::Http10 => HttpVersion::Http10,
                _ => HttpVersion::Http11,
            },
            reason: head.reason,
            list: head.header_list,
        })))
    }

    /// Reads until a whole head is there; its length.
    async fn head_end(&mut self) -> Result<usize, NetworkError> {
        let mut end = HeadEnd::default();
        let limit = self.limits.response_head;
        loop {
            let bytes = self.input.as_slice();
            if begins_as_http(bytes) == Some(false) {
                let start = bytes[..bytes.len().min(32)].to_vec();
                return Err(NetworkError::InvalidResponse(HeadFault::NotHttp { start }));
            }
            match end.find(bytes) {
                Some(len) if len <= limit => return Ok(len),
                None if bytes.len() <= limit => {}
                _ => return Err(NetworkError::HeadTooLarge { limit }),
            }
            let received = self.input.len();
            match self.fill().await {
                Ok(0) if received == 0 => return Err(NetworkError::EmptyResponse),
                Ok(0) if self.tls => return Err(NetworkError::HeadTruncated { received }),
                Ok(0) => return Ok(received),
                Ok(_) => {}
                Err(error) => return Err(NetworkError::of_io(Phase::ReadHead, &error)),
            }
        }
    }
}

fn refused(error: &NetworkError) -> Trouble {
    Trouble::Fault(Fault::of_network(error))
}

fn broken(fault: &BodyFault) -> Trouble {
    Trouble::Fault(Fault::of_body(fault))
}
