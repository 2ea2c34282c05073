//! How XHR mends the charset of a Content-Type that a script set for a string body, as its
//! [`send()`](https://xhr.spec.whatwg.org/#the-send()-method) says.

use crate::forbidden::{is_token, is_token_byte};
use crate::header_list::trim_http_whitespace;
use crate::user_agent::UserAgent;

const UTF_8: &[u8] = b"UTF-8";

/// The value that is sent in place of `given`; `None` when it stays as it is.
pub(crate) fn mended(given: &[u8], user_agent: &UserAgent) -> Option<Vec<u8>> {
    if !user_agent.reserializes_content_type {
        return replaced_in_place(given);
    }
    let mut parsed = MimeType::parse(given)?;
    let (_, charset) = parsed
        .parameters
        .iter_mut()
        .find(|(name, _)| name == b"charset")?;
    if charset.eq_ignore_ascii_case(UTF_8) {
        return None;
    }
    *charset = UTF_8.to_vec();
    Some(parsed.serialized())
}

/// A [MIME type](https://mimesniff.spec.whatwg.org/#mime-type).
struct MimeType {
    essence: Vec<u8>,
    parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl MimeType {
    /// [Parses a MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type).
    fn parse(input: &[u8]) -> Option<Self> {
        let essence = crate::safelist::mime_essence(input)?.to_ascii_lowercase();
        let input = trim_http_whitespace(input);
        let mut rest = cut(input, |byte| byte == b';').1;
        let mut parameters: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        while let [b';', after @ ..] = rest {
            let after = skip_white_space(after);
            let (name, after) = cut(after, |byte| matches!(byte, b';' | b'='));
            let name = name.to_ascii_lowercase();
            let [b'=', after @ ..] = after else {
                rest = after;
                continue;
            };
            let value = if let [b'"', quoted @ ..] = after {
                let (value, after) = unquote(quoted);
                rest = cut(after, |byte| byte == b';').1;
                value
            } else {
                let (value, after) = cut(after, |byte| byte == b';');
                rest = after;
                let value = trim_http_whitespace(value);
                if value.is_empty() {
                    continue;
                }
                value.to_vec()
            };
            let is_quotable = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
            let is_new = parameters.iter().all(|(known, _)| *known != name);
            if is_token(&name) && value.iter().all(is_quotable) && is_new {
                parameters.push((name, value));
            }
        }
        Some(Self {
            essence,
            parameters,
        })
    }

    /// [Serializes it](https://mimesniff.spec.whatwg.org/#serialize-a-mime-type).
    fn serialized(&self) -> Vec<u8> {
        let mut text = self.essence.clone();
        for (name, value) in &self.parameters {
            text.push(b';');
            text.extend_from_slice(name);
            text.push(b'=');
            if !value.is_empty() && value.iter().copied().all(is_token_byte) {
                text.extend_from_slice(value);
                continue;
            }
            text.push(b'"');
            for byte in value {
                if matches!(byte, b'"' | b'\\') {
                    text.push(b'\\');
                }
                text.push(*byte);
            }
            text.push(b'"');
        }
        text
    }
}

/// Everything before the first byte that `ends`, and the rest from that byte on.
fn cut(bytes: &[u8], ends: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| ends(*byte));
    bytes.split_at(end.unwrap_or(bytes.len()))
}

fn skip_white_space(bytes: &[u8]) -> &[u8] {
    cut(bytes, |byte| !crate::header_list::is_http_whitespace(byte)).1
}

/// The content of a quoted string whose first quote is gone, and what follows it.
fn unquote(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        index += 1;
        match (byte, bytes.get(index)) {
            (b'"', _) => break,
            (b'\\', Some(escaped)) => {
                value.push(*escaped);
                index += 1;
            }
            (byte, _) => value.push(*byte),
        }
    }
    (value, &bytes[index..])
}

/// Every charset's value replaced, the rest kept byte by byte. The search is for the bare word, as
/// in the browser that does so.
fn replaced_in_place(given: &[u8]) -> Option<Vec<u8>> {
    let mut text = given.to_vec();
    let mut from = 0;
    while let Some((start, end)) = charset_value(&text, from) {
        text.splice(start..end, UTF_8.iter().copied());
        from = start + UTF_8.len();
    }
    (text != given).then_some(text)
}

fn charset_value(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let found = text
            .get(from..)?
            .windows(7)
            .position(|word| word.eq_ignore_ascii_case(b"charset"))?;
        let start = from + found;
        from = start + 7;
        let before = *text.get(start.checked_sub(1)?)?;
        if before > b' ' && before != b';' {
            continue;
        }
        let skip = |at: usize, skipped: fn(u8) -> bool| {
            let rest = text.get(at..).unwrap_or_default();
            at + rest
                .iter()
                .position(|byte| !skipped(*byte))
                .unwrap_or(rest.len())
        };
        let equals = skip(from, |byte| byte <= b' ');
        if text.get(equals) != Some(&b'=') {
            continue;
        }
        let start = skip(equals + 1, |byte| {
            byte <= b' ' || matches!(byte, b'"' | b'\'')
        });
        let end = skip(start, |byte| {
            byte > b' ' && !matches!(byte, b'"' | b'\'' | b';')
        });
        return (end > start).then_some((start, end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent::Browser;

    #[test]
    fn charsets() {
        for (given, standard, in_place) in [
            ("text/plain", None, None),
            (
                "text/plain;charset=utf-8",
                None,
                Some("text/plain;charset=UTF-8"),
            ),
            ("text/plain;charset=UTF-8", None, None),
            (
                "text/plain; x ;CharSet=\"a(b\"; y=1",
                Some("text/plain;charset=UTF-8;y=1"),
                Some("text/plain; x ;CharSet=\"UTF-8\"; y=1"),
            ),
            (
                "Text/Plain;charset=a(;b=c d",
                Some("text/plain;charset=UTF-8;b=\"c d\""),
                Some("Text/Plain;charset=UTF-8;b=c d"),
            ),
            ("text;charset=a", None, Some("text;charset=UTF-8")),
            ("text/plain;charset=", None, None),
            ("text/plain;xcharset=a", None, None),
            ("charset=a", None, None),
            (
                "text/plain;charset=\"a\\\"",
                Some("text/plain;charset=UTF-8"),
                Some("text/plain;charset=\"UTF-8\""),
            ),
        ] {
            for (browser, expected) in [(Browser::Fetch, standard), (Browser::Chromium, in_place)] {
                let found = mended(given.as_bytes(), browser.profile());
                assert_eq!(
                    found.as_deref(),
                    expected.map(str::as_bytes),
                    "{given} {browser}"
                );
            }
        }
    }
}
