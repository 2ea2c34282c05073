//! HTTP/1.1: what goes out and what comes in, byte for byte.

use std::io::Write;

use crate::loopback::*;
use corscope_wire::client::{BodyEnd, BodyFault, HeadFault, NetworkError, OddityKind, Version};

#[tokio::test]
async fn the_request_goes_out_exactly_as_asked() {
    let notes = Notes::default();
    let seen = notes.clone();
    let address = serve(move |_, mut stream| {
        let mut head = read_head(&mut stream);
        let mut body = [0; 5];
        std::io::Read::read_exact(&mut stream, &mut body).unwrap();
        head.extend_from_slice(&body);
        seen.add(head);
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
    });
    let headers = [
        ("Connection", "keep-alive"),
        ("x-lower", "1"),
        ("X-UPPER", "2"),
        ("x-lower", "3"),
        ("Origin", "https://app.example.com"),
        ("Empty", ""),
    ];
    let url = format!("http://u:p@{address}/a%20b/?q=%C3%A9&r#fragment");
    let exchange = client(config())
        .exchange(request("PoST", &url, &headers, Some(b"a=b&c")))
        .await;
    assert_eq!(exchange.result.as_ref().unwrap().status, 204);
    let wanted = format!(
        "PoST /a%20b/?q=%C3%A9&r HTTP/1.1\r\nHost: {address}\r\nConnection: keep-alive\r\n\
         x-lower: 1\r\nX-UPPER: 2\r\nx-lower: 3\r\nOrigin: https://app.example.com\r\nEmpty:\r\n\
         Content-Length: 5\r\n\r\n"
    );
    assert_eq!(notes.texts(), [format!("{wanted}a=b&c")]);
    assert_eq!(String::from_utf8_lossy(&exchange.request.head), wanted);
    assert!(exchange.request.sent);
    assert_eq!(exchange.request.body_len, 5);
    let first = exchange.request.header_list.line(0).unwrap();
    assert_eq!(
        (first.name, first.value),
        (&b"Host"[..], address.to_string().as_bytes())
    );
    assert_eq!(exchange.remote_addr, Some(address));
    assert_eq!(exchange.http_version, Some(Version::Http11));
    assert!(exchange.tls.is_none() && !exchange.reused);
    let timing = exchange.timing;
    assert!(timing.connect.is_some() && timing.first_byte.is_some() && timing.total.is_some());
    assert!(timing.tls.is_none());
}

#[tokio::test]
async fn a_request_that_would_break_its_head_never_connects() {
    let url = "http://127.0.0.1:9/";
    let split = request("GET", url, &[("X", "1\r\nEvil: 2")], None);
    let exchange = client(config()).exchange(split).await;
    assert_eq!(exchange.result.unwrap_err().code(), "invalid-request");
    assert!(!exchange.request.sent && exchange.remote_addr.is_none());
    let other = client(config()).exchange(get("ftp://a.test/")).await;
    assert_eq!(other.result.unwrap_err().code(), "invalid-request");
}

#[tokio::test]
async fn the_head_comes_back_as_sent() {
    let head = "HTTP/1.1 200 All Fine\r\nvary: Origin\r\nAccess-Control-Allow-Origin: https://a\r\n\
                Vary:  Accept \r\nACCESS-CONTROL-ALLOW-ORIGIN:*\r\nContent-Length: 2\r\n\r\n";
    let response = response_of(format!("{head}hi")).await;
    assert_eq!(String::from_utf8_lossy(&response.head), head);
    assert_eq!(
        (response.status, response.reason.as_slice()),
        (200, &b"All Fine"[..])
    );
    assert_eq!(
        response.header_list,
        list(&[
            ("vary", " Origin"),
            ("Access-Control-Allow-Origin", " https://a"),
            ("Vary", "  Accept "),
            ("ACCESS-CONTROL-ALLOW-ORIGIN", "*"),
            ("Content-Length", " 2"),
        ])
    );
    let joined = response
        .header_list
        .get("access-control-allow-origin")
        .unwrap();
    assert_eq!(joined.as_ref(), b"https://a, *");
    assert_eq!(
        (response.body.as_slice(), response.body_end),
        (&b"hi"[..], BodyEnd::Complete)
    );
    assert!(response.oddities.is_empty());
}

#[tokio::test]
async fn what_browsers_mend_is_mended_and_noted() {
    let response = response_of(
        *b"HTTP/1.1 200 OK\nAccess-Control-Allow-Origin : *\nX-Folded: a\n  b\njunk\n\xe9: 1\n\n",
    )
    .await;
    assert_eq!(
        response
            .header_list
            .get("Access-Control-Allow-Origin")
            .unwrap()
            .as_ref(),
        b"*"
    );
    assert_eq!(
        response.header_list.get("X-Folded").unwrap().as_ref(),
        b"a b"
    );
    use OddityKind::*;
    assert_eq!(
        kinds(&response.oddities),
        [
            BareLineFeed,
            SpaceBeforeColon,
            FoldedValue,
            NoColon,
            InvalidName
        ]
    );
    let junk = &response.oddities[3];
    assert_eq!(
        (&response.head[junk.span.clone()], junk.line),
        (&b"junk"[..], 4)
    );
}

#[tokio::test]
async fn chunks_are_joined_and_trailers_kept() {
    let response = response_of(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n\
         5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n",
    )
    .await;
    assert_eq!(response.body, b"hello world");
    assert_eq!(response.trailers, list(&[("X-Sum", " 1"), ("x-sum", " 2")]));
    assert_eq!(response.body_end, BodyEnd::Complete);
}

#[tokio::test]
async fn informational_responses_are_kept_aside() {
    let response = response_of(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\
         HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    assert_eq!(response.status, 200);
    assert_eq!(
        response.informational,
        [(100, list(&[])), (103, list(&[("Link", " </a>")]))]
    );
    let endless = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(11);
    assert_eq!(
        error_of(endless).await,
        NetworkError::TooManyInformational { limit: 10 }
    );
    // A final answer that never comes is no answer.
    assert_eq!(
        error_of("HTTP/1.1 103 Early Hints\r\n\r\n").await,
        NetworkError::EmptyResponse
    );
}

#[tokio::test]
async fn bodies_are_there_only_when_they_may_be() {
    for (method, head) in [
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        (
            "GET",
            "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        ),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        ),
    ] {
        let url = format!("http://{}/", answer_and_stay(head));
        let exchange = client(config())
            .exchange(request(method, &url, &[], None))
            .await;
        let response = exchange.result.unwrap();
        assert_eq!(
            (response.body.len(), response.body_end),
            (0, BodyEnd::Complete),
            "{method}"
        );
    }
    let url = format!(
        "http://{}/",
        answer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
    );
    let exchange = client(config())
        .exchange(request("OPTIONS", &url, &[], None))
        .await;
    assert_eq!(exchange.result.unwrap().body, b"body");
}

#[tokio::test]
async fn a_body_ends_with_the_connection_when_nothing_else_says_so() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        let response = response_of(format!("{head}5\r\nhello")).await;
        assert_eq!(response.body, b"5\r\nhello");
        assert_eq!(response.body_end, BodyEnd::Complete);
    }
}

#[tokio::test]
async fn a_broken_body_leaves_the_head_usable() {
    let table = [
        (
            "Content-Length: 9\r\n\r\nhello",
            "hello",
            BodyFault::ClosedEarly { missing: 4 },
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
            "hel",
            BodyFault::ChunksUnfinished,
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n2\r\nhello",
            "he",
            BodyFault::BadChunk,
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\nhello\r\n",
            "",
            BodyFault::BadChunk,
        ),
    ];
    for (rest, body, fault) in table {
        let response = response_of(format!("HTTP/1.1 200 OK\r\nA: 1\r\n{rest}")).await;
        assert_eq!(response.header_list.get("a").unwrap().as_ref(), b"1");
        assert_eq!(response.body, body.as_bytes(), "{rest}");
        assert_eq!(response.body_end, BodyEnd::Broken(fault), "{rest}");
    }
}

#[tokio::test]
async fn what_no_browser_accepts_is_an_error_that_names_it() {
    let start = b"<h1>hello</h1>".to_vec();
    assert_eq!(
        error_of("<h1>hello</h1>").await,
        NetworkError::InvalidResponse(HeadFault::NotHttp { start })
    );
    assert_eq!(
        error_of("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n").await,
        NetworkError::InvalidResponse(HeadFault::NulByte {
            line: 1,
            offset: 20
        })
    );
    let lengths = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab";
    let error = error_of(lengths).await;
    assert_eq!(error.code(), "conflicting-headers");
    let chromium = "net::ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH";
    assert_eq!(error.chromium_net_error(), chromium);
    let short = error_of("hi").await;
    assert_eq!(
        short.to_string(),
        "the answer is not valid HTTP: it begins with \"hi\" where HTTP/1.1 and a status code must stand"
    );
}

#[tokio::test]
async fn an_http_request_to_a_tls_port_is_named() {
    let error = error_of(b"\x15\x03\x01\x00\x02\x02\x46".to_vec()).await;
    assert_eq!(error.code(), "invalid-response");
    assert!(
        error.to_string().contains("the port wants https"),
        "{error}"
    );
}

#[tokio::test]
async fn a_head_cut_off_is_used_as_far_as_it_came() {
    let response = response_of("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nX").await;
    assert_eq!(
        response
            .header_list
            .get("access-control-allow-origin")
            .unwrap()
            .as_ref(),
        b"*"
    );
    assert_eq!(
        kinds(&response.oddities),
        [OddityKind::NoColon, OddityKind::HeadCutOff]
    );
}

#[tokio::test]
async fn an_early_answer_is_read_while_the_body_is_still_going_out() {
    let address = serve(|_, mut stream| {
        read_head(&mut stream);
        let answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
    });
    let body = vec![b'x'; 32 << 20];
    let url = format!("http://{address}/");
    let exchange = client(config())
        .exchange(request("POST", &url, &[], Some(&body)))
        .await;
    assert_eq!(exchange.result.unwrap().status, 413);
}
