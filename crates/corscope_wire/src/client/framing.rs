//! Where a response's body ends, by its head, as browsers decide it.

use corscope_fetch::HeaderList;
use corscope_fetch::header_list::trim_http_whitespace;

use super::error::HeadFault;
use super::head::Head;
use super::response::Version;

/// How the body's end is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is no body.
    None,
    /// By chunks.
    Chunked,
    /// By this many bytes.
    Length(u64),
    /// By the connection's end.
    UntilClose,
}

/// Headers that name one thing: with two different values browsers suspect an attack and give up.
const SINGLE_VALUED: [&str; 3] = ["Content-Length", "Location", "Content-Disposition"];

pub(crate) fn framing(method: &str, head: &Head) -> Result<Framing, HeadFault> {
    let list = &head.header_list;
    // Transfer-Encoding from HTTP/1.0 servers is spurious, and ignored.
    let chunked = head.version == Version::Http11
        && values(list, "Transfer-Encoding").any(|coding| coding.eq_ignore_ascii_case(b"chunked"));
    for name in SINGLE_VALUED {
        // With chunks Content-Length is not looked at, thus harmless.
        if (name == "Content-Length" && chunked) || !conflicts(list, name) {
            continue;
        }
        return Err(HeadFault::ConflictingValues { name });
    }
    if method == "HEAD" || matches!(head.status, 100..=199 | 204 | 205 | 304) {
        return Ok(Framing::None);
    }
    if chunked {
        return Ok(Framing::Chunked);
    }
    Ok(values(list, "Content-Length")
        .next()
        .and_then(decimal)
        .map_or(Framing::UntilClose, Framing::Length))
}

/// Whether the connection stays open after this response.
pub(crate) fn stays_open(head: &Head, framing: Framing) -> bool {
    let says = |option: &[u8]| {
        values(&head.header_list, "Connection").any(|value| value.eq_ignore_ascii_case(option))
    };
    // After 101 the connection speaks another protocol.
    framing != Framing::UntilClose
        && head.status >= 200
        && !says(b"close")
        && (head.version == Version::Http11 || says(b"keep-alive"))
}

/// The elements of a comma-separated header, over all its lines.
fn values<'a>(list: &'a HeaderList, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
    list.lines_named(name)
        .flat_map(|(_, header)| header.value.split(|byte| *byte == b','))
        .map(trim_http_whitespace)
}

fn conflicts(list: &HeaderList, name: &str) -> bool {
    if name == "Content-Length" {
        return differ(values(list, name));
    }
    // The other two may hold a comma, so each line is one value.
    differ(list.lines_named(name).map(|(_, header)| header.trimmed()))
}

fn differ<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> bool {
    values
        .next()
        .is_some_and(|first| values.any(|value| value != first))
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::head;

    fn of(method: &str, text: &str) -> Result<Framing, HeadFault> {
        framing(
            method,
            &head::read(format!("{text}\r\n\r\n").as_bytes(), 100).unwrap(),
        )
    }

    #[test]
    fn bodies_end_as_in_browsers() {
        use Framing::*;
        let table = [
            ("GET", "HTTP/1.1 200 OK", UntilClose),
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5", Length(5)),
            (
                "GET",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length:5 ",
                Length(5),
            ),
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5", Length(5)),
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: +5", UntilClose),
            (
                "GET",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999",
                UntilClose,
            ),
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length:", UntilClose),
            (
                "GET",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked",
                Chunked,
            ),
            (
                "GET",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked",
                Chunked,
            ),
            (
                "GET",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity",
                UntilClose,
            ),
            (
                "GET",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\
                 Content-Length: 6",
                Chunked,
            ),
            (
                "GET",
                "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
                Length(5),
            ),
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5", None),
            ("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5", None),
            (
                "GET",
                "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked",
                None,
            ),
            ("OPTIONS", "HTTP/1.1 200 OK\r\nContent-Length: 2", Length(2)),
            (
                "GET",
                "HTTP/1.1 302 Found\r\nLocation: /a,b\r\nLocation: /a,b",
                UntilClose,
            ),
        ];
        for (method, text, wanted) in table {
            assert_eq!(of(method, text), Ok(wanted), "{method} {text}");
        }
    }

    #[test]
    fn different_values_of_a_single_valued_header_are_refused() {
        let table = [
            (
                "Content-Length",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6",
            ),
            ("Content-Length", "HTTP/1.1 200 OK\r\nContent-Length: 5, 6"),
            (
                "Location",
                "HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b",
            ),
            (
                "Content-Disposition",
                "HTTP/1.1 200 OK\r\nContent-Disposition: a\r\nContent-Disposition: b",
            ),
        ];
        for (name, text) in table {
            assert_eq!(
                of("GET", text),
                Err(HeadFault::ConflictingValues { name }),
                "{text}"
            );
        }
    }

    #[test]
    fn connections_stay_open_as_the_head_says() {
        let table = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 0", true),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: foo, Close",
                false,
            ),
            ("HTTP/1.1 200 OK", false),
            ("HTTP/1.1 204 No Content", true),
            ("HTTP/1.0 200 OK\r\nContent-Length: 0", false),
            (
                "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive",
                true,
            ),
            ("HTTP/1.1 101 Switching Protocols", false),
        ];
        for (text, wanted) in table {
            let head = head::read(format!("{text}\r\n\r\n").as_bytes(), 100).unwrap();
            let framing = framing("GET", &head).unwrap();
            assert_eq!(stays_open(&head, framing), wanted, "{text}");
        }
    }
}
