//! Reads an HTTP/1 response head as browsers do: lenient where they are, and noting each place
//! where they are so, because what one browser forgives another may not.

use std::borrow::Cow;
use std::ops::Range;

use corscope_fetch::HeaderList;
use memchr::memchr;

use super::error::HeadFault;
use super::request::is_token;
use super::response::{HeadOddity, OddityKind, Version};

/// Header lines that a response has most often at most.
const USUAL_LINES: usize = 16;

/// Bytes of junk that browsers skip before `HTTP`.
const LEADING_BYTES: usize = 4;

/// A head, read.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) version: Version,
    pub(crate) status: u16,
    pub(crate) reason: Vec<u8>,
    pub(crate) header_list: HeaderList,
    pub(crate) oddities: Vec<HeadOddity>,
}

/// Why a head was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeadRejected {
    Fault(HeadFault),
    TooManyLines,
}

/// Finds where a head ends, in bytes that come piece by piece.
#[derive(Debug, Default)]
pub(crate) struct HeadEnd {
    /// Where the line being read begins.
    line_start: usize,
    /// All before this was looked at.
    looked_at: usize,
    /// Whether a status line (anything but leading empty lines) was seen.
    begun: bool,
}

impl HeadEnd {
    /// The length of the head including its empty line, once `bytes` holds all of it.
    pub(crate) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(length) = memchr(b'\n', &bytes[self.looked_at..]) {
            let line = &bytes[self.line_start..self.looked_at + length];
            self.looked_at += length + 1;
            self.line_start = self.looked_at;
            let empty = matches!(line, b"" | b"\r");
            if empty && self.begun {
                return Some(self.line_start);
            }
            self.begun |= !empty || self.line_start > LEADING_BYTES;
        }
        self.looked_at = bytes.len();
        None
    }
}

/// Whether `bytes`, the beginning of an answer, can still become a response head. `None`: too few
/// to tell.
pub(crate) fn begins_as_http(bytes: &[u8]) -> Option<bool> {
    match status_line_start(bytes) {
        Some(_) => Some(true),
        None if bytes.len() < LEADING_BYTES + 4 => None,
        None => Some(false),
    }
}

fn status_line_start(bytes: &[u8]) -> Option<usize> {
    (0..=LEADING_BYTES).find(|start| {
        bytes
            .get(*start..start + 4)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"HTTP"))
    })
}

/// Reads `head`, which ends with its empty line unless it was cut off.
pub(crate) fn read(head: &[u8], max_lines: usize) -> Result<Head, HeadRejected> {
    let Some(start) = status_line_start(head) else {
        let start = head[..head.len().min(32)].to_vec();
        return Err(HeadRejected::Fault(HeadFault::NotHttp { start }));
    };
    let mut reader = Reader {
        // Of the lines a usual response has; more make it grow.
        header_list: HeaderList::with_capacity(USUAL_LINES, head.len()),
        ..Reader::default()
    };
    if start > 0 {
        reader.note(OddityKind::LeadingBytes, 0, 0..start, None);
    }
    let mut lines = Lines { head, at: start };
    let status_line = lines.next().unwrap_or_default();
    reader.bare_line_feed(head, 0, &status_line);
    let (version, status, reason) = reader.status_line(head, status_line.text)?;
    for (place, line) in lines.enumerate() {
        if line.text.is_empty() {
            break;
        }
        if place == max_lines {
            return Err(HeadRejected::TooManyLines);
        }
        reader.bare_line_feed(head, place + 1, &line);
        reader.header_line(head, place + 1, line.text)?;
    }
    let (header_list, oddities) = reader.finish();
    Ok(Head {
        version,
        status,
        reason,
        header_list,
        oddities,
    })
}

/// Reads trailers: header lines only. What cannot be read is left out.
pub(crate) fn read_trailers(bytes: &[u8]) -> HeaderList {
    let mut reader = Reader::default();
    for (place, line) in (Lines { head: bytes, at: 0 }).enumerate() {
        // A NUL in a trailer harms nobody: browsers drop trailers anyhow.
        let _ = reader.header_line(bytes, place, line.text);
    }
    reader.finish().0
}

/// One line: its text without line end, and the line end's first byte.
#[derive(Clone, Default)]
struct Line {
    text: Range<usize>,
    end: usize,
}

struct Lines<'a> {
    head: &'a [u8],
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let rest = self.head.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        self.at = start + length + 1;
        let text = match &rest[..length] {
            [text @ .., b'\r'] => start..start + text.len(),
            text => start..start + text.len(),
        };
        Some(Line {
            end: start + length,
            text,
        })
    }
}

/// A header whose value may go on in the next line.
struct Pending<'a> {
    name: &'a [u8],
    value: Cow<'a, [u8]>,
}

#[derive(Default)]
struct Reader<'a> {
    header_list: HeaderList,
    oddities: Vec<HeadOddity>,
    pending: Option<Pending<'a>>,
    bare_line_feed_noted: bool,
}

impl<'a> Reader<'a> {
    fn note(&mut self, kind: OddityKind, line: usize, span: Range<usize>, header: Option<usize>) {
        self.oddities.push(HeadOddity {
            kind,
            line,
            span,
            header,
        });
    }

    fn bare_line_feed(&mut self, head: &[u8], place: usize, line: &Line) {
        // Every line of such a head ends so; one note says it.
        if line.end == line.text.end && line.end < head.len() && !self.bare_line_feed_noted {
            self.bare_line_feed_noted = true;
            self.note(
                OddityKind::BareLineFeed,
                place,
                line.end..line.end + 1,
                None,
            );
        }
    }

    fn status_line(
        &mut self,
        head: &[u8],
        span: Range<usize>,
    ) -> Result<(Version, u16, Vec<u8>), HeadRejected> {
        let text = &head[span.clone()];
        refuse_nul(text, 0, span.start)?;
        let after_name = &text[4..];
        let version_length = after_name
            .iter()
            .position(|byte| *byte == b' ')
            .unwrap_or(after_name.len());
        let version = match &after_name[..version_length] {
            [b'/', b'1', b'.', b'1'..=b'9', ..] | [b'/', b'2'..=b'9', b'.', b'0'..=b'9', ..] => {
                Version::Http11
            }
            [b'/', b'0' | b'1', b'.', b'0'..=b'9', ..] => Version::Http10,
            _ => {
                let end = span.start + 4 + version_length;
                self.note(OddityKind::UnreadableVersion, 0, span.start..end, None);
                Version::Http10
            }
        };
        let rest = after_name[version_length..].trim_ascii_start();
        let digits = &rest[..rest.iter().take_while(|byte| byte.is_ascii_digit()).count()];
        let reason = rest[digits.len()..].trim_ascii().to_vec();
        if digits.is_empty() {
            self.note(OddityKind::MissingStatus, 0, span.end..span.end, None);
            return Ok((version, 200, reason));
        }
        let status = digits.iter().try_fold(0_u16, |status, digit| {
            let status = status
                .checked_mul(10)?
                .checked_add(u16::from(digit - b'0'))?;
            (status <= 999).then_some(status)
        });
        match status {
            Some(status) => Ok((version, status, reason)),
            None => {
                let digits = digits[..digits.len().min(32)].to_vec();
                Err(HeadRejected::Fault(HeadFault::StatusOutOfRange { digits }))
            }
        }
    }

    fn header_line(
        &mut self,
        head: &'a [u8],
        place: usize,
        span: Range<usize>,
    ) -> Result<(), HeadRejected> {
        let text = &head[span.clone()];
        refuse_nul(text, place, span.start)?;
        if matches!(text.first(), Some(b' ' | b'\t')) {
            self.continuation(text, place, span);
            return Ok(());
        }
        self.finish_pending();
        let Some(colon) = memchr(b':', text) else {
            self.note(OddityKind::NoColon, place, span, None);
            return Ok(());
        };
        let name_length = text[..colon].trim_ascii_end().len();
        let name = &text[..name_length];
        if name.is_empty() {
            self.note(OddityKind::EmptyName, place, span, None);
            return Ok(());
        }
        if !is_token(name) {
            let name_span = span.start..span.start + name_length;
            self.note(OddityKind::InvalidName, place, name_span, None);
            return Ok(());
        }
        let header = self.header_list.len();
        if name_length < colon {
            let gap = span.start + name_length..span.start + colon;
            self.note(OddityKind::SpaceBeforeColon, place, gap, Some(header));
        }
        let value = &text[colon + 1..];
        self.note_value_bytes(value, place, span.start + colon + 1, header);
        self.pending = Some(Pending {
            name,
            value: Cow::Borrowed(value),
        });
        Ok(())
    }

    fn continuation(&mut self, text: &[u8], place: usize, span: Range<usize>) {
        let header = self.header_list.len();
        match &mut self.pending {
            None => self.note(OddityKind::FoldOfNothing, place, span, None),
            Some(pending) => {
                let value = pending.value.to_mut();
                value.push(b' ');
                value.extend_from_slice(text.trim_ascii_start());
                self.note_value_bytes(text, place, span.start, header);
                self.note(OddityKind::FoldedValue, place, span, Some(header));
            }
        }
    }

    fn note_value_bytes(&mut self, value: &[u8], place: usize, start: usize, header: usize) {
        // Nearly always there is none, and one look over all bytes at once tells so.
        if !value.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
            return;
        }
        // One note of each kind a line tells enough, and keeps a head full of such bytes cheap.
        let mut note_first = |kind, is_odd: fn(&u8) -> bool| {
            if let Some(offset) = value.iter().position(is_odd) {
                self.note(
                    kind,
                    place,
                    start + offset..start + offset + 1,
                    Some(header),
                );
            }
        };
        note_first(OddityKind::LoneCarriageReturn, |byte| *byte == b'\r');
        note_first(OddityKind::ControlByte, |byte| {
            byte.is_ascii_control() && !matches!(byte, b'\r' | b'\t')
        });
    }

    fn finish_pending(&mut self) {
        if let Some(Pending { name, value }) = self.pending.take() {
            self.header_list.push(name, value);
        }
    }

    fn finish(mut self) -> (HeaderList, Vec<HeadOddity>) {
        self.finish_pending();
        (self.header_list, self.oddities)
    }
}

fn refuse_nul(text: &[u8], line: usize, start: usize) -> Result<(), HeadRejected> {
    match memchr(0, text) {
        None => Ok(()),
        Some(at) => Err(HeadRejected::Fault(HeadFault::NulByte {
            line,
            offset: start + at,
        })),
    }
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
