//! What passes is passed byte for byte.

use std::io::Write;

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::HttpVersion;

use crate::raw::*;
use crate::running::plain;

#[test]
fn a_request_reaches_the_server_as_it_was_written() {
    let proxy = plain();
    let (server, heads) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let mut client = connect(&proxy);
    write!(
        client,
        "pUt http://{server}/a?b=%20c HTTP/1.1\r\nhOsT:{server}\r\nX-b:\t1 \r\nA: 1\r\nx-B:  2\r\n\
         Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\nCookie: a=1\r\n\
         Cookie: b=2\r\nEmpty:\r\n\r\n"
    )
    .unwrap();
    assert_eq!(read_head(&mut client).len(), 38);
    let (_, head) = heads.recv().unwrap();
    assert_eq!(
        head,
        format!(
            "pUt /a?b=%20c HTTP/1.1\r\nhOsT:{server}\r\nX-b:\t1 \r\nA: 1\r\nx-B:  2\r\n\
             Cookie: a=1\r\nCookie: b=2\r\nEmpty:\r\n\r\n"
        )
    );
    let exchange = proxy.ended();
    assert_eq!(exchange.request.method, "pUt");
    assert_eq!(exchange.request.url, format!("http://{server}/a?b=%20c"));
    assert_eq!(exchange.request.version, HttpVersion::Http11);
    let host = server.to_string();
    let list: HeaderList = [
        ("hOsT", host.as_str()),
        ("X-b", "\t1 "),
        ("A", " 1"),
        ("x-B", "  2"),
        ("Cookie", " a=1"),
        ("Cookie", " b=2"),
        ("Empty", ""),
    ]
    .into_iter()
    .collect();
    assert_eq!(exchange.request.header_list, list);
    assert_eq!(exchange.connection.remote_addr, Some(server));
    assert!(exchange.timing.connect.is_some() && exchange.timing.total.is_some());
    assert!(exchange.timing.wait.is_some() && exchange.timing.receive.is_some());
    assert_eq!((exchange.failure, exchange.modified), (None, None));
}

#[test]
fn a_response_reaches_the_client_as_it_was_written() {
    let answers: [&str; 12] = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 Very  Fine \r\nX-a: 1\r\nVary: a\r\nx-A:2\r\nvary:b\r\nX-a:\t3 \r\n\r\nok",
        "HTTP/1.1 200 OK\r\nACAO : *\r\nno colon here\r\n: empty\r\nb@d: 1\r\nX: a\r\n fold\r\n\r\n",
        "HTTP/1.1 200 OK\nA: 1\nContent-Length: 2\n\nok",
        "HTTP/1.0 200\r\n\r\nold",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\nhello\r\n0003 \r\nyou\r\n0\r\nX-Trailer: 1\r\nx-t: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n",
        "HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\x01b\x7f\rc\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nA: 1",
    ];
    let proxy = plain();
    for bytes in answers {
        let server = answer(bytes);
        assert_eq!(ask(&proxy, get(server)), bytes, "{bytes:?}");
        let exchange = proxy.ended();
        assert_eq!(exchange.failure, None, "{bytes:?}");
        assert!(exchange.response.is_some(), "{bytes:?}");
    }
}

#[test]
fn a_head_that_browsers_refuse_is_passed_on_and_named() {
    let answers = [
        (
            "HTTP/1.1 200 OK\r\nA: \0\r\nContent-Length: 2\r\n\r\nok",
            "invalid-response",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            "conflicting-headers",
        ),
        ("HTTP/1.1 1200 OK\r\n\r\nok", "invalid-response"),
    ];
    let proxy = plain();
    for (bytes, code) in answers {
        assert_eq!(ask(&proxy, get(answer(bytes))), bytes);
        assert_eq!(proxy.ended().failure.unwrap().code, code);
    }
}

#[test]
fn what_was_seen_is_told() {
    let proxy = plain();
    let server = answer(
        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 201 Made \r\nx-B: 1\r\nX-b : 2\r\n\
         Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n",
    );
    ask(&proxy, get(server));
    let exchange = proxy.ended();
    let response = exchange.response.unwrap();
    assert_eq!(
        (response.status, response.reason.as_slice()),
        (201, &b"Made"[..])
    );
    let list: HeaderList = [
        ("x-B", " 1"),
        ("X-b", " 2"),
        ("Transfer-Encoding", " chunked"),
    ]
    .into_iter()
    .collect();
    assert_eq!(response.header_list, list);
    assert!(
        response
            .raw_head
            .unwrap()
            .windows(4)
            .any(|window| window == b"b : ")
    );
    assert_eq!(response.informational[0].0, 103);
    assert_eq!(response.body.bytes, b"hello");
    assert!(response.body.is_whole());
    assert_eq!(response.trailers, [("T", " 1")].into_iter().collect());
}

#[test]
fn one_connection_carries_many_exchanges_each_way() {
    let proxy = plain();
    let (server, heads) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let mut client = connect(&proxy);
    let request = format!("GET http://{server}/ HTTP/1.1\r\nHost: {server}\r\n\r\n");
    for _ in 0..3 {
        client.write_all(request.as_bytes()).unwrap();
        assert_eq!(read_until(&mut client, b"ok").len(), 40);
        assert_eq!(heads.recv().unwrap().0, 0);
    }
    // Three at once, too.
    client.write_all(request.repeat(3).as_bytes()).unwrap();
    for _ in 0..3 {
        assert_eq!(read_until(&mut client, b"ok").len(), 40);
        assert_eq!(heads.recv().unwrap().0, 0);
    }
    let seen: Vec<_> = (0..6).map(|_| proxy.ended()).collect();
    assert!(!seen[0].connection.reused && seen[5].connection.reused);
    assert_eq!(seen[0].connection.server, seen[5].connection.server);
    assert!(seen.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(seen[5].timing.connect, None);
}
