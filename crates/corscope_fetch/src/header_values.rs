//! Parsing header values: [get, decode, and
//! split](https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split) and [extract header
//! list values](https://fetch.spec.whatwg.org/#extract-header-list-values).

use std::ops::Range;

use crate::evidence::Place;
use crate::forbidden::is_token_byte;
use crate::header_list::{HeaderList, is_http_whitespace, trim_http_whitespace};

/// Splits a value on commas outside quoted strings and trims tab and space.
pub fn get_decode_and_split(value: &[u8]) -> Vec<&[u8]> {
    let mut values = Vec::new();
    let (mut start, mut index, mut quoted) = (0, 0, false);
    while index < value.len() {
        match value[index] {
            b'\\' if quoted => index += 1,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                values.push(trim_tab_space(&value[start..index]));
                start = index + 1;
            }
            _ => {}
        }
        index += 1;
    }
    values.push(trim_tab_space(&value[start.min(value.len())..]));
    values
}

const fn is_tab_or_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b' ')
}

/// `bytes` without tabs and spaces at both ends: the optional white space of RFC 9110 lists.
pub fn trim_tab_space(bytes: &[u8]) -> &[u8] {
    let start = bytes
        .iter()
        .position(|byte| !is_tab_or_space(*byte))
        .unwrap_or(bytes.len());
    let end = bytes
        .iter()
        .rposition(|byte| !is_tab_or_space(*byte))
        .map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// One element of a list header, with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its bytes.
    pub token: &'a [u8],
    /// The line it stands in.
    pub line: usize,
    /// Where it starts in that line's value, in bytes.
    pub start: usize,
}

impl Element<'_> {
    /// Its place in the header list.
    pub fn place(&self) -> Place {
        Place {
            line: self.line,
            span: self.span(),
        }
    }

    fn span(&self) -> Range<usize> {
        self.start..self.start + self.token.len()
    }
}

/// An element that is no token; it makes the whole header fail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InvalidToken {
    /// The element's bytes.
    pub token: Vec<u8>,
    /// Where it stands.
    pub place: Place,
}

/// All elements of the `#token` header `name`, over all its lines, empty elements left out.
/// Nothing is checked.
pub fn list_elements<'a>(
    list: &'a HeaderList,
    name: &'a str,
) -> impl Iterator<Item = Element<'a>> + 'a {
    list.lines_named(name).flat_map(|(line, header)| {
        let base = header.value.as_ptr() as usize;
        header
            .trimmed()
            .split(|byte| *byte == b',')
            .filter_map(move |part| {
                // A folded line counts as white space, so HTTP white space is trimmed, not only OWS.
                let token = trim_http_whitespace(part);
                let start = token.as_ptr() as usize - base;
                (!token.is_empty()).then_some(Element { token, line, start })
            })
    })
}

/// [Extracts header list values](https://fetch.spec.whatwg.org/#extract-header-list-values) of a
/// header whose ABNF is `#token`, such as `Access-Control-Allow-Methods`. An absent header gives
/// no values: whoever must tell it from an empty one asks [`HeaderList::contains`].
///
/// # Errors
/// The first element that is no token: by the standard the whole header then fails.
pub fn extract_tokens<'a>(
    list: &'a HeaderList,
    name: &'a str,
) -> Result<Vec<Element<'a>>, InvalidToken> {
    let mut lines = list.lines_named(name).peekable();
    // One allocation does for the lists that servers send.
    let room = lines.peek().map_or(0, |_| 4);
    let mut elements = Vec::with_capacity(room);
    for (line, header) in lines {
        let value = header.value;
        let mut at = 0;
        while at < value.len() {
            if value[at] == b',' || is_http_whitespace(value[at]) {
                at += 1;
                continue;
            }
            let start = at;
            while at < value.len() && is_token_byte(value[at]) {
                at += 1;
            }
            let token = &value[start..at];
            // A folded line counts as white space, so HTTP white space is skipped, not only OWS.
            while at < value.len() && is_http_whitespace(value[at]) {
                at += 1;
            }
            if at < value.len() && value[at] != b',' {
                return Err(invalid_element(value, start, line));
            }
            elements.push(Element { token, line, start });
        }
    }
    Ok(elements)
}

/// The element that starts at `start` and is no token.
fn invalid_element(value: &[u8], start: usize, line: usize) -> InvalidToken {
    let rest = &value[start..];
    let end = rest.iter().position(|byte| *byte == b',');
    let token = trim_http_whitespace(&rest[..end.unwrap_or(rest.len())]);
    InvalidToken {
        token: token.to_vec(),
        place: Place {
            line,
            span: start..start + token.len(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(value: &str) -> Vec<String> {
        let values = get_decode_and_split(value.as_bytes());
        values
            .into_iter()
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect()
    }

    #[test]
    fn commas_in_quoted_strings_do_not_split() {
        assert_eq!(split(r#"a,"b,c""#), ["a", r#""b,c""#]);
        assert_eq!(split(r#""a\",b", c"#), [r#""a\",b""#, "c"]);
        assert_eq!(split(" x\t,"), ["x", ""]);
        assert_eq!(split(""), [""]);
        assert_eq!(split("\"\\"), ["\"\\"]);
    }

    fn tokens(values: &[&str]) -> Result<Vec<String>, (String, usize, usize)> {
        let list: HeaderList = values.iter().map(|value| ("A", value)).collect();
        match extract_tokens(&list, "a") {
            Ok(found) => Ok(found
                .iter()
                .map(|it| String::from_utf8_lossy(it.token).into_owned())
                .collect()),
            Err(bad) => Err((
                String::from_utf8_lossy(&bad.token).into_owned(),
                bad.place.line,
                bad.place.span.start,
            )),
        }
    }

    #[test]
    fn empty_elements_and_white_space_are_ignored() {
        assert_eq!(
            tokens(&[", PUT ,,", "\tGET "]),
            Ok(vec!["PUT".into(), "GET".into()])
        );
        assert_eq!(tokens(&[""]), Ok(vec![]));
        assert_eq!(tokens(&[]), Ok(vec![]));
    }

    #[test]
    fn one_bad_element_fails_the_whole_header() {
        assert_eq!(tokens(&["PUT", " GET, G ET"]), Err(("G ET".into(), 1, 6)));
        assert_eq!(tokens(&["PUT;q=1"]), Err(("PUT;q=1".into(), 0, 0)));
    }
}
