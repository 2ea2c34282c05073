//! Requests that two programs could read in two ways are refused.

use crate::raw::*;
use crate::running::plain;

#[test]
fn smuggled_requests_are_refused_and_reach_no_server() {
    let proxy = plain();
    let (server, heads) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let table = [
        (
            "Content-Length: 4\r\nTransfer-Encoding: chunked",
            "length-and-chunked",
        ),
        ("Content-Length: 4\r\nContent-Length: 5", "content-length"),
        ("Content-Length: 4, 5", "content-length"),
        ("Content-Length: -4", "content-length"),
        ("Transfer-Encoding: chunked, identity", "transfer-coding"),
        ("Transfer-Encoding: \x0bchunked", "transfer-coding"),
        ("Transfer-Encoding : chunked", "header-name"),
        ("X: 1\r\n Transfer-Encoding: chunked", "folded-header"),
        ("X: 1\rTransfer-Encoding: chunked", "header-value"),
        ("X: 1\nTransfer-Encoding: chunked", "bare-line-feed"),
        ("X: a\0b", "header-value"),
        ("Host: elsewhere", "host"),
    ];
    for (lines, code) in table {
        let answer = ask(
            &proxy,
            format!("POST http://{server}/ HTTP/1.1\r\nHost: {server}\r\n{lines}\r\n\r\n0\r\n\r\n"),
        );
        assert!(
            answer.contains(&format!("X-Corscope-Error: {code}\r\n")),
            "{lines:?} {answer}"
        );
        let exchange = proxy.ended();
        assert_eq!(exchange.failure.unwrap().code, code);
    }
    for chunks in [
        "5\nhello\n0\n\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
    ] {
        let answer = ask(
            &proxy,
            format!(
                "POST http://{server}/ HTTP/1.1\r\nHost: {server}\r\n\
                 Transfer-Encoding: chunked\r\n\r\n{chunks}"
            ),
        );
        assert!(answer.starts_with("HTTP/1.1 400 "), "{chunks:?} {answer}");
        assert_eq!(proxy.ended().failure.unwrap().code, "bad-chunk");
    }
    assert!(heads.try_recv().is_err());
}

#[test]
fn a_request_that_is_none_for_a_proxy_is_told_so() {
    let proxy = plain();
    for (line, status) in [
        ("GET / HTTP/1.1", 400),
        ("GET ftp://a.test/ HTTP/1.1", 400),
        ("GET http://a.test/ HTTP/2.0", 505),
        ("GET http://a b/ HTTP/1.1", 400),
        ("CONNECT a.test HTTP/1.1", 400),
        ("\x16\x03\x01 x", 400),
    ] {
        let answer = ask(&proxy, format!("{line}\r\nHost: x\r\n\r\n"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{line} {answer}"
        );
        assert!(proxy.ended().failure.is_some());
    }
}

#[test]
fn a_head_without_end_is_refused() {
    let proxy = plain();
    let head = format!(
        "GET http://a.test/ HTTP/1.1\r\nX: {}",
        "x".repeat(300 * 1024)
    );
    let answer = ask(&proxy, head);
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert_eq!(
        proxy.ended().failure.unwrap().code,
        "request-head-too-large"
    );
}
