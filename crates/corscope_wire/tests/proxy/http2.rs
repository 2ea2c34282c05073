//! HTTP/2 where both sides speak it: each stream an exchange of its own, passed on as it comes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use corscope_fetch::exchange::HttpVersion;
use corscope_wire::proxy::{Event, MessageKind, ProxyConfig};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

use crate::http2_ends::*;
use crate::running::run;
use crate::secure::{Outside, get_in, secure_tunnel};

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        map.append(*name, HeaderValue::from_static(value));
    }
    map
}

fn names_and_values(map: &HeaderMap) -> Vec<(&str, &str)> {
    map.iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_passes_and_is_told_as_an_exchange() {
    let outside = Outside::new();
    let (server, connections) = serve(&outside, &["h2", "http/1.1"], |mut asked| async move {
        let seen = names_and_values(asked.request.headers());
        assert_eq!(
            seen,
            [("x-b", "1"), ("x-b", "2"), ("origin", "https://app.test")]
        );
        let uri = asked.request.uri().to_string();
        let fields = headers(&[("z", "1"), ("vary", "a"), ("b", "2"), ("vary", "c")]);
        asked.answer(fields, uri).await;
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    for turn in 0..2 {
        let mut request = get("/x?y");
        *request.headers_mut() =
            headers(&[("x-b", "1"), ("x-b", "2"), ("origin", "https://app.test")]);
        let (head, body) = fetch(&client, request).await;
        assert_eq!(body, "https://api.test/x?y");
        // Names in their order, the lines of one name together.
        let fields = [("z", "1"), ("vary", "a"), ("vary", "c"), ("b", "2")];
        assert_eq!(names_and_values(&head.headers), fields);
        let exchange = proxy.ended();
        assert_eq!(exchange.request.url, "https://api.test/x?y");
        assert_eq!(exchange.request.version, HttpVersion::Http2);
        assert_eq!(exchange.request.header_list.len(), 3);
        assert_eq!(exchange.connection.reused, turn == 1);
        assert!(exchange.connection.tls.is_some() && exchange.connection.server > 0);
        assert_eq!(exchange.timing.tls.is_some(), turn == 0);
        assert!(exchange.timing.wait.is_some() && exchange.timing.total.is_some());
        let response = exchange.response.unwrap();
        assert_eq!(
            (response.status, response.version),
            (200, HttpVersion::Http2)
        );
        assert_eq!(response.body.bytes, body.as_bytes());
        assert_eq!(exchange.failure, None);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_streams_pass_at_once() {
    let outside = Outside::new();
    let all = Arc::new(tokio::sync::Barrier::new(50));
    let (server, connections) = serve(&outside, &["h2"], move |mut asked| {
        let all = Arc::clone(&all);
        async move {
            // None is answered before all have come.
            all.wait().await;
            let number = number_of(&asked.request);
            asked
                .answer(HeaderMap::new(), format!("{number}").repeat(1000))
                .await;
        }
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                let (_, body) = fetch(&client, get(&format!("/{number}"))).await;
                assert_eq!(body, format!("{number}").repeat(1000));
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut ids: Vec<_> = (0..50).map(|_| proxy.ended().id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 50);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trailers_early_hints_and_cookie_crumbs_pass() {
    let outside = Outside::new();
    let (server, _) = serve(&outside, &["h2"], |mut asked| async move {
        let crumbs: Vec<_> = asked.request.headers().get_all("cookie").iter().collect();
        assert_eq!(crumbs, ["a=1", "b=2"]);
        let body = asked.request.body_mut();
        assert_eq!(read(body).await.unwrap(), b"up");
        let trailers = body.trailers().await.unwrap().unwrap();
        assert_eq!(trailers["x-sum"], "1");
        let mut hints = Response::new(());
        *hints.status_mut() = StatusCode::EARLY_HINTS;
        *hints.headers_mut() = headers(&[("link", "</a.css>; rel=preload")]);
        asked.respond.send_informational(hints).unwrap();
        let mut stream = asked
            .respond
            .send_response(Response::new(()), false)
            .unwrap();
        stream
            .send_data(Bytes::from_static(b"down"), false)
            .unwrap();
        stream
            .send_trailers(headers(&[("grpc-status", "0")]))
            .unwrap();
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let mut sender = client.ready().await.unwrap();
    let mut request = get("/");
    *request.method_mut() = http::Method::PUT;
    *request.headers_mut() = headers(&[("cookie", "a=1"), ("cookie", "b=2")]);
    let (mut response, mut stream) = sender.send_request(request, false).unwrap();
    stream.send_data(Bytes::from_static(b"up"), false).unwrap();
    stream.send_trailers(headers(&[("x-sum", "1")])).unwrap();
    let hints = std::future::poll_fn(|context| response.poll_informational(context)).await;
    let hints = hints.unwrap().unwrap();
    assert_eq!(hints.status(), 103);
    assert_eq!(hints.headers()["link"], "</a.css>; rel=preload");
    let mut body = response.await.unwrap().into_body();
    assert_eq!(read(&mut body).await.unwrap(), b"down");
    assert_eq!(body.trailers().await.unwrap().unwrap()["grpc-status"], "0");
    let exchange = proxy.ended();
    assert_eq!(
        exchange.request.header_list.get("cookie").unwrap(),
        &b"a=1; b=2"[..]
    );
    let response = exchange.response.unwrap();
    assert_eq!(response.informational[0].0, 103);
    assert_eq!(response.trailers.get("grpc-status").unwrap(), &b"0"[..]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_told_while_the_stream_lasts() {
    let outside = Outside::new();
    let go = Arc::new(Notify::new());
    let wait = Arc::clone(&go);
    let (server, _) = serve(&outside, &["h2"], move |mut asked| {
        let wait = Arc::clone(&wait);
        async move {
            let mut response = Response::new(());
            *response.headers_mut() = headers(&[("content-type", "text/event-stream")]);
            let mut stream = asked.respond.send_response(response, false).unwrap();
            for number in 0..2 {
                send(&mut stream, format!("id: {number}\n\n").into(), false).await;
                wait.notified().await;
            }
            send(&mut stream, Bytes::new(), true).await;
        }
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let mut body = ask(&client, get("/")).await.await.unwrap().into_body();
    for number in 0..2 {
        let data = body.data().await.unwrap().unwrap();
        assert_eq!(data, format!("id: {number}\n\n"));
        let message = proxy.message();
        assert_eq!(message.kind, MessageKind::ServerSentEvent);
        assert_eq!(message.bytes, format!("id: {number}\n").as_bytes());
        go.notify_one();
    }
    assert!(
        body.data()
            .await
            .is_none_or(|data| data.unwrap().is_empty())
    );
    assert_eq!(proxy.ended().failure, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_are_offered_what_their_server_chose() {
    let outside = Outside::new();
    let proxy = run(outside.config());
    let alpn_of = async |alpn: &[&str], offered: &[&str]| {
        let server = outside.serve(&[NAME], alpn, |_, mut stream| {
            let _ = std::io::Read::read(&mut stream, &mut [0]);
        });
        let stream = shake(&proxy, &outside, server, offered).await;
        stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec)
    };
    let both = ["h2", "http/1.1"];
    assert_eq!(alpn_of(&both, &both).await.unwrap(), b"h2");
    assert_eq!(alpn_of(&["h2"], &both).await.unwrap(), b"h2");
    assert_eq!(alpn_of(&["http/1.1"], &both).await.unwrap(), b"http/1.1");
    assert_eq!(alpn_of(&[], &both).await.unwrap(), b"http/1.1");
    assert_eq!(alpn_of(&both, &["http/1.1"]).await.unwrap(), b"http/1.1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_can_be_switched_off() {
    let outside = Outside::new();
    let proxy = run(ProxyConfig {
        http2: false,
        ..outside.config()
    });
    let server = outside.serve(&[NAME], &["h2", "http/1.1"], |_, mut stream| {
        let _ = std::io::Read::read(&mut stream, &mut [0]);
    });
    let stream = shake(&proxy, &outside, server, &["h2", "http/1.1"]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[test]
fn a_server_that_chose_http1_serves_clients_that_offer_both() {
    let outside = Outside::new();
    let server = outside.echo(&[NAME]);
    let proxy = run(outside.config());
    let config = crate::secure::trusting(&[crate::secure::root(&outside)], &["h2", "http/1.1"]);
    for turn in 0..2 {
        let tcp = crate::secure::tunnel(&proxy, &server.to_string());
        let mut client = crate::secure::shake(tcp, NAME, config.clone());
        assert!(get_in(&mut client, "/x").starts_with("GET /x HTTP/1.1\r\n"));
        let exchange = proxy.ended();
        assert_eq!(exchange.request.version, HttpVersion::Http11);
        assert_eq!(exchange.connection.reused, turn == 1);
        drop(client);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_websocket_opens_beside_http2() {
    const UPGRADE: &str = "GET /chat HTTP/1.1\r\nHost: api.test\r\nConnection: Upgrade\r\n\
                           Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                           Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const AGREED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                          Connection: Upgrade\r\n\r\n";
    let outside = Outside::new();
    // One port, two protocols, as servers have it.
    let config = Arc::new(outside.server_config(&[NAME], &["h2", "http/1.1"]));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&config));
            tokio::spawn(async move {
                let mut stream = acceptor.accept(tcp).await.unwrap();
                if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    let mut h2 = h2::server::handshake(stream).await.unwrap();
                    while let Some(Ok((_, mut respond))) = h2.accept().await {
                        let _: h2::SendStream<Bytes> =
                            respond.send_response(Response::new(()), true).unwrap();
                    }
                    return;
                }
                let mut head = vec![0; UPGRADE.len()];
                stream.read_exact(&mut head).await.unwrap();
                assert_eq!(head, UPGRADE.as_bytes());
                let answer = [AGREED.as_bytes(), b"\x81\x02hi"].concat();
                stream.write_all(&answer).await.unwrap();
                let _ = stream.read(&mut [0]).await;
            });
        }
    });
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    assert_eq!(fetch(&client, get("/")).await.0.status, 200);
    assert!(!client.is_extended_connect_protocol_enabled());
    let mut websocket = shake(&proxy, &outside, server, &["http/1.1"]).await;
    websocket.write_all(UPGRADE.as_bytes()).await.unwrap();
    let mut answer = vec![0; AGREED.len() + 4];
    websocket.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, [AGREED.as_bytes(), b"\x81\x02hi"].concat());
    assert_eq!(proxy.message().bytes, b"hi");
    assert_eq!(fetch(&client, get("/")).await.0.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_stream_is_told_of_while_it_lasts() {
    let outside = Outside::new();
    let go = Arc::new(Notify::new());
    let wait = Arc::clone(&go);
    let (server, _) = serve(&outside, &["h2"], move |mut asked| {
        let wait = Arc::clone(&wait);
        async move {
            wait.notified().await;
            asked.answer(HeaderMap::new(), "ok").await;
        }
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let response = ask(&client, get("/slow")).await;
    let Event::Progress(open) = proxy.event() else {
        panic!("not told of");
    };
    assert_eq!(open.request.url, "https://api.test/slow");
    go.notify_one();
    assert_eq!(response.await.unwrap().status(), 200);
    assert_eq!(proxy.ended().id, open.id);
}

#[test]
fn http1_clients_of_an_http2_server_get_http1() {
    let outside = Outside::new();
    let server = outside.echo(&[NAME]);
    let proxy = run(outside.config());
    let mut client = secure_tunnel(&proxy, &outside, &server.to_string(), NAME);
    assert!(get_in(&mut client, "/x").starts_with("GET /x HTTP/1.1\r\n"));
}
