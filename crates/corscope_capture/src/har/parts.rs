//! The request and the response of an entry.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use corscope_fetch::exchange::{HttpVersion, ObservedBody, ObservedRequest, ObservedResponse};
use corscope_fetch::header_list::HeaderList;

use super::entry::{URL_LIMIT, number, string};
use super::import::ImportOptions;
use super::lexer::{LexFault, Lexer};
use super::messages::whole_quads;

/// A longer header is cut: no server or browser takes it.
const HEADER_LIMIT: usize = 1 << 20;

#[derive(Default)]
pub(super) struct ReadRequest {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) cookies_listed: bool,
    version: HttpVersion,
    header_list: HeaderList,
    body: ObservedBody,
    body_size: Option<u64>,
}

impl ReadRequest {
    pub(super) fn into_observed(self) -> ObservedRequest {
        let mut body = self.body;
        if body.bytes.is_empty() {
            body.len = self.body_size.unwrap_or(0);
        }
        ObservedRequest {
            method: self.method,
            url: self.url,
            version: self.version,
            header_list: self.header_list,
            raw_head: None,
            body,
        }
    }
}

#[derive(Default)]
pub(super) struct ReadResponse {
    pub(super) error: Option<String>,
    pub(super) from_service_worker: bool,
    status: u16,
    reason: Vec<u8>,
    version: HttpVersion,
    header_list: HeaderList,
    body: ObservedBody,
    body_size: Option<u64>,
}

impl ReadResponse {
    /// `None` when there was none: HARs say so with the status 0.
    pub(super) fn into_observed(self) -> Option<ObservedResponse> {
        if self.status == 0 {
            return None;
        }
        let mut body = self.body;
        if body.len == 0 {
            body.len = self.body_size.unwrap_or(0);
        }
        Some(ObservedResponse {
            status: self.status,
            reason: self.reason,
            version: self.version,
            header_list: self.header_list,
            body,
            ..ObservedResponse::default()
        })
    }
}

pub(super) fn request(
    lexer: &mut Lexer,
    options: ImportOptions,
) -> Result<Option<ReadRequest>, LexFault> {
    let mut request = ReadRequest::default();
    if !lexer.open(b'{')? {
        return Ok(None);
    }
    while let Some(key) = lexer.key()? {
        match key {
            b"method" => request.method = string(lexer, 256)?.unwrap_or_default(),
            b"url" => {
                request.url = string(lexer, URL_LIMIT)?.unwrap_or_default();
                if let Some(fragment) = request.url.find('#') {
                    request.url.truncate(fragment);
                }
            }
            b"httpVersion" => request.version = version(lexer)?,
            b"headers" => request.header_list = headers(lexer)?,
            b"cookies" => request.cookies_listed = any(lexer)?,
            b"postData" => request.body = post_data(lexer, options)?,
            b"bodySize" => request.body_size = size(lexer)?,
            _ => lexer.skip_value()?,
        }
    }
    Ok(Some(request))
}

pub(super) fn response(
    lexer: &mut Lexer,
    options: ImportOptions,
) -> Result<Option<ReadResponse>, LexFault> {
    let mut response = ReadResponse::default();
    if !lexer.open(b'{')? {
        return Ok(None);
    }
    while let Some(key) = lexer.key()? {
        match key {
            b"status" => {
                let status = number(lexer)?.and_then(|status| u16::try_from(status).ok());
                response.status = status.unwrap_or(0);
            }
            b"statusText" => {
                let text = lexer.text(4 << 10)?;
                response.reason = text.map(|text| text.bytes.to_vec()).unwrap_or_default();
            }
            b"httpVersion" => response.version = version(lexer)?,
            b"headers" => response.header_list = headers(lexer)?,
            b"content" => response.body = content(lexer, options)?,
            b"bodySize" => response.body_size = size(lexer)?,
            b"_error" | b"_failureText" => response.error = string(lexer, 1024)?,
            b"_fetchedViaServiceWorker" => {
                response.from_service_worker = lexer.peek()? == b't';
                lexer.skip_value()?;
            }
            _ => lexer.skip_value()?,
        }
    }
    Ok(Some(response))
}

/// `[{name, value}]`, or `{name: value}` as some tools write it; pseudo-headers are left out.
fn headers(lexer: &mut Lexer) -> Result<HeaderList, LexFault> {
    let mut list = HeaderList::with_capacity(20, 1000);
    if lexer.peek()? == b'{' {
        lexer.open(b'{')?;
        while let Some(key) = lexer.key()? {
            let name = key.to_vec();
            if let Some(value) = lexer.text(HEADER_LIMIT)? {
                push(&mut list, &name, value.bytes);
            }
        }
        return Ok(list);
    }
    if !lexer.open(b'[')? {
        return Ok(list);
    }
    let (mut name, mut value) = (Vec::with_capacity(64), Vec::new());
    while lexer.more()? {
        if !lexer.open(b'{')? {
            continue;
        }
        name.clear();
        value.clear();
        let (mut named, mut pushed) = (false, false);
        while let Some(key) = lexer.key()? {
            match key {
                b"name" => {
                    if let Some(text) = lexer.text(HEADER_LIMIT)? {
                        named = true;
                        name.extend_from_slice(text.bytes);
                    }
                }
                // Nearly always the name stands first, so that the value needs no copy.
                b"value" => {
                    if let Some(text) = lexer.text(HEADER_LIMIT)? {
                        if named {
                            push(&mut list, &name, text.bytes);
                            pushed = true;
                        } else {
                            value.extend_from_slice(text.bytes);
                        }
                    }
                }
                _ => lexer.skip_value()?,
            }
        }
        if named && !pushed {
            push(&mut list, &name, &value);
        }
    }
    Ok(list)
}

fn push(list: &mut HeaderList, name: &[u8], value: &[u8]) {
    if name.first() != Some(&b':') && !name.is_empty() {
        list.push(name, value);
    }
}

fn version(lexer: &mut Lexer) -> Result<HttpVersion, LexFault> {
    let Some(text) = lexer.text(32)? else {
        return Ok(HttpVersion::default());
    };
    let text = text.bytes.to_ascii_lowercase();
    let number = text.strip_prefix(b"http/").unwrap_or(&text);
    Ok(match number {
        [b'2', ..] | [b'h', b'2', ..] | [b's', b'p', b'd', b'y', ..] => HttpVersion::Http2,
        [b'3', ..] | [b'h', b'3', ..] | [b'q', b'u', b'i', b'c', ..] => HttpVersion::Http3,
        b"1.0" => HttpVersion::Http10,
        _ => HttpVersion::Http11,
    })
}

fn size(lexer: &mut Lexer) -> Result<Option<u64>, LexFault> {
    Ok(number(lexer)?.and_then(|size| u64::try_from(size).ok()))
}

/// Whether an array has anything in it.
fn any(lexer: &mut Lexer) -> Result<bool, LexFault> {
    if !lexer.open(b'[')? {
        return Ok(false);
    }
    let depth = lexer.depth() - 1;
    let any = lexer.more()?;
    if any {
        lexer.skip_to_depth(depth)?;
    }
    Ok(any)
}

/// A text as it stands in a HAR, and how it is written.
#[derive(Default)]
struct Written {
    text: Vec<u8>,
    left_out: u64,
    base64: bool,
    size: Option<u64>,
}

impl Written {
    fn text(&mut self, lexer: &mut Lexer, options: ImportOptions) -> Result<(), LexFault> {
        // Base64 is a third longer than what it stands for, and is told of only afterwards.
        let limit = options.body_limit / 3 * 4 + 4;
        if let Some(text) = lexer.text(limit)? {
            self.text.extend_from_slice(text.bytes);
            self.left_out = text.left_out;
        }
        Ok(())
    }

    fn encoding(&mut self, lexer: &mut Lexer) -> Result<(), LexFault> {
        self.base64 = lexer.text(32)?.is_some_and(|text| text.bytes == b"base64");
        Ok(())
    }

    fn into_body(self, options: ImportOptions) -> ObservedBody {
        let written = self.text.len() as u64 + self.left_out;
        let (mut bytes, mut len) = (self.text, written);
        if self.base64
            && let Ok(decoded) = STANDARD.decode(whole_quads(&bytes))
        {
            len = match self.left_out {
                0 => decoded.len() as u64,
                _ => written / 4 * 3,
            };
            bytes = decoded;
        }
        let whole = self.left_out == 0 && bytes.len() <= options.body_limit;
        bytes.truncate(options.body_limit);
        if !whole || bytes.is_empty() {
            len = self
                .size
                .unwrap_or(len)
                .max(bytes.len() as u64 + u64::from(!whole));
        }
        ObservedBody { bytes, len }
    }
}

fn content(lexer: &mut Lexer, options: ImportOptions) -> Result<ObservedBody, LexFault> {
    let mut written = Written::default();
    if !lexer.open(b'{')? {
        return Ok(ObservedBody::default());
    }
    while let Some(key) = lexer.key()? {
        match key {
            b"text" => written.text(lexer, options)?,
            b"encoding" => written.encoding(lexer)?,
            b"size" => written.size = size(lexer)?,
            _ => lexer.skip_value()?,
        }
    }
    Ok(written.into_body(options))
}

fn post_data(lexer: &mut Lexer, options: ImportOptions) -> Result<ObservedBody, LexFault> {
    let mut written = Written::default();
    let mut form = Vec::new();
    if !lexer.open(b'{')? {
        return Ok(ObservedBody::default());
    }
    while let Some(key) = lexer.key()? {
        match key {
            b"text" => written.text(lexer, options)?,
            b"encoding" | b"_encoding" => written.encoding(lexer)?,
            b"params" => form = params(lexer, options)?,
            _ => lexer.skip_value()?,
        }
    }
    if written.text.is_empty() && written.left_out == 0 {
        written.text = form;
    }
    Ok(written.into_body(options))
}

/// A form's fields, written as a form again.
fn params(lexer: &mut Lexer, options: ImportOptions) -> Result<Vec<u8>, LexFault> {
    let mut form = Vec::new();
    if !lexer.open(b'[')? {
        return Ok(form);
    }
    while lexer.more()? {
        if form.len() >= options.body_limit || !lexer.open(b'{')? {
            if form.len() >= options.body_limit {
                lexer.skip_value()?;
            }
            continue;
        }
        let (mut name, mut value) = (String::new(), String::new());
        while let Some(key) = lexer.key()? {
            match key {
                b"name" => name = string(lexer, options.body_limit)?.unwrap_or_default(),
                b"value" => value = string(lexer, options.body_limit)?.unwrap_or_default(),
                _ => lexer.skip_value()?,
            }
        }
        if !form.is_empty() {
            form.push(b'&');
        }
        form.extend_from_slice(format!("{name}={value}").as_bytes());
    }
    Ok(form)
}
