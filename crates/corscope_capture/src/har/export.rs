use std::borrow::Cow;
use std::io::{self, Write};

use corscope_fetch::exchange::Exchange;
use corscope_fetch::request_init::Api;
use serde::Serialize;
use serde_json::Value;

use super::instant::Iso;
use super::written::{Originals, Request, Response, SocketMessage, Timings, millis};
use crate::message::Message;
use crate::redact::{BodyFate, Redactor};

/// How a HAR is written.
#[derive(Clone, Debug)]
pub struct ExportOptions {
    /// The version of the program that writes it.
    pub version: String,
    /// Hides secrets; `None` keeps them.
    pub redactor: Option<Redactor>,
}

impl Default for ExportOptions {
    /// Without secrets.
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            redactor: Some(Redactor::default()),
        }
    }
}

/// What is written of an exchange besides the exchange.
#[derive(Clone, Debug, Default)]
pub struct Besides<'a> {
    /// Its WebSocket messages or server-sent events.
    pub messages: Vec<&'a Message>,
    /// The verdict, written as `_corscope`.
    pub verdict: Option<Value>,
    /// The response's body without its content encoding, from one who can decode more than gzip
    /// and deflate. Not used when secrets are hidden and the body is.
    pub decoded: Option<&'a [u8]>,
}

/// Writes a HAR 1.2 entry by entry; nothing is held.
///
/// Without [`finish`](Self::finish) the HAR is cut off, and readable up to there.
pub struct HarWriter<W> {
    out: W,
    redactor: Option<Redactor>,
    entries: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    started_date_time: String,
    time: f64,
    request: Request<'a>,
    response: Response<'a>,
    cache: Nothing,
    timings: Timings,
    #[serde(rename = "serverIPAddress", skip_serializing_if = "Option::is_none")]
    server_address: Option<String>,
    #[serde(rename = "_serverPort", skip_serializing_if = "Option::is_none")]
    server_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    #[serde(rename = "_resourceType", skip_serializing_if = "Option::is_none")]
    resource_type: Option<&'static str>,
    #[serde(rename = "_webSocketMessages", skip_serializing_if = "Vec::is_empty")]
    messages: Vec<SocketMessage>,
    #[serde(rename = "_corscope", skip_serializing_if = "Option::is_none")]
    verdict: Option<Value>,
    #[serde(rename = "_corscope_modified", skip_serializing_if = "Option::is_none")]
    modified: Option<Originals<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[derive(Serialize)]
struct Nothing {}

impl<W: Write> HarWriter<W> {
    /// Begins a HAR.
    pub fn new(mut out: W, options: ExportOptions) -> io::Result<Self> {
        let version = serde_json::to_string(&options.version)?;
        write!(
            out,
            "{{\"log\":{{\"version\":\"1.2\",\"creator\":{{\"name\":\"corscope\",\"version\":{version}}},\"pages\":[],\"entries\":["
        )?;
        Ok(Self {
            out,
            redactor: options.redactor,
            entries: 0,
        })
    }

    /// Writes an exchange.
    pub fn entry(&mut self, exchange: &Exchange, besides: &Besides<'_>) -> io::Result<()> {
        let Some(redactor) = self.redactor else {
            let messages = besides.messages.iter().copied().map(SocketMessage::of);
            let messages = messages.collect();
            let verdict = besides.verdict.clone();
            return self.write(exchange, exchange, messages, verdict, besides.decoded, None);
        };
        let mut source = Cow::Borrowed(exchange);
        if let (Some(decoded), Some(_)) = (besides.decoded, &exchange.response)
            && let Some(response) = &mut source.to_mut().response
        {
            // To be searched in place of what cannot be.
            response.header_list = response
                .header_list
                .without(|header| header.is("content-encoding"));
            response.body.bytes = decoded.to_vec();
            response.body.len = decoded.len() as u64;
        }
        let mut redacted = redactor.exchange(&source);
        if let (Some(redacted), Some(response)) =
            (&mut redacted.exchange.response, &exchange.response)
            && besides.decoded.is_some()
            && let Some(encoding) = response.header_list.get("content-encoding")
        {
            redacted.header_list.push("content-encoding", encoding);
        }
        let messages = besides.messages.iter();
        let messages = messages.map(|message| SocketMessage::of(&redactor.message(message)));
        let messages = messages.collect();
        let mut verdict = besides.verdict.clone();
        if let Some(verdict) = &mut verdict {
            redactor.json(verdict);
        }
        let comment = comment(&redacted);
        self.write(
            &redacted.exchange,
            exchange,
            messages,
            verdict,
            None,
            comment,
        )
    }

    fn write(
        &mut self,
        exchange: &Exchange,
        original: &Exchange,
        messages: Vec<SocketMessage>,
        verdict: Option<Value>,
        decoded: Option<&[u8]>,
        comment: Option<String>,
    ) -> io::Result<()> {
        let said = exchange.hints.browser.as_deref();
        let error = said.and_then(|said| said.net_error.as_deref());
        let error = error.or_else(|| {
            let failure = exchange.failure.as_ref()?;
            Some(failure.net_error.as_deref().unwrap_or(&failure.message))
        });
        let response_size = original.response.as_ref().map_or(0, |it| it.body.len);
        let remote = exchange.connection.remote_addr;
        let connection = exchange.connection.server;
        let entry = Entry {
            started_date_time: Iso(exchange.started).to_string(),
            time: millis(exchange.timing.total.unwrap_or(0)),
            request: Request::of(&exchange.request, original.request.body.len),
            response: Response::of(exchange.response.as_ref(), response_size, decoded, error),
            cache: Nothing {},
            timings: Timings::of(&exchange.timing),
            server_address: remote.map(|remote| remote.ip().to_string()),
            server_port: remote.map(|remote| remote.port()),
            connection: (connection != 0).then(|| connection.to_string()),
            resource_type: resource_type(exchange),
            messages,
            verdict,
            modified: exchange.modified.as_deref().map(Originals::of),
            comment,
        };
        if self.entries > 0 {
            self.out.write_all(b",")?;
        }
        self.entries += 1;
        self.out.write_all(b"\n")?;
        serde_json::to_writer(&mut self.out, &entry).map_err(io::Error::from)
    }

    /// Ends the HAR; gives back what it was written to, flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(b"\n]}}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn comment(redacted: &crate::redact::Redacted) -> Option<String> {
    let mut said = Vec::new();
    if redacted.hidden > 0 {
        said.push(format!("{} values redacted", redacted.hidden));
    }
    for (body, fate) in [
        ("request", redacted.request_body),
        ("response", redacted.response_body),
    ] {
        if fate == BodyFate::Hidden {
            said.push(format!(
                "the {body} body is left out: no names can be found in its format"
            ));
        }
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn resource_type(exchange: &Exchange) -> Option<&'static str> {
    if exchange.is_preflight() {
        return Some("preflight");
    }
    Some(match exchange.hints.api? {
        Api::Fetch => "fetch",
        Api::Xhr => "xhr",
        Api::Img | Api::Canvas => "image",
        Api::Script | Api::Module | Api::Worker => "script",
        Api::Style => "stylesheet",
        Api::Font => "font",
        Api::Media => "media",
        Api::EventSource => "eventsource",
        Api::Beacon => "ping",
        Api::WebSocket => "websocket",
        Api::Iframe => "document",
    })
}
