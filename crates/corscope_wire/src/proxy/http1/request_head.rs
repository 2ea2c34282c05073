//! Reads an HTTP/1 request head, strictly: what two programs could read in two ways is refused and
//! never re-interpreted, because between the two readings hides another request.

use std::ops::Range;

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::HttpVersion;
use corscope_fetch::header_list::trim_http_whitespace;
use memchr::{memchr, memchr2};

use super::body_scan::{BodyScan, Manner};
use crate::client::is_token;
use crate::proxy::fault::Fault;

/// The header by which a request is known that has passed here before.
pub(crate) const HOP_HEADER: &str = "Corscope-Hop";

/// A header line, as places in the head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) start: usize,
    pub(crate) colon: usize,
    /// The line's end without CR LF.
    pub(crate) end: usize,
    /// Whether it speaks to this proxy only.
    pub(crate) to_proxy: bool,
}

/// A request head, as places in the bytes it was read from. One is used again and again.
#[derive(Debug, Default)]
pub(crate) struct RequestHead {
    /// The head's length, with its empty line.
    pub(crate) len: usize,
    pub(crate) method: Range<usize>,
    pub(crate) target: Range<usize>,
    pub(crate) version: HttpVersion,
    pub(crate) lines: Vec<Line>,
    pub(crate) framing: Framing,
    pub(crate) keep_alive: bool,
    pub(crate) upgrade: Upgrade,
    /// The places of some lines in `lines`.
    pub(crate) host: Option<usize>,
    pub(crate) origin: Option<usize>,
    pub(crate) accept: Option<usize>,
    pub(crate) proxy_authorization: Option<usize>,
    pub(crate) hop: Option<usize>,
}

/// How a request's body ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Framing {
    #[default]
    None,
    Length(u64),
    Chunked,
}

/// What a request wants its connection to become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Upgrade {
    #[default]
    None,
    WebSocket,
    /// Anything else, such as curl's `h2c`, which is not passed on.
    Other,
}

/// Finds where a head ends, in bytes that come piece by piece. Empty lines before it are skipped by
/// [`skip_empty_lines`].
#[derive(Debug, Default)]
pub(crate) struct RequestHeadEnd {
    looked_at: usize,
    line_start: usize,
}

impl RequestHeadEnd {
    /// Whether nothing was looked at yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.looked_at == 0
    }

    pub(crate) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(length) = memchr(b'\n', &bytes[self.looked_at..]) {
            let line = &bytes[self.line_start..self.looked_at + length];
            self.looked_at += length + 1;
            self.line_start = self.looked_at;
            if matches!(line, b"" | b"\r") {
                return Some(self.line_start);
            }
        }
        self.looked_at = bytes.len();
        None
    }
}

/// How many bytes of empty lines stand before the request: old clients send one after a body.
pub(crate) fn skip_empty_lines(bytes: &[u8]) -> usize {
    let mut skipped = 0;
    while bytes[skipped..].starts_with(b"\r\n") {
        skipped += 2;
    }
    skipped
}

fn refuse<T>(code: &'static str, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::bad_request(code, message))
}

impl RequestHead {
    /// Reads `head`, which ends with its empty line.
    pub(crate) fn read(&mut self, head: &[u8], max_lines: usize) -> Result<(), Fault> {
        let lines = std::mem::take(&mut self.lines);
        *self = Self {
            len: head.len(),
            lines,
            ..Self::default()
        };
        self.lines.clear();
        let mut at = self.request_line(head)?;
        let mut seen = Seen::default();
        loop {
            let (end, next) = line_end(head, at)?;
            if end == at {
                break;
            }
            if self.lines.len() == max_lines {
                let message = format!("the request has more than {max_lines} header lines");
                return refuse("request-head-too-large", message);
            }
            self.header_line(head, at, end, &mut seen)?;
            at = next;
        }
        self.conclude(&seen)
    }

    fn request_line(&mut self, head: &[u8]) -> Result<usize, Fault> {
        let (end, next) = line_end(head, 0)?;
        let line = &head[..end];
        let wrong = || {
            Fault::bad_request(
                "request-line",
                "the request line is not \"METHOD target HTTP/1.1\" with single spaces",
            )
        };
        let method_end = memchr(b' ', line).ok_or_else(wrong)?;
        let target_start = method_end + 1;
        let target_end = target_start + memchr(b' ', &line[target_start..]).ok_or_else(wrong)?;
        let target = &line[target_start..target_end];
        let printable = |byte: &u8| *byte > b' ' && *byte != 0x7f;
        if !is_token(&line[..method_end]) || target.is_empty() || !target.iter().all(printable) {
            return Err(wrong());
        }
        self.version = match &line[target_end + 1..] {
            b"HTTP/1.1" => HttpVersion::Http11,
            b"HTTP/1.0" => HttpVersion::Http10,
            version if version.starts_with(b"HTTP/") && version.len() == 8 => {
                return refuse(
                    "http-version",
                    "the version is neither HTTP/1.1 nor HTTP/1.0",
                );
            }
            _ => return Err(wrong()),
        };
        self.method = 0..method_end;
        self.target = target_start..target_end;
        Ok(next)
    }

    fn header_line(
        &mut self,
        head: &[u8],
        start: usize,
        end: usize,
        seen: &mut Seen,
    ) -> Result<(), Fault> {
        let line = &head[start..end];
        if matches!(line[0], b' ' | b'\t') {
            return refuse("folded-header", "a header is folded over two lines");
        }
        let Some(length) = memchr(b':', line) else {
            return refuse("header-line", "a header line has no colon");
        };
        let name = &line[..length];
        if !is_token(name) {
            let message = match name.last() {
                Some(b' ' | b'\t') => "white space stands between a header's name and its colon",
                _ => "a header's name is no token",
            };
            return refuse("header-name", message);
        }
        let value = &line[length + 1..];
        if memchr2(0, b'\r', value).is_some() {
            return refuse(
                "header-value",
                "a header's value holds a bare CR or a NUL byte",
            );
        }
        let place = self.lines.len();
        let mut to_proxy = false;
        // Names of other lengths are none of those looked at.
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => {
                let earlier = self.host.replace(place);
                if earlier.is_some() {
                    return refuse("host", "there is more than one Host header");
                }
            }
            6 if name.eq_ignore_ascii_case(b"origin") => self.origin = Some(place),
            6 if name.eq_ignore_ascii_case(b"accept") => self.accept = Some(place),
            7 if name.eq_ignore_ascii_case(b"upgrade") => seen.upgrade(value),
            10 if name.eq_ignore_ascii_case(b"connection") => seen.connection(value),
            12 if name.eq_ignore_ascii_case(HOP_HEADER.as_bytes()) => {
                self.hop = Some(place);
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => seen.content_length(value)?,
            16 if name.eq_ignore_ascii_case(b"proxy-connection") => {
                seen.connection(value);
                to_proxy = true;
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                seen.transfer_encoding(value)?;
            }
            19 if name.eq_ignore_ascii_case(b"proxy-authorization") => {
                self.proxy_authorization = Some(place);
                to_proxy = true;
            }
            _ => {}
        }
        self.lines.push(Line {
            start,
            colon: start + length,
            end,
            to_proxy,
        });
        Ok(())
    }

    fn conclude(&mut self, seen: &Seen) -> Result<(), Fault> {
        self.framing = match (seen.chunked, seen.length) {
            (true, Some(_)) => {
                return refuse(
                    "length-and-chunked",
                    "there are both Content-Length and Transfer-Encoding",
                );
            }
            (true, None) if self.version == HttpVersion::Http10 => {
                return refuse("transfer-coding", "HTTP/1.0 has no Transfer-Encoding");
            }
            (true, None) => Framing::Chunked,
            (false, Some(0)) | (false, None) => Framing::None,
            (false, Some(length)) => Framing::Length(length),
        };
        if self.host.is_none() && self.version == HttpVersion::Http11 {
            return refuse("host", "there is no Host header");
        }
        self.keep_alive = !seen.close && (self.version == HttpVersion::Http11 || seen.keep_alive);
        self.upgrade = match seen.upgrade {
            Upgrade::Other | Upgrade::WebSocket if self.version == HttpVersion::Http10 => {
                Upgrade::Other
            }
            upgrade => upgrade,
        };
        Ok(())
    }

    /// How its body ends.
    pub(crate) fn body_scan(&self, trailer_bytes: usize) -> BodyScan {
        match self.framing {
            Framing::None => BodyScan::Over,
            Framing::Length(length) => BodyScan::length(length),
            Framing::Chunked => BodyScan::chunked(Manner::Strict, trailer_bytes),
        }
    }

    /// The trimmed value of the line at `place` in `head`.
    pub(crate) fn value<'a>(&self, head: &'a [u8], place: Option<usize>) -> Option<&'a [u8]> {
        let line = self.lines.get(place?)?;
        Some(trim_http_whitespace(&head[line.colon + 1..line.end]))
    }

    /// The headers, without those that speak to this proxy.
    pub(crate) fn header_list(&self, head: &[u8]) -> HeaderList {
        let mut list = HeaderList::with_capacity(self.lines.len(), head.len());
        for line in self.lines.iter().filter(|line| !line.to_proxy) {
            list.push(
                &head[line.start..line.colon],
                &head[line.colon + 1..line.end],
            );
        }
        list
    }
}

/// What the lines that tell of framing and the connection said.
#[derive(Debug, Default)]
struct Seen {
    length: Option<u64>,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    upgrade: Upgrade,
}

impl Seen {
    fn content_length(&mut self, value: &[u8]) -> Result<(), Fault> {
        let digits = trim_http_whitespace(value);
        let number = (!digits.is_empty() && digits.len() < 20)
            .then(|| {
                digits.iter().try_fold(0_u64, |number, digit| {
                    let digit = char::from(*digit).to_digit(10)?;
                    Some(number * 10 + u64::from(digit))
                })
            })
            .flatten();
        let Some(number) = number else {
            return refuse("content-length", "Content-Length is not one decimal number");
        };
        if self.length.replace(number).is_some() {
            return refuse("content-length", "there is more than one Content-Length");
        }
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), Fault> {
        if !trim_http_whitespace(value).eq_ignore_ascii_case(b"chunked") || self.chunked {
            return refuse(
                "transfer-coding",
                "Transfer-Encoding is something else than one \"chunked\"",
            );
        }
        self.chunked = true;
        Ok(())
    }

    fn connection(&mut self, value: &[u8]) {
        for option in value.split(|byte| *byte == b',').map(trim_http_whitespace) {
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    fn upgrade(&mut self, value: &[u8]) {
        let websocket = trim_http_whitespace(value).eq_ignore_ascii_case(b"websocket");
        self.upgrade = if websocket && self.upgrade == Upgrade::None {
            Upgrade::WebSocket
        } else {
            Upgrade::Other
        };
    }
}

/// The line's end without CR LF, and where the next one starts.
fn line_end(head: &[u8], start: usize) -> Result<(usize, usize), Fault> {
    let length = memchr(b'\n', &head[start..]).unwrap_or(head.len() - start);
    match start + length {
        end if length > 0 && end < head.len() && head[end - 1] == b'\r' => Ok((end - 1, end + 1)),
        _ => refuse("bare-line-feed", "a line ends with LF alone"),
    }
}

#[cfg(test)]
#[path = "request_head_tests.rs"]
mod tests;
