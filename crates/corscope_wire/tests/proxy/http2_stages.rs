//! Stages take part in HTTP/2 streams, too, and may send them to an HTTP/1.1 server.

use std::sync::{Arc, mpsc};

use bytes::Bytes;
use corscope_fetch::exchange::{HttpVersion, ObservedBody, ObservedResponse};
use corscope_wire::proxy::ProxyConfig;
use corscope_wire::proxy::stages::{RequestDecision, ResponseDecision, Stages};
use http::{HeaderMap, HeaderValue};

use crate::http2_ends::*;
use crate::running::{Running, run};
use crate::secure::Outside;
use crate::stages::{Rewrite, of_request, of_response};

fn with(outside: &Outside, stage: Rewrite) -> Running {
    run(ProxyConfig {
        stages: Arc::new(Stages::new(vec![Arc::new(stage)])),
        ..outside.config()
    })
}

/// A server that tells what it was asked.
async fn telling(outside: &Outside) -> std::net::SocketAddr {
    let (server, _) = serve(outside, &["h2"], |mut asked| async move {
        let body = read(asked.request.body_mut()).await.unwrap();
        let mut text = format!("{} {}\n", asked.request.method(), asked.request.uri());
        for (name, value) in asked.request.headers() {
            text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
        text.push_str(&String::from_utf8(body).unwrap());
        let mut headers = HeaderMap::new();
        headers.insert("content-length", HeaderValue::from(text.len()));
        headers.insert("x-kept", HeaderValue::from_static("1"));
        asked.answer(headers, text).await;
    })
    .await;
    server
}

async fn post(
    client: &h2::client::SendRequest<Bytes>,
    lines: &[(&'static str, &'static str)],
    body: &'static str,
) -> (http::response::Parts, String) {
    let mut request = get("/old");
    *request.method_mut() = http::Method::POST;
    for (name, value) in lines {
        let value = HeaderValue::from_static(value);
        request.headers_mut().append(*name, value);
    }
    let mut sender = client.clone().ready().await.unwrap();
    let (response, mut stream) = sender.send_request(request, false).unwrap();
    stream
        .send_data(Bytes::from_static(body.as_bytes()), true)
        .unwrap();
    let (head, mut body) = response.await.unwrap().into_parts();
    let body = read(&mut body).await.unwrap();
    (head, String::from_utf8(body).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_can_be_changed() {
    let outside = Outside::new();
    let server = telling(&outside).await;
    let proxy = with(
        &outside,
        of_request(true, |request| {
            assert_eq!(request.body.bytes, b"abc");
            request.url = request.url.replace("/old", "/new");
            request.method = "PUT".to_owned();
            request.header_list.set("X-New", " 1");
            request.body.bytes.extend_from_slice(b"!!");
            RequestDecision::Changed
        }),
    );
    let client = connect(&proxy, &outside, server).await;
    let lines = [
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("content-length", "3"),
    ];
    let (_, told) = post(&client, &lines, "abc").await;
    for wanted in [
        "PUT https://api.test/new\n",
        "x-new: 1\n",
        "content-length: 5\n",
        "cookie: a=1\ncookie: b=2\n",
        "\nabc!!",
    ] {
        assert!(told.contains(wanted), "{wanted:?} in {told}");
    }
    let exchange = proxy.ended();
    assert_eq!(exchange.request.body.bytes, b"abc!!");
    let modified = exchange.modified.unwrap();
    assert_eq!(modified.by, ["rewrite"]);
    assert_eq!(modified.request.unwrap().method, "POST");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn responses_can_be_changed_with_and_without_their_body() {
    let outside = Outside::new();
    let server = telling(&outside).await;
    for held in [false, true] {
        let proxy = with(
            &outside,
            of_response(held, move |response| {
                response.header_list.set("Access-Control-Allow-Origin", "*");
                if held {
                    response.status = 201;
                    response.body.bytes = b"other".to_vec();
                }
                ResponseDecision::Changed
            }),
        );
        let client = connect(&proxy, &outside, server).await;
        let (head, body) = fetch(&client, get("/")).await;
        assert_eq!(head.headers["access-control-allow-origin"], "*");
        assert_eq!(head.headers["x-kept"], "1");
        assert_eq!(head.headers["content-length"], body.len().to_string());
        if held {
            assert_eq!((head.status.as_u16(), &*body), (201, "other"));
        } else {
            assert!(body.starts_with("GET https://api.test/\n"), "{body}");
        }
        let exchange = proxy.ended();
        assert_eq!(exchange.response.unwrap().body.bytes, body.as_bytes());
        assert_eq!(exchange.modified.unwrap().response.unwrap().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_can_answer_and_close() {
    let outside = Outside::new();
    let server = telling(&outside).await;
    let proxy = with(
        &outside,
        of_request(false, |request| {
            if request.url.ends_with("/close") {
                return RequestDecision::Close;
            }
            RequestDecision::Answer(Box::new(ObservedResponse {
                status: 200,
                header_list: [("Connection", "close"), ("X", "1")].into_iter().collect(),
                body: ObservedBody {
                    bytes: b"mine".to_vec(),
                    len: 0,
                },
                ..ObservedResponse::default()
            }))
        }),
    );
    let client = connect(&proxy, &outside, server).await;
    let (head, body) = fetch(&client, get("/")).await;
    assert_eq!(
        (&*body, head.headers["content-length"].as_bytes()),
        ("mine", &b"4"[..])
    );
    assert!(head.headers.get("connection").is_none());
    assert_eq!(proxy.ended().modified.unwrap().by, ["rewrite"]);
    assert!(ask(&client, get("/close")).await.await.is_err());
    assert_eq!(proxy.ended().failure.unwrap().code, "closed-by-stage");
    assert_eq!(fetch(&client, get("/")).await.1, "mine");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_sent_to_an_http1_server_is_converted_strictly() {
    let outside = Outside::new();
    let server = telling(&outside).await;
    let (heads, seen) = mpsc::channel();
    let heads = std::sync::Mutex::new(heads);
    let other = crate::raw::serve(move |_, mut stream| {
        let head = crate::raw::text(&crate::raw::read_head(&mut stream));
        let end: &[u8] = match head.contains("chunked") {
            true => b"0\r\n\r\n",
            false => b"abc",
        };
        let body = crate::raw::text(&crate::raw::read_until(&mut stream, end));
        heads.lock().unwrap().send(head + &body).unwrap();
        let answer = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
                       HTTP/1.1 200 Fine\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nX-B: 1\r\n\
                       Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n";
        std::io::Write::write_all(&mut stream, answer).unwrap();
    });
    let proxy = with(
        &outside,
        of_request(false, move |request| {
            request.url = format!("http://{other}/new?x");
            RequestDecision::Changed
        }),
    );
    let client = connect(&proxy, &outside, server).await;
    let table: [(&[_], _); 2] = [
        (
            &[("cookie", "a=1"), ("cookie", "b=2"), ("te", "trailers")],
            "cookie: a=1; b=2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ),
        (&[("content-length", "3")], "content-length: 3\r\n\r\nabc"),
    ];
    for (lines, rest) in table {
        let (head, body) = post(&client, lines, "abc").await;
        assert_eq!(
            seen.recv().unwrap(),
            format!("POST /new?x HTTP/1.1\r\nHost: {other}\r\n{rest}")
        );
        assert_eq!((head.status.as_u16(), &*body), (200, "ok"));
        let names: Vec<_> = head.headers.keys().map(http::HeaderName::as_str).collect();
        assert_eq!(names, ["x-b"]);
        let exchange = proxy.ended();
        let response = exchange.response.unwrap();
        assert_eq!(response.version, HttpVersion::Http11);
        assert_eq!(response.trailers.get("x-sum").unwrap(), &b"7"[..]);
        assert_eq!(response.informational[0].0, 103);
        assert_eq!(response.reason, b"Fine");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_body_that_breaks_is_told_in_words() {
    let outside = Outside::new();
    let (server, _) = serve(&outside, &["h2"], |mut asked| async move {
        let mut stream = asked
            .respond
            .send_response(http::Response::new(()), false)
            .unwrap();
        send(&mut stream, Bytes::from_static(b"some"), false).await;
        asked.orders.send(Order::Cut).unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let proxy = with(&outside, of_response(true, |_| ResponseDecision::Pass));
    let client = connect(&proxy, &outside, server).await;
    let (head, body) = fetch(&client, get("/")).await;
    assert_eq!(head.status, 502);
    assert!(body.contains("corscope"), "{body}");
    assert!(proxy.ended().failure.is_some());
}
