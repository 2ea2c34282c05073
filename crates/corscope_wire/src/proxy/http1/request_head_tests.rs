use super::*;

fn read(text: &str) -> Result<RequestHead, Fault> {
    let mut head = RequestHead::default();
    head.read(text.as_bytes(), 100).map(|()| head)
}

#[test]
fn a_head_is_read_as_places() {
    let text = "PUT http://a.test/x HTTP/1.1\r\nHost: a.test\r\nx-A:\t1 \r\n\
                Proxy-Connection: keep-alive\r\ncontent-length: 5\r\n\r\n";
    let head = read(text).unwrap();
    assert_eq!(&text[head.method.clone()], "PUT");
    assert_eq!(&text[head.target.clone()], "http://a.test/x");
    assert_eq!(head.framing, Framing::Length(5));
    assert!(head.keep_alive);
    let list: HeaderList = [
        ("Host", " a.test"),
        ("x-A", "\t1 "),
        ("content-length", " 5"),
    ]
    .into_iter()
    .collect();
    assert_eq!(head.header_list(text.as_bytes()), list);
}

#[test]
fn what_has_two_readings_is_refused() {
    let table = [
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", "bare-line-feed"),
        ("GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n", "bare-line-feed"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\n", "bare-line-feed"),
        (
            "GET / HTTP/1.1\r\nHost: a\r\n X: 1\r\n\r\n",
            "folded-header",
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n", "header-name"),
        ("GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n", "header-name"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "header-line"),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
            "header-value",
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
            "header-value",
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "host"),
        ("GET / HTTP/1.1\r\nX: a\r\n\r\n", "host"),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "request-line"),
        ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "request-line"),
        ("G T / HTTP/1.1\r\nHost: a\r\n\r\n", "request-line"),
        ("GET /\r\nHost: a\r\n\r\n", "request-line"),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "http-version"),
    ];
    for (text, code) in table {
        assert_eq!(read(text).unwrap_err().code, code, "{text:?}");
    }
    let framings = [
        (
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
            "length-and-chunked",
        ),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 0",
            "length-and-chunked",
        ),
        ("Content-Length: 1\r\nContent-Length: 2", "content-length"),
        ("Content-Length: 1\r\nContent-Length: 1", "content-length"),
        ("Content-Length: 1, 1", "content-length"),
        ("Content-Length: +1", "content-length"),
        ("Content-Length: 0x1", "content-length"),
        ("Content-Length:", "content-length"),
        ("Content-Length: 99999999999999999999", "content-length"),
        ("Transfer-Encoding: gzip, chunked", "transfer-coding"),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "transfer-coding",
        ),
        ("Transfer-Encoding: identity", "transfer-coding"),
        ("Transfer-Encoding: xchunked", "transfer-coding"),
    ];
    for (lines, code) in framings {
        let text = format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n");
        assert_eq!(read(&text).unwrap_err().code, code, "{lines:?}");
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(read(old).unwrap_err().code, "transfer-coding");
}

#[test]
fn only_websocket_is_an_upgrade() {
    let table = [
        ("Upgrade: websocket", Upgrade::WebSocket),
        ("upgrade: WebSocket", Upgrade::WebSocket),
        ("Upgrade: h2c", Upgrade::Other),
        ("Upgrade: websocket, h2c", Upgrade::Other),
        ("X: 1", Upgrade::None),
    ];
    for (line, wanted) in table {
        let text = format!("GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n");
        assert_eq!(read(&text).unwrap().upgrade, wanted, "{line}");
    }
}
