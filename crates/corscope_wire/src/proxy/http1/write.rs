//! Writes heads and bodies anew, for exchanges that a stage changed.

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{HttpVersion, ObservedRequest, ObservedResponse};

use super::target::Target;
use crate::proxy::answer::reason;

/// How a body that is all there is framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framed {
    /// There is none.
    None,
    /// By `Content-Length`, or by nothing at all.
    Plain,
    Chunked,
}

/// Makes `Content-Length` right again if it was right for `old_len` bytes. A list that has neither
/// it nor `Transfer-Encoding` is left alone.
pub(crate) fn mend_length(list: &mut HeaderList, old_len: u64, new_len: u64) {
    let was_right = list
        .get("Content-Length")
        .is_some_and(|value| value == old_len.to_string().as_bytes());
    if was_right && old_len != new_len {
        list.set("Content-Length", format!(" {new_len}"));
    }
}

/// Puts the framing headers of `original` back: the body passes as it came.
pub(crate) fn keep_framing(list: &mut HeaderList, original: &HeaderList) {
    for name in ["Content-Length", "Transfer-Encoding"] {
        if list.get(name) == original.get(name) {
            continue;
        }
        *list = list.without(|header| header.is(name));
        for (_, header) in original.lines_named(name) {
            list.push(header.name, header.value);
        }
    }
}

/// A request's head for its server.
pub(crate) fn request_head(
    request: &ObservedRequest,
    target: &Target<'_>,
    absolute: bool,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(request.header_list.byte_len() + 256);
    out.extend_from_slice(request.method.as_bytes());
    out.push(b' ');
    if absolute {
        out.extend_from_slice(request.url.as_bytes());
    } else {
        if !target.path.starts_with(b"/") {
            out.push(b'/');
        }
        out.extend_from_slice(target.path);
    }
    let version = match request.version {
        HttpVersion::Http10 => " HTTP/1.0\r\n",
        _ => " HTTP/1.1\r\n",
    };
    out.extend_from_slice(version.as_bytes());
    lines(&mut out, &request.header_list);
    out
}

/// A response's head.
pub(crate) fn response_head(response: &ObservedResponse) -> Vec<u8> {
    let version = match response.version {
        HttpVersion::Http10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    };
    let mut out = format!("{version} {:03} ", response.status).into_bytes();
    if response.reason.is_empty() {
        out.extend_from_slice(reason(response.status).as_bytes());
    } else {
        let fine = response
            .reason
            .iter()
            .filter(|byte| !matches!(byte, b'\r' | b'\n' | 0));
        out.extend(fine);
    }
    out.extend_from_slice(b"\r\n");
    lines(&mut out, &response.header_list);
    out
}

/// What would break out of its line is left out: no stage may smuggle a second message in.
fn lines(out: &mut Vec<u8>, list: &HeaderList) {
    for header in list.iter() {
        let breaks = |bytes: &[u8]| bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        if breaks(header.name) || breaks(header.value) || !crate::client::is_token(header.name) {
            continue;
        }
        out.extend_from_slice(header.name);
        out.push(b':');
        if !matches!(header.value.first(), None | Some(b' ' | b'\t')) {
            out.push(b' ');
        }
        out.extend_from_slice(header.value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends a whole body.
pub(crate) fn body(out: &mut Vec<u8>, bytes: &[u8], framed: Framed, trailers: &HeaderList) {
    match framed {
        Framed::None => {}
        Framed::Plain => out.extend_from_slice(bytes),
        Framed::Chunked => {
            if !bytes.is_empty() {
                out.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
                out.extend_from_slice(bytes);
                out.extend_from_slice(b"\r\n");
            }
            out.extend_from_slice(b"0\r\n");
            lines(out, trailers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_mended_only_where_it_was_right() {
        let with =
            |value: &str| -> HeaderList { [("content-length", value)].into_iter().collect() };
        let mended = |value: &str| {
            let mut list = with(value);
            mend_length(&mut list, 5, 7);
            list.get("Content-Length").unwrap().into_owned()
        };
        assert_eq!(mended(" 5"), b"7");
        assert_eq!(mended(" 6"), b"6");
        let mut none = HeaderList::new();
        mend_length(&mut none, 0, 7);
        assert!(none.is_empty());
    }

    #[test]
    fn nothing_breaks_out_of_its_line() {
        let response = ObservedResponse {
            status: 200,
            reason: b"O\r\nK".to_vec(),
            header_list: [("A", "1\r\nB: 2"), ("C:\nD", "3"), ("E", "4")]
                .into_iter()
                .collect(),
            ..ObservedResponse::default()
        };
        assert_eq!(response_head(&response), b"HTTP/1.1 200 OK\r\nE: 4\r\n\r\n");
    }
}
