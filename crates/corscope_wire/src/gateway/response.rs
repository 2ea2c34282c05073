//! Writes a response's head for the page: the server's own bytes, but for the lines that say who may
//! read it, and those that name the server's host.

use corscope_fetch::HeaderList;
use corscope_fetch::header_list::trim_http_whitespace;
use memchr::{memchr, memchr_iter};
use tokio::io::AsyncRead;

use super::cookie;
use super::cors::{Cors, Standing};
use super::place::Place;
use crate::client::{self, Framing};
use crate::proxy::buffer::Buffer;
use crate::proxy::http1::body_scan::{BodyScan, Manner};
use crate::proxy::http1::downstream::Downstream;
use crate::proxy::http1::respond::{
    FinalHead, Relayed, Respond, RewriteHead, Trouble, broke, is_event_stream, observed,
};
use crate::proxy::sse::EventStream;

/// What changes a gateway's exchanges, as it is noted in them.
pub(crate) const BY: &str = "gateway";

/// A response on its way through the gateway.
pub(crate) struct Back<'a> {
    pub(crate) place: &'a Place,
    /// The policy; without one the server's own headers stay.
    pub(crate) cors: Option<&'a Cors>,
    pub(crate) origin: Vec<u8>,
    pub(crate) standing: Standing,
}

/// What becomes of a header line.
enum Change {
    Keep,
    Drop,
    Cookie,
    Location,
}

impl RewriteHead for Back<'_> {
    fn rewrite(&self, head: &[u8], out: &mut Vec<u8>) {
        let mut exposable = Vec::new();
        let names_headers = self
            .cors
            .is_some_and(|cors| cors.names_headers(self.standing));
        let mut varies = false;
        let mut dropping = false;
        // All before is in `out`, or left out.
        let mut copied = 0;
        let mut start = memchr(b'\n', head).map_or(head.len(), |end| end + 1);
        let lines = memchr_iter(b'\n', &head[start..]);
        let first = start;
        for end in lines.map(|end| first + end).chain([head.len()]) {
            let line_start = std::mem::replace(&mut start, (end + 1).min(head.len()));
            let line = &head[line_start..end.max(line_start)];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                // The head's end, or where it was cut off.
                out.extend_from_slice(&head[copied..line_start]);
                break;
            }
            let is_folded = matches!(line[0], b' ' | b'\t');
            let change = match (is_folded, dropping) {
                (true, true) => Change::Drop,
                (true, false) => Change::Keep,
                (false, _) => self.change(line, &mut varies),
            };
            dropping = matches!(change, Change::Drop);
            if names_headers && !is_folded && !dropping {
                note_exposable(line, &mut exposable);
            }
            if matches!(change, Change::Keep) {
                continue;
            }
            out.extend_from_slice(&head[copied..line_start]);
            copied = start;
            let colon = memchr(b':', line).unwrap_or(line.len());
            match change {
                Change::Keep | Change::Drop => {}
                Change::Cookie => {
                    out.extend_from_slice(&line[..colon]);
                    out.push(b':');
                    cookie::rewrite(&line[(colon + 1).min(line.len())..], self.place, out);
                    out.extend_from_slice(b"\r\n");
                }
                Change::Location => {
                    let value = trim_http_whitespace(&line[(colon + 1).min(line.len())..]);
                    let moved = std::str::from_utf8(value)
                        .ok()
                        .and_then(|value| self.place.location(value));
                    match moved {
                        None => out.extend_from_slice(&head[line_start..start]),
                        Some(moved) => {
                            for piece in [&line[..colon], b": ", moved.as_bytes(), b"\r\n"] {
                                out.extend_from_slice(piece);
                            }
                        }
                    }
                }
            }
        }
        if !out.ends_with(b"\n") {
            out.extend_from_slice(b"\r\n");
        }
        if let Some(cors) = self.cors {
            cors.write(out, &self.origin, self.standing, &exposable);
            if !varies {
                out.extend_from_slice(b"Vary: Origin\r\n");
            }
        }
        out.extend_from_slice(b"\r\n");
    }
}

impl Back<'_> {
    fn change(&self, line: &[u8], varies: &mut bool) -> Change {
        let is = |name: &[u8]| {
            let rest = line.get(name.len()..).unwrap_or_default();
            line.len() > name.len()
                && line[..name.len()].eq_ignore_ascii_case(name)
                && rest.trim_ascii_start().starts_with(b":")
        };
        match line[0] | 0x20 {
            b'a' if self.cors.is_some() && begins(line, b"access-control-") => Change::Drop,
            b's' if is(b"set-cookie") => Change::Cookie,
            b'l' if is(b"location") => Change::Location,
            b'c' if is(b"content-location") => Change::Location,
            b'v' if is(b"vary") => {
                let names = line.split(|byte| matches!(byte, b',' | b':')).skip(1);
                *varies |= names
                    .map(trim_http_whitespace)
                    .any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"));
                Change::Keep
            }
            _ => Change::Keep,
        }
    }
}

fn begins(line: &[u8], name: &[u8]) -> bool {
    line.get(..name.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// Adds a line's name to what is exposed, where naming it means anything.
fn note_exposable(line: &[u8], names: &mut Vec<u8>) {
    const NEEDLESS: [&[u8]; 9] = [
        b"cache-control",
        b"content-language",
        b"content-length",
        b"content-type",
        b"expires",
        b"last-modified",
        b"pragma",
        b"set-cookie",
        b"set-cookie2",
    ];
    let Some(colon) = memchr(b':', line) else {
        return;
    };
    let name = &line[..colon];
    let is_needless = NEEDLESS
        .iter()
        .any(|needless| needless.eq_ignore_ascii_case(name));
    if is_needless || !client::is_token(name) {
        return;
    }
    if !names.is_empty() {
        names.extend_from_slice(b", ");
    }
    names.extend_from_slice(name);
}

impl Respond<'_> {
    /// Passes on a response whose head was read, with another head.
    pub(crate) async fn relay_rewritten<R, W>(
        &self,
        rewrite: &dyn RewriteHead,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
        read: (FinalHead, Vec<(u16, HeaderList)>),
    ) -> Result<Relayed, Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        let (FinalHead { len, head, framing }, informational) = read;
        let mut scan = match framing {
            Framing::None => BodyScan::Over,
            Framing::Length(length) => BodyScan::length(length),
            Framing::Chunked => BodyScan::chunked(Manner::Lenient, self.limits.response_head),
            Framing::UntilClose => BodyScan::UntilClose,
        };
        let stays_open = client::stays_open(&head, framing);
        let is_sse = is_event_stream(&head);
        // Room for the new lines, and one write for a head and a small body.
        let mut out = Vec::with_capacity(input.len() + 256);
        rewrite.rewrite(&input.as_slice()[..len], &mut out);
        let record = &self.watch.record;
        if record.is_on() {
            let shown = client::read_head(&out, self.limits.header_lines + 8);
            let before = observed(head, informational.clone(), &input.as_slice()[..len]);
            record.edit(|draft| {
                if let Ok(shown) = shown {
                    draft.exchange.response = Some(observed(shown, informational, &out));
                }
                let modified = draft.exchange.modified.get_or_insert_default();
                modified.by.push(BY.to_owned());
                modified.response = Some(before);
            });
        }
        let mut events =
            (is_sse && record.is_on()).then(|| EventStream::new(record.capture().message_bytes));
        let there = &input.as_slice()[len..];
        let fed = scan.feed(there, &mut |piece| {
            record.response_data(piece);
            if let Some(events) = &mut events {
                events.feed(piece, record);
            }
        });
        let (ready, fault) = match fed {
            Ok(used) => (used, None),
            Err(fault) => (there.len(), Some(fault)),
        };
        out.extend_from_slice(&there[..ready]);
        self.write(client, &out).await?;
        input.consume(len + ready);
        if let Some(fault) = fault {
            return Err(broke(&fault, false));
        }
        if !scan.is_over() {
            drop(out);
            self.body(server, input, client, &mut scan, 0, events.as_mut())
                .await?;
        }
        self.trailers(&scan);
        Ok(Relayed {
            stays_open: stays_open && input.is_empty(),
            switched: false,
        })
    }
}
