//! What must not leave the machine: cookies, credentials, tokens. One place for all exports.
//!
//! Secrets are found by the names of what holds them, and by the look of JSON Web Tokens; no list
//! of secrets is needed. What a verdict depends on stays: the names of all headers and their order,
//! the CORS protocol's own values, and the lengths of CORS-safelisted request-headers.

mod names;
mod text;

use corscope_fetch::exchange::{
    Exchange, Modified, ObservedBody, ObservedRequest, ObservedResponse,
};
use corscope_fetch::header_list::HeaderList;
use corscope_fetch::safelist::SAFELISTED_BY_VALUE;
use serde_json::Value;

use crate::decoded::{Content, content};
use crate::message::{Message, MessageKind};
use names::{HeaderKind, header_kind};
pub use text::MARK;
use text::Mask;

/// What happens to bodies in formats in which no names can be found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UnknownBodies {
    /// They are left out.
    #[default]
    Hide,
    /// They are kept as they are.
    Keep,
}

/// What became of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BodyFate {
    /// There was none.
    #[default]
    Absent,
    /// It was searched for secrets, by name.
    Searched,
    /// It is kept as it was: pictures, fonts, films, or because the policy says so.
    Kept,
    /// It is left out, by policy.
    Hidden,
}

/// An exchange that may leave the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redacted {
    /// The exchange without its secrets.
    pub exchange: Exchange,
    /// How many values were hidden.
    pub hidden: usize,
    /// What became of the request's body.
    pub request_body: BodyFate,
    /// What became of the response's body.
    pub response_body: BodyFate,
}

/// Hides secrets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Redactor {
    /// What happens to bodies in formats in which no names can be found.
    pub unknown_bodies: UnknownBodies,
}

/// Whether a header's value is a secret as a whole, by its name.
pub fn is_secret_header(name: &str) -> bool {
    header_kind(name.as_bytes()) != HeaderKind::Other
}

impl Redactor {
    /// The exchange without its secrets.
    pub fn exchange(&self, exchange: &Exchange) -> Redacted {
        let mut hidden = 0;
        let mut exchange = exchange.clone();
        let request_body = self.request(&mut exchange.request, &mut hidden);
        let mut response_body = BodyFate::Absent;
        if let Some(response) = &mut exchange.response {
            response_body = self.response(response, &mut hidden);
        }
        if let Some(modified) = exchange.modified.as_deref_mut() {
            self.modified(modified, &mut hidden);
        }
        if let Some(failure) = &mut exchange.failure {
            in_string(&mut failure.message, &mut hidden);
        }
        if let Some(page) = &mut exchange.hints.page_url {
            in_string(page, &mut hidden);
        }
        if let Some(proxy) = &mut exchange.connection.upstream_proxy {
            in_string(proxy, &mut hidden);
        }
        if let Some(said) = exchange.hints.browser.as_deref_mut() {
            for text in said.console.iter_mut().chain(&mut said.failed_parameter) {
                in_string(text, &mut hidden);
            }
        }
        Redacted {
            exchange,
            hidden,
            request_body,
            response_body,
        }
    }

    fn modified(&self, modified: &mut Modified, hidden: &mut usize) {
        if let Some(request) = &mut modified.request {
            self.request(request, hidden);
        }
        if let Some(response) = &mut modified.response {
            self.response(response, hidden);
        }
    }

    fn request(&self, request: &mut ObservedRequest, hidden: &mut usize) -> BodyFate {
        in_string(&mut request.url, hidden);
        // Before the list, whose content type and encoding tell how to search.
        let fate = self.body(&mut request.body, &request.header_list, hidden);
        request.header_list = header_list(&request.header_list, hidden);
        request.raw_head = request.raw_head.take().map(|head| raw_head(&head, hidden));
        fate
    }

    fn response(&self, response: &mut ObservedResponse, hidden: &mut usize) -> BodyFate {
        let fate = self.body(&mut response.body, &response.header_list, hidden);
        response.header_list = header_list(&response.header_list, hidden);
        response.trailers = header_list(&response.trailers, hidden);
        for (_, list) in &mut response.informational {
            *list = header_list(list, hidden);
        }
        response.raw_head = response.raw_head.take().map(|head| raw_head(&head, hidden));
        fate
    }

    /// A body is decoded to be searched, and stays decoded if something was found.
    fn body(&self, body: &mut ObservedBody, list: &HeaderList, hidden: &mut usize) -> BodyFate {
        if body.bytes.is_empty() {
            return BodyFate::Absent;
        }
        let whole = body.is_whole();
        let kind = list.get("content-type").unwrap_or_default();
        let kind = String::from_utf8_lossy(&kind).trim().to_ascii_lowercase();
        let plain = match content(&body.bytes, list) {
            Content::Plain(plain) => plain,
            Content::Encoded(_) => return self.unknown(body, hidden),
        };
        let form = kind.starts_with("application/x-www-form-urlencoded");
        if !form && is_media(&kind) {
            return BodyFate::Kept;
        }
        // Multipart fields have their names in heads that may stand anywhere.
        if kind.starts_with("multipart/") || !crate::decoded::is_text(&plain) {
            return self.unknown(body, hidden);
        }
        let looks_like_form = kind.starts_with("text/plain") && !plain.contains(&b' ');
        let (found, count) = text::hide(&plain, form || looks_like_form, Mask::Word);
        *hidden += count;
        if let Some(bytes) = found {
            body.len = match whole {
                true => bytes.len() as u64,
                false => body.len.max(bytes.len() as u64 + 1),
            };
            body.bytes = bytes;
        }
        BodyFate::Searched
    }

    fn unknown(&self, body: &mut ObservedBody, hidden: &mut usize) -> BodyFate {
        if self.unknown_bodies == UnknownBodies::Keep {
            return BodyFate::Kept;
        }
        body.bytes.clear();
        *hidden += 1;
        BodyFate::Hidden
    }

    /// A message without its secrets.
    pub fn message(&self, message: &Message) -> Message {
        let mut message = message.clone();
        let binary = matches!(message.kind, MessageKind::Binary);
        if binary || !crate::decoded::is_text(&message.bytes) {
            if self.unknown_bodies == UnknownBodies::Hide {
                message.bytes.clear();
            }
        } else if let (Some(bytes), _) = text::hide(&message.bytes, false, Mask::Word) {
            message.len = match message.is_whole() {
                true => bytes.len() as u64,
                false => message.len.max(bytes.len() as u64 + 1),
            };
            message.bytes = bytes;
        }
        message
    }

    /// A JSON document of ours, such as a verdict: URLs, header lines, objects that name a header and
    /// give its value, and what stands under `headers`. Other fields are not hidden by name: a rule has
    /// a `code`.
    pub fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => in_string(text, &mut 0),
            Value::Array(values) => values.iter_mut().for_each(|value| self.json(value)),
            Value::Object(fields) => {
                let name = fields.get("name").and_then(Value::as_str);
                let name = name.map(|name| name.as_bytes().to_vec());
                for (key, value) in fields.iter_mut() {
                    match (&name, value) {
                        (Some(name), Value::String(text)) if key == "value" => {
                            in_value(name, text);
                        }
                        (_, value) if key == "headers" => self.headers_json(value),
                        (_, value) => self.json(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Headers as fields of an object, or as a list of pairs.
    fn headers_json(&self, value: &mut Value) {
        let in_pair = |pair: &mut Value| match pair.as_array_mut().map(Vec::as_mut_slice) {
            Some([Value::String(name), Value::String(text)]) => in_value(name.as_bytes(), text),
            _ => self.json(pair),
        };
        match value {
            Value::Object(fields) => {
                for (name, value) in fields.iter_mut() {
                    match value {
                        Value::String(text) => in_value(name.as_bytes(), text),
                        Value::Array(values) => values.iter_mut().for_each(|value| match value {
                            Value::String(text) => in_value(name.as_bytes(), text),
                            other => self.json(other),
                        }),
                        other => self.json(other),
                    }
                }
            }
            Value::Array(pairs) => pairs.iter_mut().for_each(in_pair),
            other => self.json(other),
        }
    }
}

/// The value of a header.
fn in_value(name: &[u8], text: &mut String) {
    if let Some(bytes) = header_value(name, text.as_bytes(), &mut 0) {
        *text = String::from_utf8_lossy(&bytes).into_owned();
    }
}

fn is_media(kind: &str) -> bool {
    [
        "image/",
        "font/",
        "audio/",
        "video/",
        "application/wasm",
        "application/font",
    ]
    .iter()
    .any(|start| kind.starts_with(start))
        && !kind.starts_with("image/svg")
}

/// A text, which may be a header's line.
fn in_string(text: &mut String, hidden: &mut usize) {
    let line = text
        .split_once(':')
        .filter(|(name, _)| is_header_name(name));
    let found = match line {
        Some((name, value)) if header_kind(name.as_bytes()) != HeaderKind::Other => {
            header_value(name.as_bytes(), value.as_bytes(), hidden)
                .map(|value| [name.as_bytes(), b":", &value].concat())
        }
        _ => {
            let (found, count) = text::hide(text.as_bytes(), false, Mask::Word);
            *hidden += count;
            found
        }
    };
    if let Some(found) = found {
        *text = String::from_utf8_lossy(&found).into_owned();
    }
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
}

fn header_list(list: &HeaderList, hidden: &mut usize) -> HeaderList {
    list.iter()
        .map(|header| {
            let value = header_value(header.name, header.value, hidden);
            (header.name, value.unwrap_or_else(|| header.value.to_vec()))
        })
        .collect()
}

/// A header's value without its secrets; `None` when there are none.
fn header_value(name: &[u8], value: &[u8], hidden: &mut usize) -> Option<Vec<u8>> {
    let trimmed = value.trim_ascii_start();
    let (space, value) = value.split_at(value.len() - trimmed.len());
    let mut out = space.to_vec();
    match header_kind(name) {
        HeaderKind::Other => {
            let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
            let mask = match SAFELISTED_BY_VALUE.contains(&lower.as_str()) {
                true => Mask::SameLength,
                false => Mask::Word,
            };
            let (found, count) = text::hide(value, false, mask);
            *hidden += count;
            out.extend_from_slice(&found?);
            return Some(out);
        }
        _ if value.trim_ascii_end().is_empty() => return None,
        HeaderKind::Credentials => {
            if let Some(scheme) = scheme(value) {
                out.extend_from_slice(scheme);
                out.push(b' ');
            }
            out.extend_from_slice(MARK.as_bytes());
        }
        HeaderKind::Cookie => {
            for (place, cookie) in value.split(|byte| *byte == b';').enumerate() {
                if place > 0 {
                    out.push(b';');
                }
                cookie_name(cookie, &mut out);
            }
        }
        HeaderKind::SetCookie => {
            let end = value
                .iter()
                .position(|byte| *byte == b';')
                .unwrap_or(value.len());
            cookie_name(&value[..end], &mut out);
            out.extend_from_slice(&value[end..]);
        }
    }
    *hidden += 1;
    Some(out)
}

/// `name=[redacted]`; a cookie without a name is all value.
fn cookie_name(cookie: &[u8], out: &mut Vec<u8>) {
    if let Some(equals) = cookie.iter().position(|byte| *byte == b'=') {
        out.extend_from_slice(&cookie[..=equals]);
    }
    if !cookie.trim_ascii().is_empty() {
        out.extend_from_slice(MARK.as_bytes());
    }
}

/// `Bearer` of `Bearer x`: which scheme is used is no secret, and helps.
fn scheme(value: &[u8]) -> Option<&[u8]> {
    let space = value.iter().position(|byte| *byte == b' ')?;
    let known = [
        "basic",
        "bearer",
        "digest",
        "dpop",
        "negotiate",
        "ntlm",
        "token",
        "apikey",
        "hawk",
        "oauth",
        "aws4-hmac-sha256",
        "hoba",
        "mutual",
        "vapid",
        "gnap",
    ];
    let scheme = &value[..space];
    known
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known.as_bytes()))
        .then_some(scheme)
}

/// A head as it was written, line by line; a folded line belongs to the header before it.
fn raw_head(head: &[u8], hidden: &mut usize) -> Box<[u8]> {
    let mut out = Vec::with_capacity(head.len());
    let mut secret = false;
    for (place, line) in head.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let (text, end) = line.split_at(text.len());
        let folded = matches!(text.first(), Some(b' ' | b'\t'));
        if folded && secret {
            out.extend_from_slice(b" ");
            out.extend_from_slice(MARK.as_bytes());
        } else if let Some(colon) = text.iter().position(|byte| *byte == b':')
            && place > 0
            && !folded
        {
            let (name, value) = (&text[..colon], &text[colon + 1..]);
            secret = header_kind(name) != HeaderKind::Other;
            out.extend_from_slice(&text[..=colon]);
            match header_value(name, value, hidden) {
                Some(value) => out.extend_from_slice(&value),
                None => out.extend_from_slice(value),
            }
        } else {
            // The request line, or rubbish.
            let (found, count) = text::hide(text, false, Mask::Word);
            *hidden += count;
            out.extend_from_slice(found.as_deref().unwrap_or(text));
        }
        out.extend_from_slice(end);
    }
    out.into_boxed_slice()
}
