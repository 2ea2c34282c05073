//! The parts of a HAR as they are written.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use corscope_fetch::exchange::{HttpVersion, Modified, ObservedRequest, ObservedResponse, Timing};
use corscope_fetch::header_list::HeaderList;
use serde::Serialize;

use crate::decoded::{Content, content};
use crate::message::{Message, Sender};

#[derive(Serialize)]
pub(super) struct Named<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

pub(super) fn headers(list: &HeaderList) -> Vec<Named<'_>> {
    list.iter()
        .map(|header| Named {
            name: String::from_utf8_lossy(header.name),
            value: String::from_utf8_lossy(header.trimmed()),
        })
        .collect()
}

/// `a=1; b=2`, or the first pair of a `Set-Cookie`.
fn cookies<'a>(list: &'a HeaderList, name: &'a str, only_first: bool) -> Vec<Named<'a>> {
    let mut cookies = Vec::new();
    for (_, header) in list.lines_named(name) {
        let pairs = header.trimmed().split(|byte| *byte == b';');
        for pair in pairs.take(if only_first { 1 } else { usize::MAX }) {
            let pair = pair.trim_ascii();
            let equals = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match equals {
                Some(equals) => (&pair[..equals], &pair[equals + 1..]),
                None => (&pair[..0], pair),
            };
            cookies.push(Named {
                name: String::from_utf8_lossy(name),
                value: String::from_utf8_lossy(value),
            });
        }
    }
    cookies
}

fn query(url: &str) -> Vec<Named<'_>> {
    let Some((_, query)) = url.split_once('?') else {
        return Vec::new();
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Named {
                name: name.into(),
                value: value.into(),
            }
        })
        .collect()
}

fn version(version: HttpVersion) -> &'static str {
    match version {
        HttpVersion::Http2 => "h2",
        HttpVersion::Http3 => "h3",
        older => older.as_str(),
    }
}

fn mime_type(list: &HeaderList) -> String {
    let value = list.get("content-type").unwrap_or_default();
    match value.is_empty() {
        true => "x-unknown".into(),
        false => String::from_utf8_lossy(&value).into_owned(),
    }
}

/// Text as it is, other bytes in base64.
fn text(bytes: &[u8]) -> (String, Option<&'static str>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => (STANDARD.encode(bytes), Some("base64")),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'a> {
    method: &'a str,
    url: &'a str,
    http_version: &'static str,
    cookies: Vec<Named<'a>>,
    headers: Vec<Named<'a>>,
    query_string: Vec<Named<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData>,
    headers_size: i64,
    body_size: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

impl<'a> Request<'a> {
    /// `size` is how long the body was before anything was hidden in it.
    pub(super) fn of(request: &'a ObservedRequest, size: u64) -> Self {
        let body = &request.body;
        let post_data = (size > 0).then(|| {
            let (text, encoding) = text(&body.bytes);
            PostData {
                mime_type: mime_type(&request.header_list),
                text,
                encoding,
                comment: cut(body.bytes.len(), body.len),
            }
        });
        Self {
            method: &request.method,
            url: &request.url,
            http_version: version(request.version),
            cookies: cookies(&request.header_list, "cookie", false),
            headers: headers(&request.header_list),
            query_string: query(&request.url),
            post_data,
            headers_size: -1,
            body_size: size,
        }
    }
}

fn cut(kept: usize, len: u64) -> Option<String> {
    (kept as u64 != len).then(|| format!("{kept} of {len} bytes are kept"))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response<'a> {
    status: u16,
    status_text: Cow<'a, str>,
    http_version: &'static str,
    cookies: Vec<Named<'a>>,
    headers: Vec<Named<'a>>,
    content: Body,
    #[serde(rename = "redirectURL")]
    redirect_url: String,
    headers_size: i64,
    body_size: i64,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    size: u64,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

impl<'a> Response<'a> {
    /// `size` is how long the body was before anything was hidden in it; `decoded` is the body
    /// without its content encoding, from one who can decode more than we can.
    pub(super) fn of(
        response: Option<&'a ObservedResponse>,
        size: u64,
        decoded: Option<&[u8]>,
        error: Option<&'a str>,
    ) -> Self {
        let Some(response) = response else {
            return Self::none(error);
        };
        let list = &response.header_list;
        let location = list.get("location").unwrap_or_default();
        Self {
            status: response.status,
            status_text: String::from_utf8_lossy(&response.reason),
            http_version: version(response.version),
            cookies: cookies(list, "set-cookie", true),
            headers: headers(list),
            content: Body::of(response, decoded),
            redirect_url: String::from_utf8_lossy(&location).into_owned(),
            headers_size: -1,
            body_size: i64::try_from(size).unwrap_or(-1),
            error,
        }
    }

    /// Status 0, as all exporters say it.
    fn none(error: Option<&'a str>) -> Self {
        Self {
            status: 0,
            status_text: "".into(),
            http_version: "",
            cookies: Vec::new(),
            headers: Vec::new(),
            content: Body {
                size: 0,
                mime_type: "x-unknown".into(),
                text: None,
                encoding: None,
                comment: None,
            },
            redirect_url: String::new(),
            headers_size: -1,
            body_size: -1,
            error,
        }
    }
}

impl Body {
    fn of(response: &ObservedResponse, decoded: Option<&[u8]>) -> Self {
        let body = &response.body;
        let mut comment = cut(body.bytes.len(), body.len);
        let plain = match (decoded, content(&body.bytes, &response.header_list)) {
            (Some(decoded), _) => Cow::Borrowed(decoded),
            (None, Content::Plain(plain)) => plain,
            (None, Content::Encoded(encoding)) => {
                comment = Some(format!("as transferred, encoded with {encoding}"));
                Cow::Borrowed(body.bytes.as_slice())
            }
        };
        let size = match comment {
            None => plain.len() as u64,
            Some(_) => body.len.max(plain.len() as u64),
        };
        let (text, encoding) = text(&plain);
        Self {
            size,
            mime_type: mime_type(&response.header_list),
            text: (!text.is_empty()).then_some(text),
            encoding,
            comment,
        }
    }
}

/// Milliseconds; -1 for what did not happen.
#[derive(Serialize)]
pub(super) struct Timings {
    blocked: f64,
    dns: f64,
    connect: f64,
    ssl: f64,
    send: f64,
    wait: f64,
    receive: f64,
}

pub(super) fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}

impl Timings {
    pub(super) fn of(timing: &Timing) -> Self {
        let optional = |micros: Option<u64>| micros.map_or(-1.0, millis);
        let needed = |micros: Option<u64>| micros.map_or(0.0, millis);
        // A HAR counts the TLS handshake into the connecting.
        let connect = timing
            .connect
            .map(|connect| connect + timing.tls.unwrap_or(0));
        Self {
            blocked: optional(timing.blocked),
            dns: optional(timing.dns),
            connect: optional(connect),
            ssl: optional(timing.tls),
            send: needed(timing.send),
            wait: needed(timing.wait),
            receive: needed(timing.receive),
        }
    }
}

#[derive(Serialize)]
pub(super) struct SocketMessage {
    #[serde(rename = "type")]
    kind: &'static str,
    time: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    opcode: Option<u8>,
    data: String,
}

impl SocketMessage {
    pub(super) fn of(message: &Message) -> Self {
        let data = match message.kind.opcode() {
            None | Some(1) => message.text().into_owned(),
            Some(_) => STANDARD.encode(&message.bytes),
        };
        Self {
            kind: match message.sender {
                Sender::Client => "send",
                Sender::Server => "receive",
            },
            time: message.at as f64 / 1e6,
            opcode: message.kind.opcode(),
            data,
        }
    }
}

/// What the other side sent, before corscope changed it.
#[derive(Serialize)]
pub(super) struct Originals<'a> {
    by: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Response<'a>>,
}

impl<'a> Originals<'a> {
    pub(super) fn of(modified: &'a Modified) -> Self {
        let request = modified.request.as_ref();
        let response = modified.response.as_ref();
        Self {
            by: &modified.by,
            request: request.map(|request| Request::of(request, request.body.len)),
            response: response
                .map(|response| Response::of(Some(response), response.body.len, None, None)),
        }
    }
}
