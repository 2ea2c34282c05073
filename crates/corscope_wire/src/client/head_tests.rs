use super::*;

fn head(text: &str) -> Head {
    read(text.as_bytes(), 100).unwrap()
}

fn oddities(head: &Head) -> Vec<(OddityKind, usize, Option<usize>)> {
    head.oddities
        .iter()
        .map(|oddity| (oddity.kind, oddity.line, oddity.header))
        .collect()
}

fn list(headers: &[(&str, &str)]) -> HeaderList {
    headers.iter().copied().collect()
}

#[test]
fn duplicates_order_spelling_and_white_space_stay() {
    let head = head("HTTP/1.1 200 OK\r\nA: 1\r\nvary:x\r\na:\t2 \r\nEmpty:\r\n\r\n");
    assert_eq!(
        head.header_list,
        list(&[("A", " 1"), ("vary", "x"), ("a", "\t2 "), ("Empty", "")])
    );
    assert_eq!((head.status, head.reason.as_slice()), (200, &b"OK"[..]));
    assert_eq!(head.version, Version::Http11);
    assert!(head.oddities.is_empty());
}

#[test]
fn what_browsers_mend_is_mended_and_noted() {
    use OddityKind::*;
    let text = "HTTP/1.1 200 OK\r\n \r\nA : 1\r\nB: x\r\n\t y\r\n  z \r\nno colon\r\n  fold\r\n\
                : empty\r\nbad name: 1\r\nC: a\rb\x01\x02\r\nD: \x7f\r\n\r\n";
    let head = head(text);
    assert_eq!(
        head.header_list,
        list(&[
            ("A", " 1"),
            ("B", " x y z "),
            ("C", " a\rb\x01\x02"),
            ("D", " \x7f")
        ])
    );
    assert_eq!(
        oddities(&head),
        [
            (FoldOfNothing, 1, None),
            (SpaceBeforeColon, 2, Some(0)),
            (FoldedValue, 4, Some(1)),
            (FoldedValue, 5, Some(1)),
            (NoColon, 6, None),
            (FoldOfNothing, 7, None),
            (EmptyName, 8, None),
            (InvalidName, 9, None),
            (LoneCarriageReturn, 10, Some(2)),
            (ControlByte, 10, Some(2)),
            (ControlByte, 11, Some(3)),
        ]
    );
    let spans: Vec<&str> = head
        .oddities
        .iter()
        .map(|oddity| &text[oddity.span.clone()])
        .collect();
    assert_eq!(
        spans,
        [
            " ", " ", "\t y", "  z ", "no colon", "  fold", ": empty", "bad name", "\r", "\x01",
            "\x7f"
        ]
    );
}

#[test]
fn bare_line_feeds_end_lines_and_are_noted_once() {
    let head = head("HTTP/1.1 200 OK\nA: 1\nB: 2\n\n");
    assert_eq!(head.header_list, list(&[("A", " 1"), ("B", " 2")]));
    assert_eq!(oddities(&head), [(OddityKind::BareLineFeed, 0, None)]);
}

#[test]
fn status_lines_are_read_as_browsers_read_them() {
    use OddityKind::*;
    use Version::*;
    let table: [(&str, Version, u16, &str, &[OddityKind]); 13] = [
        ("HTTP/1.1 204", Http11, 204, "", &[]),
        ("HTTP/1.1 200 ", Http11, 200, "", &[]),
        (
            "HTTP/1.1   404   Not  Found ",
            Http11,
            404,
            "Not  Found",
            &[],
        ),
        ("HTTP/1.0 200 OK", Http10, 200, "OK", &[]),
        ("http/1.1 200 ok", Http11, 200, "ok", &[]),
        ("HTTP/1.2 200 OK", Http11, 200, "OK", &[]),
        ("HTTP/2 200", Http10, 200, "", &[UnreadableVersion]),
        ("HTTP/2.0 200", Http11, 200, "", &[]),
        ("HTTP 201 x", Http10, 201, "x", &[UnreadableVersion]),
        ("HTTP/1.1", Http11, 200, "", &[MissingStatus]),
        ("HTTP/1.1 OK", Http11, 200, "OK", &[MissingStatus]),
        ("HTTP/1.1 200OK", Http11, 200, "OK", &[]),
        ("\r\nHTTP/1.1 200 OK", Http11, 200, "OK", &[LeadingBytes]),
    ];
    for (line, version, status, reason, kinds) in table {
        let head = head(&format!("{line}\r\n\r\n"));
        assert_eq!((head.version, head.status), (version, status), "{line}");
        assert_eq!(head.reason, reason.as_bytes(), "{line}");
        let found: Vec<OddityKind> = head.oddities.iter().map(|oddity| oddity.kind).collect();
        assert_eq!(found, kinds, "{line}");
    }
}

#[test]
fn what_every_browser_rejects_is_rejected_with_its_place() {
    let fault = |text: &[u8]| match read(text, 100).unwrap_err() {
        HeadRejected::Fault(fault) => fault,
        HeadRejected::TooManyLines => panic!("too many lines"),
    };
    assert_eq!(
        fault(b"<html>hello</html>\n\n"),
        HeadFault::NotHttp {
            start: b"<html>hello</html>\n\n".to_vec()
        }
    );
    let nul = b"HTTP/1.1 200 OK\r\nA: 1\r\nB: \0\r\n\r\n";
    assert_eq!(
        fault(nul),
        HeadFault::NulByte {
            line: 2,
            offset: 26
        }
    );
    assert_eq!(
        fault(b"HTTP/1.1 2\x000\r\n\r\n"),
        HeadFault::NulByte {
            line: 0,
            offset: 10
        }
    );
    let big = b"HTTP/1.1 1000 OK\r\n\r\n";
    assert_eq!(
        fault(big),
        HeadFault::StatusOutOfRange {
            digits: b"1000".to_vec()
        }
    );
    let bigger = b"HTTP/1.1 99999999999999999999 OK\r\n\r\n";
    assert!(matches!(fault(bigger), HeadFault::StatusOutOfRange { .. }));
}

#[test]
fn lines_are_counted_up_to_the_limit() {
    let text = b"HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\n\r\n";
    assert_eq!(read(text, 2).unwrap().header_list.len(), 2);
    assert_eq!(read(text, 1).unwrap_err(), HeadRejected::TooManyLines);
}

#[test]
fn obs_text_stays() {
    let head = read(b"HTTP/1.1 200 \xe9\r\nA: \xff\xfe\r\n\r\n", 100).unwrap();
    assert_eq!(head.reason, b"\xe9");
    assert_eq!(head.header_list.get("a").unwrap().as_ref(), b"\xff\xfe");
    assert!(head.oddities.is_empty());
}

#[test]
fn the_end_is_found_wherever_the_bytes_are_cut() {
    let texts: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody\n\n",
        b"HTTP/1.1 200 OK\nA: 1\n\nbody\n\n",
        b"HTTP/1.1 200 OK\r\nA: 1\n\r\nbody\n\n",
        b"\r\nHTTP/1.1 200 OK\r\n\r\nbody\r\n\r\n",
    ];
    for text in texts {
        let mut whole = HeadEnd::default();
        let end = whole.find(text).unwrap();
        assert_eq!(&text[end..end + 4], b"body");
        let mut pieces = HeadEnd::default();
        let found = (1..=text.len()).find_map(|length| pieces.find(&text[..length]));
        assert_eq!(found, Some(end));
    }
}

#[test]
fn what_cannot_become_a_head_is_told_early() {
    assert_eq!(begins_as_http(b""), None);
    assert_eq!(begins_as_http(b"HT"), None);
    assert_eq!(begins_as_http(b"HTTP"), Some(true));
    assert_eq!(begins_as_http(b"\r\n\r\nHTTP"), Some(true));
    assert_eq!(begins_as_http(b"\r\n\r\n\nHTTP"), Some(false));
    assert_eq!(begins_as_http(b"220 smtp.example"), Some(false));
    assert_eq!(begins_as_http(b"ICY 200 OK"), Some(false));
}

#[test]
fn trailers_are_read_as_headers() {
    let trailers = read_trailers(b"X-T: 1\r\nno colon\r\nx-t:2\r\n");
    assert_eq!(trailers, list(&[("X-T", " 1"), ("x-t", "2")]));
}

/// Heads put together at random from what matters to the reader: whatever comes, it neither panics
/// nor points outside of the head, and finds the same end however the bytes are cut.
#[test]
fn no_head_confuses_the_reader() {
    let pieces: [&[u8]; 20] = [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP",
        b"/",
        b"1.1",
        b" ",
        b"\t",
        b"\r",
        b"\n",
        b"\r\n",
        b":",
        b"A",
        b"a: 1\r\n",
        b" x\r\n",
        b"\0",
        b"\x01",
        b"\xff",
        b"999",
        b"99999",
        b"Content-Length: 1\n",
        b"\r\n\r\n",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut accepted = 0;
    for round in 0..50_000 {
        let mut bytes = if round % 2 == 0 {
            Vec::new()
        } else {
            pieces[0].to_vec()
        };
        for _ in 0..random(20) {
            bytes.extend_from_slice(pieces[random(pieces.len())]);
        }
        let whole = HeadEnd::default().find(&bytes);
        let mut end = HeadEnd::default();
        let in_pieces = (1..=bytes.len()).find_map(|length| end.find(&bytes[..length]));
        assert_eq!(whole, in_pieces, "{}", bytes.escape_ascii());
        let _ = begins_as_http(&bytes);
        let _ = read_trailers(&bytes);
        let Ok(head) = read(&bytes, 10) else { continue };
        accepted += 1;
        for oddity in &head.oddities {
            assert!(bytes.get(oddity.span.clone()).is_some(), "{oddity:?}");
            assert!(
                oddity
                    .header
                    .is_none_or(|line| line < head.header_list.len()),
                "{oddity:?}"
            );
        }
    }
    assert!(accepted > 5_000, "{accepted}");
}
