//! Writes a request's head for the server: the client's own bytes, but for the lines that say where
//! it comes from and goes to.

use corscope_fetch::header_list::trim_http_whitespace;

use super::cors::Standing;
use super::front::Front;
use super::place::Place;
use crate::proxy::http1::request_head::{HOP_HEADER, RequestHead, Upgrade};

/// A request on its way through the gateway.
pub(crate) struct Onward<'a> {
    pub(crate) front: &'a Front,
    pub(crate) place: &'a Place,
    pub(crate) standing: Standing,
    /// The host that the client asked for.
    pub(crate) host: &'a [u8],
    /// Tells requests that passed here before.
    pub(crate) nonce: &'a str,
}

impl Onward<'_> {
    /// Appends the head to `out`.
    pub(crate) fn compose(&self, bytes: &[u8], head: &RequestHead, out: &mut Vec<u8>) {
        let target = &self.place.target;
        out.extend_from_slice(&bytes[head.method.clone()]);
        out.push(b' ');
        match &bytes[head.target.clone()] {
            b"*" => out.push(b'*'),
            path => self.place.write_there(path, out),
        }
        let mut copied = head.target.end;
        for (place, line) in head.lines.iter().enumerate() {
            let name = &bytes[line.start..line.colon];
            let change = if line.to_proxy {
                Some(Change::Drop)
            } else if Some(place) == head.host {
                (!self.front.keep_host).then_some(Change::Value(target.authority.as_bytes()))
            } else {
                self.change(name, &bytes[line.colon + 1..line.end], head)
            };
            let Some(change) = change else {
                continue;
            };
            out.extend_from_slice(&bytes[copied..line.start]);
            copied = line.end + 2;
            let value: [&[u8]; 2] = match change {
                Change::Drop => continue,
                Change::Value(value) => [value, b""],
                Change::Referer(path) => [target.origin.as_bytes(), path],
            };
            for piece in [name, b": ", value[0], value[1], b"\r\n"] {
                out.extend_from_slice(piece);
            }
        }
        out.extend_from_slice(&bytes[copied..head.len - 2]);
        for piece in [HOP_HEADER, ": ", self.nonce, "\r\n\r\n"] {
            out.extend_from_slice(piece.as_bytes());
        }
    }

    fn change<'b>(
        &'b self,
        name: &[u8],
        value: &'b [u8],
        head: &RequestHead,
    ) -> Option<Change<'b>> {
        // Names of other lengths are none of those looked at.
        match name.len() {
            6 if name.eq_ignore_ascii_case(b"origin") => self
                .standing
                .is_trusted()
                .then_some(Change::Value(self.place.target.origin.as_bytes())),
            7 if name.eq_ignore_ascii_case(b"referer") => {
                let (origin, path) = split_url(trim_http_whitespace(value))?;
                let standing = self.front.cors.standing(Some(origin), self.host);
                standing.is_trusted().then_some(Change::Referer(path))
            }
            14 if name.eq_ignore_ascii_case(b"sec-fetch-site") => {
                let is_cross = value.ends_with(b"cross-site") || value.ends_with(b"same-site");
                (is_cross && self.standing.is_trusted()).then_some(Change::Value(b"same-origin"))
            }
            7 if head.upgrade == Upgrade::Other && name.eq_ignore_ascii_case(b"upgrade") => {
                Some(Change::Drop)
            }
            10 if head.upgrade == Upgrade::Other && name.eq_ignore_ascii_case(b"connection") => {
                Some(Change::Drop)
            }
            14 if head.upgrade == Upgrade::Other
                && name.eq_ignore_ascii_case(b"http2-settings") =>
            {
                Some(Change::Drop)
            }
            _ => None,
        }
    }
}

/// What becomes of a header line.
enum Change<'a> {
    Drop,
    /// Its value becomes this one.
    Value(&'a [u8]),
    /// Its value becomes the server's origin and this path.
    Referer(&'a [u8]),
}

/// The origin of a URL, and what follows it.
fn split_url(url: &[u8]) -> Option<(&[u8], &[u8])> {
    let authority = url.windows(3).position(|window| window == b"://")? + 3;
    let length = url[authority..]
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
        .unwrap_or(url.len() - authority);
    Some(url.split_at(authority + length))
}

/// Whether the request passed here before.
pub(crate) fn is_loop(bytes: &[u8], head: &RequestHead, nonce: &str) -> bool {
    // Each gateway on the way adds a line of its own.
    head.hop.is_some()
        && head.lines.iter().any(|line| {
            bytes[line.start..line.colon].eq_ignore_ascii_case(HOP_HEADER.as_bytes())
                && trim_http_whitespace(&bytes[line.colon + 1..line.end]) == nonce.as_bytes()
        })
}

/// Whether it is a [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request).
/// A plain `OPTIONS` is the server's.
pub(crate) fn is_preflight(bytes: &[u8], head: &RequestHead) -> bool {
    &bytes[head.method.clone()] == b"OPTIONS"
        && head.origin.is_some()
        && head.lines.iter().any(|line| {
            bytes[line.start..line.colon].eq_ignore_ascii_case(b"access-control-request-method")
        })
}
