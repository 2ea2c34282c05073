//! What an exchange carried: bodies and messages, and the request as a command to copy.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use corscope_capture::message::{MessageKind, Sender};
use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{Exchange, ObservedBody};
use corscope_wire::content_coding::decode_body;
use serde::Serialize;

use super::captures::capture;
use super::detail::{exchange_of, lines};
use super::{has_switch, option};
use crate::cli::shell::quoted;
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::json;

/// How much of a body is shown, decoded.
const MOST_BYTES: usize = 4 << 20;

/// Messages given at once.
const MOST_MESSAGES: usize = 500;

/// A body.
#[derive(Serialize)]
pub(in crate::server) struct ShownBody {
    /// Its text, decoded, where it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Its bytes, decoded, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// How long it was on the wire, in bytes.
    len: u64,
    /// Whether more was sent than is shown.
    cut: bool,
    /// The `Content-Encoding` that was undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    decoded_from: Option<String>,
    /// Why it is not all, or not decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// What came over a WebSocket or an event stream.
#[derive(Serialize)]
pub(in crate::server) struct Messages {
    /// Older ones that are forgotten.
    dropped: u64,
    /// The messages, the oldest first.
    messages: Vec<MessageNote>,
}

/// One message.
#[derive(Serialize)]
struct MessageNote {
    /// When, in microseconds since the Unix epoch.
    at: u64,
    /// `client` or `server`.
    from: &'static str,
    /// `text`, `binary`, `ping`, `pong`, `close` or `event`.
    kind: &'static str,
    /// Its text; of bytes, what can be read as text.
    text: String,
    /// How long it is, in bytes.
    len: u64,
    /// Whether all of it is here.
    whole: bool,
}

/// A text to copy.
#[derive(Serialize)]
pub(in crate::server) struct Copied {
    /// The text.
    text: String,
}

/// `?exchange=12&side=request|response&original=1`
pub(super) async fn body(
    State(desk): State<Arc<Desk>>,
    Path((id, number)): Path<(String, u64)>,
    uri: Uri,
) -> Result<Response, Fault> {
    let row = exchange_of(&desk, &id, number, &uri)?;
    let is_request = option(&uri, "side").as_deref() == Some("request");
    let original = row.exchange.modified.as_deref();
    let original = original.filter(|_| has_switch(&uri, "original"));
    let found = match is_request {
        true => {
            let request = original.and_then(|it| it.request.as_ref());
            let request = request.unwrap_or(&row.exchange.request);
            Some((&request.header_list, &request.body))
        }
        false => {
            let response = original.and_then(|it| it.response.as_ref());
            let response = response.or(row.exchange.response.as_ref());
            response.map(|it| (&it.header_list, &it.body))
        }
    };
    let document = found.map_or_else(
        || shown(&HeaderList::new(), &ObservedBody::default()),
        |(list, body)| shown(list, body),
    );
    Ok(json(&document))
}

fn shown(list: &HeaderList, body: &ObservedBody) -> ShownBody {
    let mut decoded = decode_body(list, body, MOST_BYTES);
    let mut encoding = list.get("content-encoding");
    if decoded.bytes.is_empty() && str::from_utf8(&body.bytes).is_ok() {
        // HARs hold bodies decoded, and header lists that say they are not.
        decoded.bytes.clone_from(&body.bytes);
        decoded.fault = None;
        encoding = None;
    }
    let cut = !body.is_whole() || !decoded.is_whole();
    // A character may be cut in the middle.
    let text = match str::from_utf8(&decoded.bytes) {
        Ok(text) => Some(text),
        Err(error) if cut && error.error_len().is_none() => {
            str::from_utf8(&decoded.bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    let text = text.filter(|text| !text.contains('\0'));
    ShownBody {
        text: text.map(str::to_owned),
        base64: match text {
            Some(_) => None,
            None => Some(BASE64_STANDARD.encode(&decoded.bytes)),
        },
        len: body.len,
        cut,
        decoded_from: encoding
            .filter(|_| !body.bytes.is_empty())
            .map(|it| String::from_utf8_lossy(&it).into_owned()),
        problem: decoded.fault,
    }
}

/// `?exchange=12&from=500`
pub(super) async fn messages(
    State(desk): State<Arc<Desk>>,
    Path((id, number)): Path<(String, u64)>,
    uri: Uri,
) -> Result<Response, Fault> {
    let row = exchange_of(&desk, &id, number, &uri)?;
    let kept = capture(&desk, &id)?.store.messages(row.exchange.id);
    let (kept, dropped) = kept.unwrap_or_default();
    let from = option(&uri, "from").and_then(|it| it.parse().ok());
    let messages = kept.iter().skip(from.unwrap_or(0)).take(MOST_MESSAGES);
    Ok(json(&Messages {
        dropped,
        messages: messages
            .map(|message| MessageNote {
                at: message.at,
                from: match message.sender {
                    Sender::Client => "client",
                    Sender::Server => "server",
                },
                kind: match message.kind {
                    MessageKind::Text => "text",
                    MessageKind::Binary => "binary",
                    MessageKind::Ping => "ping",
                    MessageKind::Pong => "pong",
                    MessageKind::Close => "close",
                    MessageKind::Event => "event",
                },
                text: message.text().into_owned(),
                len: message.len,
                whole: message.is_whole(),
            })
            .collect(),
    }))
}

/// `?as=curl|fetch`: with its secrets, since it is to be sent again.
pub(super) async fn copy(
    State(desk): State<Arc<Desk>>,
    Path((id, number)): Path<(String, u64)>,
    uri: Uri,
) -> Result<Response, Fault> {
    let row = exchange_of(&desk, &id, number, &uri)?;
    let text = match option(&uri, "as").as_deref() {
        Some("fetch") => as_fetch(&row.exchange),
        _ => as_curl(&row.exchange),
    };
    Ok(json(&Copied { text }))
}

fn as_curl(exchange: &Exchange) -> String {
    let request = &exchange.request;
    let mut words = vec![format!("curl {}", quoted(&request.url))];
    if request.method != "GET" {
        words.push(format!("-X {}", quoted(&request.method)));
    }
    for (name, value) in lines(&request.header_list) {
        // curl writes these by itself.
        if ["host", "content-length", "connection"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
        {
            continue;
        }
        let line = match value.trim() {
            "" => format!("{name};"),
            value => format!("{name}: {value}"),
        };
        words.push(format!("-H {}", quoted(&line)));
    }
    if let Ok(text) = str::from_utf8(&request.body.bytes)
        && request.body.is_whole()
        && !text.is_empty()
    {
        words.push(format!("--data-raw {}", quoted(text)));
    }
    words.join(" \\\n  ")
}

fn as_fetch(exchange: &Exchange) -> String {
    let request = &exchange.request;
    let mut headers = serde_json::Map::new();
    for (name, value) in lines(&request.header_list) {
        if !corscope_fetch::forbidden::is_forbidden_request_header(
            name.as_bytes(),
            value.as_bytes(),
        ) {
            headers.insert(name, value.trim().into());
        }
    }
    let mut init = serde_json::Map::new();
    init.insert("method".to_owned(), request.method.clone().into());
    if !headers.is_empty() {
        init.insert("headers".to_owned(), headers.into());
    }
    if let Ok(text) = str::from_utf8(&request.body.bytes)
        && request.body.is_whole()
        && !text.is_empty()
    {
        init.insert("body".to_owned(), text.into());
    }
    if request.header_list.contains("Cookie") {
        init.insert("credentials".to_owned(), "include".into());
    }
    let url = serde_json::Value::from(request.url.as_str());
    let init = serde_json::to_string_pretty(&init).unwrap_or_default();
    format!("await fetch({url}, {init});")
}
