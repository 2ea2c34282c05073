//! A header line, as curl takes it after `-H`.

use std::ops::Range;

use super::error::{InputError, quoted};
use super::method::is_token_char;

/// What a line after `-H` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// `Name: value`, or `Name;` for an empty value.
    Set(String, String),
    /// `Name:`, with which curl leaves out a header it would send by itself.
    Remove(String),
    /// `:authority: …`, which is no header but a part of an HTTP/2 request line.
    Pseudo(String, String),
}

/// Reads `Name: value`; `Name;` is an empty value.
///
/// # Errors
/// When `text` is no header line, or asks to remove a header.
pub fn header(place: &str, text: &str) -> Result<(String, String), InputError> {
    match line(place, text)? {
        Line::Set(name, value) => Ok((name, value)),
        Line::Remove(name) => Err(InputError::new(
            place,
            format!(
                "{} has no value; to curl this means: do not send {name}",
                quoted(text)
            ),
            format!("write '{name};' for an empty value; what you do not name is not set anyway"),
        )),
        Line::Pseudo(name, _) => Err(InputError::new(
            place,
            format!(
                "{} is a part of the HTTP/2 request line, not a header",
                quoted(&name)
            ),
            "leave it out: it follows from the URL and the method",
        )),
    }
}

/// Reads what curl takes after `-H`.
pub(super) fn line(place: &str, text: &str) -> Result<Line, InputError> {
    super::check_length(place, text)?;
    if let Some(file) = text.strip_prefix('@') {
        let problem = format!("headers from the file {} are not read", quoted(file));
        return Err(InputError::new(
            place,
            problem,
            "write the headers out, one -H each",
        ));
    }
    if text.starts_with(':')
        && let Some((name, value)) = text[1..].split_once(':')
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return Ok(Line::Pseudo(format!(":{name}"), value.trim().to_owned()));
    }
    let Some(colon) = text.find(':') else {
        return match text.strip_suffix(';') {
            Some(name) => {
                check_name(place, text, 0..name.len())?;
                Ok(Line::Set(name.to_owned(), String::new()))
            }
            None => Err(InputError::new(
                place,
                format!("{} has no colon", quoted(text)),
                "write 'Name: value', or 'Name;' for an empty value",
            )
            .with_excerpt(text, text.len()..text.len())),
        };
    };
    let name = &text[..colon];
    check_name(place, text, 0..colon)?;
    let value = trim_blanks(&text[colon + 1..]);
    if value.is_empty() {
        return Ok(Line::Remove(name.to_owned()));
    }
    let at = colon + 1 + leading_blanks(&text[colon + 1..]);
    check_value(place, text, at..at + value.len())?;
    Ok(Line::Set(name.to_owned(), value.to_owned()))
}

/// Checks a name and a value that came apart, as from a script, and trims the value as the
/// [standard normalizes it](https://fetch.spec.whatwg.org/#concept-header-value-normalize).
pub(super) fn pair(place: &str, name: &str, value: &str) -> Result<(String, String), InputError> {
    check_name(place, name, 0..name.len())?;
    let value = value.trim_matches(['\t', '\n', '\r', ' ']);
    check_value(place, value, 0..value.len())?;
    Ok((name.to_owned(), value.to_owned()))
}

fn trim_blanks(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn leading_blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

fn check_name(place: &str, source: &str, span: Range<usize>) -> Result<(), InputError> {
    let name = &source[span.clone()];
    let mend = "write 'Name: value'; names are letters, digits and !#$%&'*+-.^_`|~ only";
    if name.is_empty() {
        return Err(InputError::new(place, "the header's name is empty", mend)
            .with_excerpt(source, span.start..span.start));
    }
    let Some(at) = name.find(|c| !is_token_char(c)) else {
        return Ok(());
    };
    let found: String = name[at..].chars().take(1).collect();
    let at = span.start + at;
    let problem = format!(
        "{} is no header name: {} may not stand in one",
        quoted(name),
        quoted(&found)
    );
    Err(InputError::new(place, problem, mend).with_excerpt(source, at..at + found.len()))
}

/// A value is bytes, each a code point up to U+00FF, without NUL, CR and LF.
fn check_value(place: &str, source: &str, span: Range<usize>) -> Result<(), InputError> {
    let value = &source[span.clone()];
    let Some((at, found)) = value
        .char_indices()
        .find(|(_, c)| matches!(c, '\0' | '\r' | '\n') || *c > '\u{ff}')
    else {
        return Ok(());
    };
    let (problem, mend) = match found {
        '\0' => (
            "a header value may not contain NUL".to_owned(),
            "take it out",
        ),
        '\r' | '\n' => (
            "a header value may not contain a line break; fetch() throws a TypeError".to_owned(),
            "take it out; a second header is a second -H, or a second entry of `headers`",
        ),
        _ => (
            format!(
                "{} (U+{:04X}) is above U+00FF; fetch() throws a TypeError",
                quoted(&found.to_string()),
                u32::from(found)
            ),
            "encode the value, with encodeURIComponent() or base64 say",
        ),
    };
    let at = span.start + at;
    Err(InputError::new(place, problem, mend).with_excerpt(source, at..at + found.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_lines_are_read_as_curl_does() {
        for (text, name, value) in [
            ("X-Foo: 1", "X-Foo", "1"),
            ("x-foo:1", "x-foo", "1"),
            ("X-Foo: \t a: b; c \t", "X-Foo", "a: b; c"),
            ("X-Foo;", "X-Foo", ""),
            ("X-Name: J\u{fc}rgen", "X-Name", "J\u{fc}rgen"),
            ("X-Odd: a\u{1}b", "X-Odd", "a\u{1}b"),
        ] {
            assert_eq!(
                header("-H #1", text),
                Ok((name.to_owned(), value.to_owned()))
            );
        }
    }

    #[test]
    fn what_is_no_header_line_is_mended() {
        for (text, problem) in [
            ("X-Foo", "no colon"),
            ("", "no colon"),
            (": 1", "name is empty"),
            (";", "name is empty"),
            ("X Foo: 1", "` ` may not stand"),
            ("X-Foo : 1", "` ` may not stand"),
            ("X-Ü: 1", "`Ü` may not stand"),
            ("X-Foo:", "do not send X-Foo"),
            ("X-Foo:  ", "do not send X-Foo"),
            ("X-Foo: a\r\nX-Bar: b", "line break"),
            ("X-Foo: a\nb", "line break"),
            ("X-Foo: a\0b", "NUL"),
            ("X-Foo: 10 €", "U+20AC"),
            ("@headers.txt", "file"),
            (":authority: api.example.com", "HTTP/2"),
        ] {
            let error = header("-H #1", text).unwrap_err();
            assert!(
                error.problem.contains(problem),
                "{text:?}: {}",
                error.problem
            );
        }
    }

    #[test]
    fn carets_show_the_byte() {
        let error = header("-H #2", "X-Foo: a\nb").unwrap_err();
        assert_eq!(
            error.to_string(),
            "-H #2: a header value may not contain a line break; fetch() throws a TypeError\n  \
             | X-Foo: a\\nb\n  |         ^^\n  \
             take it out; a second header is a second -H, or a second entry of `headers`"
        );
    }

    #[test]
    fn a_pair_from_a_script_is_normalized() {
        assert_eq!(
            pair("x", "A", "\n b\t\r\n"),
            Ok(("A".to_owned(), "b".to_owned()))
        );
        assert!(pair("x", "", "b").is_err());
        assert!(pair("x", "A", "b\nc").is_err());
    }
}
