//! Making foreign bytes safe to print: a server must not move the reader's cursor, colour the
//! terminal, or reverse the direction of a line.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::secrets::{masked, masked_bytes};

/// How one byte of a header is shown.
pub(super) fn push_byte(out: &mut String, byte: u8) {
    match byte {
        b' '..=b'~' => out.push(char::from(byte)),
        b'\t' => out.push_str("\\t"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        _ => {
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
}

/// Bytes of a message: printable ASCII as it is, all else escaped, passwords in URLs masked.
pub(super) fn bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in masked_bytes(bytes).iter() {
        push_byte(&mut out, *byte);
    }
    out
}

/// Text from a rule, a browser or a script: as it is where each character is one column wide and
/// harmless, else escaped; passwords in URLs masked. Without `unicode` typographic signs have their ASCII likeness.
pub(super) fn text(text: &str, unicode: bool) -> Cow<'_, str> {
    let text = masked(text);
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            ' '..='~' => out.push(character),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            _ if unicode && is_plain(character) => out.push(character),
            _ => match likeness(character) {
                Some(ascii) if !unicode => out.push_str(ascii),
                _ => {
                    let _ = write!(out, "\\u{{{:X}}}", u32::from(character));
                }
            },
        }
    }
    Cow::Owned(out)
}

/// Whether a character is visible, one column wide, and read from left to right.
const fn is_plain(character: char) -> bool {
    matches!(character, '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{FF}') || likeness(character).is_some()
}

/// What stands for a typographic sign in ASCII.
const fn likeness(character: char) -> Option<&'static str> {
    Some(match character {
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        '–' | '—' => "-",
        '…' => "...",
        '→' => "->",
        '←' => "<-",
        '•' | '·' => "*",
        '≥' => ">=",
        '≤' => "<=",
        '×' => "x",
        _ => return None,
    })
}

/// How many columns printable text takes.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// Printable text of at most `limit` columns, its middle left out if it must be.
pub(super) fn elide(text: &str, limit: usize, unicode: bool) -> Cow<'_, str> {
    let columns = width(text);
    if columns <= limit {
        return Cow::Borrowed(text);
    }
    let dots = if unicode { "…" } else { "..." };
    if limit < 48 {
        let tail = limit / 4;
        let head = limit.saturating_sub(tail + width(dots));
        let start: String = text.chars().take(head).collect();
        let end: String = text.chars().skip(columns - tail).collect();
        return Cow::Owned(format!("{start}{dots}{end}"));
    }
    // No spaces: it must not be broken.
    let room = limit.saturating_sub(width(dots) * 2 + 10);
    let head = room * 2 / 3;
    let tail = room - head;
    let left_out = columns - head - tail;
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(columns - tail).collect();
    Cow::Owned(format!("{start}{dots}[+{left_out}]{dots}{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_a_terminal_would_obey_are_escaped() {
        assert_eq!(
            bytes(b"\x1b[31mred\x07\x9b2J\t\r\n\x00\xff~"),
            "\\x1B[31mred\\x07\\x9B2J\\t\\r\\n\\x00\\xFF~"
        );
    }

    #[test]
    fn text_keeps_quotes_and_letters_and_escapes_the_invisible() {
        assert_eq!(text("“é”", true), "“é”");
        assert_eq!(text("“é” …", false), "\"\\u{E9}\" ...");
        assert_eq!(
            text("a\u{202E}b\u{200B}\u{1B}[0m\u{85}\u{AD}", true),
            "a\\u{202E}b\\u{200B}\\u{1B}[0m\\u{85}\\u{AD}"
        );
        assert_eq!(text("日", true), "\\u{65E5}");
    }

    #[test]
    fn elided_text_fits_and_keeps_both_ends() {
        let long = format!("https://a.test/{}end", "x".repeat(500));
        let short = elide(&long, 80, true);
        assert!(width(&short) <= 80, "{short}");
        assert!(short.starts_with("https://a.test/") && short.ends_with("end"));
        assert!(short.contains("[+"));
        assert_eq!(elide("abc", 80, true), "abc");
        assert_eq!(elide("abcdefghijklmno", 12, false), "abcdef...mno");
    }
}
