//! The [`data:` URL processor](https://fetch.spec.whatwg.org/#data-url-processor), as far as it
//! decides a fetch: whether the URL holds a body, and which.

use url::{Position, Url};

/// The body of a `data:` URL; `None` when the URL holds none.
pub fn body(url: &Url) -> Option<Vec<u8>> {
    let input = &url[Position::BeforePath..Position::AfterQuery];
    let (kind, data) = input.split_once(',')?;
    let data = percent_decode(data.as_bytes());
    if is_base64(kind) {
        forgiving_base64(&data)
    } else {
        Some(data)
    }
}

/// Whether what stands before the comma ends with `;`, spaces and `base64`.
fn is_base64(kind: &str) -> bool {
    let kind = kind.trim_matches([' ', '\t', '\n', '\r', '\x0C']);
    let Some(start) = kind.len().checked_sub(6) else {
        return false;
    };
    kind.is_char_boundary(start)
        && kind[start..].eq_ignore_ascii_case("base64")
        && kind[..start].trim_end_matches(' ').ends_with(';')
}

fn percent_decode(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        match (bytes[index], digit(index + 1), digit(index + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                index += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                index += 1;
            }
        }
    }
    decoded
}

/// [Forgiving-base64 decodes](https://infra.spec.whatwg.org/#forgiving-base64-decode).
fn forgiving_base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text: Vec<u8> = bytes.to_vec();
    text.retain(|byte| !byte.is_ascii_whitespace());
    if text.len().is_multiple_of(4) {
        for _ in 0..2 {
            text.pop_if(|last| *last == b'=');
        }
    }
    if text.len() % 4 == 1 {
        return None;
    }
    let mut decoded = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.chunks(4) {
        let mut group = 0_u32;
        for byte in chunk {
            group = group << 6 | sextet(*byte)?;
        }
        group <<= 6 * (4 - chunk.len());
        decoded.extend_from_slice(&group.to_be_bytes()[1..chunk.len()]);
    }
    Some(decoded)
}

const fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies() {
        for (url, expected) in [
            ("data:,x", Some("x")),
            ("data:text/plain,a%20b%2", Some("a b%2")),
            ("data:,a?b#c", Some("a?b")),
            ("data:x", None),
            ("data:", None),
            ("data:;base64,aGVsbG8=", Some("hello")),
            ("data:;base64,aGVs bG8", Some("hello")),
            ("data:text/plain; Base64 ,aGVsbG8", Some("hello")),
            ("data:base64,aGVs", Some("aGVs")),
            ("data:;base64,a", None),
            ("data:;base64,aGVsbG8==", None),
            ("data:;base64,a-", None),
        ] {
            let found = body(&Url::parse(url).unwrap());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{url}");
        }
    }
}
