//! Secrets in text of any kind: URLs, forms, JSON, also cut off, also JSON inside JSON.

use super::names::is_secret;

/// What stands in place of a secret.
pub const MARK: &str = "[redacted]";

/// What replaces a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mask {
    /// [`MARK`].
    Word,
    /// As many asterisks: where the length decides a verdict.
    SameLength,
}

/// Hides what is found and counts it.
pub(super) struct Search<'a> {
    text: &'a [u8],
    at: usize,
    copied: usize,
    out: Vec<u8>,
    mask: Mask,
    pub(super) hidden: usize,
}

/// The text without secrets, and how many there were; `form` when it is all `name=value&…`.
pub(super) fn hide(text: &[u8], form: bool, mask: Mask) -> (Option<Vec<u8>>, usize) {
    let mut search = Search {
        text,
        at: 0,
        copied: 0,
        out: Vec::new(),
        mask,
        hidden: 0,
    };
    if form {
        search.pair(0);
    }
    while let Some(byte) = search.text.get(search.at) {
        match byte {
            b'"' | b'\'' => search.quoted_name(*byte),
            b'?' | b'&' | b'#' => search.pair(search.at + 1),
            b':' if search.text[search.at..].starts_with(b"://") => search.user_name(),
            b'e' if search.text[search.at..].starts_with(b"eyJ") => search.web_token(),
            _ => search.at += 1,
        }
    }
    if search.hidden == 0 {
        return (None, 0);
    }
    search.out.extend_from_slice(&text[search.copied..]);
    (Some(search.out), search.hidden)
}

impl Search<'_> {
    /// Leaves `start..end` out.
    fn hide(&mut self, start: usize, end: usize) {
        self.at = end;
        if start >= end || start < self.copied {
            return;
        }
        self.out.extend_from_slice(&self.text[self.copied..start]);
        match self.mask {
            Mask::Word => self.out.extend_from_slice(MARK.as_bytes()),
            Mask::SameLength => self.out.resize(self.out.len() + end - start, b'*'),
        }
        self.copied = end;
        self.hidden += 1;
    }

    fn end_of(&self, start: usize, stops: impl Fn(u8) -> bool) -> usize {
        let rest = &self.text[start.min(self.text.len())..];
        let length = rest.iter().position(|byte| stops(*byte));
        start.min(self.text.len()) + length.unwrap_or(rest.len())
    }

    /// `name=value`, as in queries and forms; the name may be percent-encoded.
    fn pair(&mut self, start: usize) {
        self.at = start;
        let name_end = self.end_of(start, |byte| {
            !(byte.is_ascii_alphanumeric() || b"-_.[]%+".contains(&byte))
        });
        if self.text.get(name_end) != Some(&b'=') || name_end == start {
            return;
        }
        let name = percent_decoded(&self.text[start..name_end]);
        self.at = name_end + 1;
        if is_secret(&name) {
            let end = self.end_of(name_end + 1, |byte| {
                byte.is_ascii_whitespace() || b"&#\"'<>;\\`".contains(&byte)
            });
            self.hide(name_end + 1, end);
        }
    }

    /// `"name": value`, as in JSON and what resembles it.
    fn quoted_name(&mut self, quote: u8) {
        let start = self.at + 1;
        self.at = start;
        let end = self.end_of(start, |byte| byte == quote || byte == b'\n');
        if end - start > 128 || self.text.get(end) != Some(&quote) {
            return;
        }
        // JSON inside a JSON string: its quotes are escaped.
        let name = &self.text[start..end];
        let name = name.strip_suffix(b"\\").unwrap_or(name);
        if !is_secret(&String::from_utf8_lossy(name)) {
            return;
        }
        let colon = self.end_of(end + 1, |byte| !byte.is_ascii_whitespace());
        if self.text.get(colon) != Some(&b':') {
            return;
        }
        let value = self.end_of(colon + 1, |byte| !byte.is_ascii_whitespace());
        let (inner, outer) = self.value(value);
        self.hide(inner.0, inner.1);
        self.at = outer;
    }

    /// What of a value is hidden, and where it ends.
    fn value(&self, start: usize) -> ((usize, usize), usize) {
        let escaped = self.text.get(start) == Some(&b'\\');
        let open = start + usize::from(escaped);
        match self.text.get(open) {
            Some(quote @ (b'"' | b'\'')) => {
                let end = self.string_end(open + 1, *quote, escaped);
                let after = end + 1 + usize::from(escaped);
                ((open + 1, end), after.min(self.text.len()))
            }
            Some(b'{' | b'[') => {
                let end = self.nest_end(open);
                ((open, end), end)
            }
            _ => {
                let end = self.end_of(open, |byte| {
                    byte.is_ascii_whitespace() || b",}]\\\"';".contains(&byte)
                });
                match &self.text[open..end] {
                    b"null" | b"true" | b"false" => ((end, end), end),
                    _ => ((open, end), end),
                }
            }
        }
    }

    fn string_end(&self, start: usize, quote: u8, escaped: bool) -> usize {
        let mut at = start;
        while let Some(byte) = self.text.get(at) {
            match byte {
                b'\\' if escaped && self.text.get(at + 1) == Some(&quote) => return at,
                b'\\' => at += 2,
                _ if *byte == quote => return at,
                _ => at += 1,
            }
        }
        self.text.len()
    }

    fn nest_end(&self, open: usize) -> usize {
        let (mut depth, mut at) = (0usize, open);
        while let Some(byte) = self.text.get(at) {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b'"' => at = self.string_end(at + 1, b'"', false),
                _ => {}
            }
            at += 1;
            if depth == 0 {
                break;
            }
        }
        at.min(self.text.len())
    }

    /// `scheme://user:password@host`.
    fn user_name(&mut self) {
        let start = self.at + 3;
        let end = self.end_of(start, |byte| {
            byte.is_ascii_whitespace() || b"/?#\"'<>\\,".contains(&byte)
        });
        self.at = start;
        if let Some(at_sign) = self.text[start..end].iter().rposition(|byte| *byte == b'@') {
            self.hide(start, start + at_sign);
        }
    }

    /// A JSON Web Token, whatever its name: `eyJ….….…`.
    fn web_token(&mut self) {
        let start = self.at;
        self.at += 3;
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if start > 0 && letter(self.text[start - 1]) {
            return;
        }
        let end = self.end_of(start, |byte| !letter(byte) && byte != b'.');
        let dots = self.text[start..end]
            .iter()
            .filter(|byte| **byte == b'.')
            .count();
        if dots >= 2 && end - start >= 20 {
            self.hide(start, end);
        }
    }
}

fn percent_decoded(name: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                decoded.push(byte);
                rest = &after[2..];
            }
            _ => decoded.push(*first),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
