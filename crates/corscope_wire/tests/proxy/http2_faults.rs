//! HTTP/2 streams that fail, each for itself.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use corscope_fetch::exchange::Side;
use corscope_wire::proxy::ProxyConfig;
use h2::Reason;
use http::{HeaderMap, HeaderValue, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::sync::mpsc::unbounded_channel;

use crate::http2_ends::*;
use crate::running::run;
use crate::secure::Outside;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_by_the_server_reaches_the_client_with_its_code() {
    let outside = Outside::new();
    let (server, connections) = serve(&outside, &["h2"], |mut asked| async move {
        match asked.request.uri().path() {
            "/refused" => asked.respond.send_reset(Reason::REFUSED_STREAM),
            "/body" => {
                let mut stream = asked
                    .respond
                    .send_response(Response::new(()), false)
                    .unwrap();
                send(&mut stream, Bytes::from_static(b"some"), false).await;
                // The client answers once it has the piece.
                let _ = read(asked.request.body_mut()).await;
                stream.send_reset(Reason::ENHANCE_YOUR_CALM);
            }
            _ => asked.answer(HeaderMap::new(), "ok").await,
        }
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let error = ask(&client, get("/refused")).await.await.unwrap_err();
    assert!(error.is_reset() && error.is_remote());
    assert_eq!(error.reason(), Some(Reason::REFUSED_STREAM));
    let failure = proxy.ended().failure.unwrap();
    assert_eq!(
        (&*failure.code, failure.side),
        ("stream-reset", Side::Server)
    );
    let mut sender = client.clone().ready().await.unwrap();
    let (response, mut upload) = sender.send_request(get("/body"), false).unwrap();
    let mut body = response.await.unwrap().into_body();
    assert_eq!(body.data().await.unwrap().unwrap(), "some");
    upload.send_data(Bytes::new(), true).unwrap();
    let error = body.data().await.unwrap().unwrap_err();
    assert_eq!(error.reason(), Some(Reason::ENHANCE_YOUR_CALM));
    let exchange = proxy.ended();
    assert_eq!(exchange.failure.unwrap().code, "stream-reset");
    assert_eq!(exchange.response.unwrap().body.bytes, b"some");
    // The connection goes on.
    assert_eq!(fetch(&client, get("/")).await.1, "ok");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_by_the_client_reaches_the_server_with_its_code() {
    let outside = Outside::new();
    let (seen, mut codes) = unbounded_channel();
    let (server, _) = serve(&outside, &["h2"], move |mut asked| {
        let seen = seen.clone();
        async move {
            if asked.request.uri().path() == "/head" {
                let reset = std::future::poll_fn(|context| asked.respond.poll_reset(context));
                seen.send(reset.await.unwrap()).unwrap();
                return;
            }
            let mut stream = asked
                .respond
                .send_response(Response::new(()), false)
                .unwrap();
            send(&mut stream, Bytes::from_static(b"some"), false).await;
            let reset = std::future::poll_fn(|context| stream.poll_reset(context));
            seen.send(reset.await.unwrap()).unwrap();
        }
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    for path in ["/body", "/head"] {
        let mut sender = client.clone().ready().await.unwrap();
        let (response, mut upload) = sender.send_request(get(path), false).unwrap();
        if path == "/body" {
            let mut body = response.await.unwrap().into_body();
            body.data().await.unwrap().unwrap();
            upload.send_reset(Reason::NO_ERROR);
            assert_eq!(codes.recv().await.unwrap(), Reason::NO_ERROR);
        } else {
            upload.send_reset(Reason::CANCEL);
            assert_eq!(codes.recv().await.unwrap(), Reason::CANCEL);
        }
        let failure = proxy.ended().failure.unwrap();
        assert_eq!(
            (&*failure.code, failure.side),
            ("client-closed", Side::Client)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_takes_its_streams_along() {
    let outside = Outside::new();
    let (seen, mut ended) = unbounded_channel();
    let (server, _) = serve(&outside, &["h2"], move |mut asked| {
        let seen = seen.clone();
        async move {
            let reset = std::future::poll_fn(|context| asked.respond.poll_reset(context));
            seen.send(reset.await.is_ok()).unwrap();
        }
    })
    .await;
    let proxy = run(outside.config());
    let mut stream = shake(&proxy, &outside, server, &["h2"]).await;
    // By hand: a preface, SETTINGS, and two streams.
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    for id in [1, 3] {
        // :method GET, :scheme https, :path /, :authority api.test
        let block = b"\x82\x87\x84\x01\x08api.test";
        bytes.extend_from_slice(&[0, 0, block.len() as u8, 1, 5, 0, 0, 0, id]);
        bytes.extend_from_slice(block);
    }
    stream.write_all(&bytes).await.unwrap();
    // The exchanges are told of while they last, so they have begun.
    for _ in 0..2 {
        assert!(matches!(
            proxy.event(),
            corscope_wire::proxy::Event::Progress(_)
        ));
    }
    drop(stream);
    for _ in 0..2 {
        ended.recv().await.unwrap();
        assert_eq!(proxy.ended().failure.unwrap().code, "client-closed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_no_more_streams_is_dialled_anew() {
    let outside = Outside::new();
    let (server, connections) = serve(&outside, &["h2"], |mut asked| async move {
        asked.orders.send(Order::GoAway).unwrap();
        let number = asked.connection;
        asked.answer(HeaderMap::new(), format!("{number}")).await;
    })
    .await;
    let proxy = run(outside.config());
    let mut client = connect(&proxy, &outside, server).await;
    for turn in 0..4 {
        // The client may have been told as well; then it comes back by another connection.
        let response = match client.clone().ready().await {
            Ok(mut ready) => ready.send_request(get("/"), true).map(|sent| sent.0),
            Err(error) => Err(error),
        };
        let response = match response {
            Ok(response) => response.await,
            Err(error) => Err(error),
        };
        let mut body = match response {
            Ok(response) => response.into_body(),
            Err(error) => {
                assert!(error.is_go_away() || error.is_io(), "{error:?}");
                client = connect(&proxy, &outside, server).await;
                ask(&client, get("/")).await.await.unwrap().into_body()
            }
        };
        let answer = String::from_utf8(read(&mut body).await.unwrap()).unwrap();
        assert!(turn > 0 || answer == "0");
        assert_eq!(proxy.ended().failure, None);
    }
    assert!(connections.load(Ordering::SeqCst) >= 2);
}

/// Reads one frame: its type, its stream, its payload.
async fn frame(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> (u8, u32, Vec<u8>) {
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
    let mut payload = vec![0; length];
    stream.read_exact(&mut payload).await.unwrap();
    let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    (head[3], id, payload)
}

/// A server by hand that says it has not begun with any stream, then one that answers.
async fn unwilling_once(outside: &Outside, willing: Arc<Notify>) -> std::net::SocketAddr {
    let config = Arc::new(outside.server_config(&[NAME], &["h2"]));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for number in 0.. {
            let (tcp, _) = listener.accept().await.unwrap();
            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&config));
            let mut stream = acceptor.accept(tcp).await.unwrap();
            if number > 0 {
                let mut h2 = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((mut request, mut respond))) = h2.accept().await {
                    willing.notify_one();
                    tokio::spawn(async move {
                        let body = read(request.body_mut()).await.unwrap();
                        let mut out = respond.send_response(Response::new(()), false).unwrap();
                        send(&mut out, body.into(), true).await;
                    });
                }
                continue;
            }
            stream.read_exact(&mut [0; 24]).await.unwrap();
            stream.write_all(b"\0\0\0\x04\0\0\0\0\0").await.unwrap();
            while frame(&mut stream).await.0 != 1 {}
            // GOAWAY: last stream 0, NO_ERROR.
            let goaway = b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0";
            stream.write_all(goaway).await.unwrap();
            tokio::spawn(async move {
                let _ = stream.read_to_end(&mut Vec::new()).await;
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_has_not_begun_with_is_sent_once_more() {
    let outside = Outside::new();
    let willing = Arc::new(Notify::new());
    let server = unwilling_once(&outside, Arc::clone(&willing)).await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let mut sender = client.ready().await.unwrap();
    let mut request = get("/");
    *request.method_mut() = http::Method::POST;
    let (response, mut upload) = sender.send_request(request, false).unwrap();
    let answered = tokio::spawn(response);
    // The body comes only when the first server has declined, so it can go to the second.
    willing.notified().await;
    let _ = upload.send_data(Bytes::from_static(b"body"), true);
    let mut body = answered.await.unwrap().unwrap().into_body();
    assert_eq!(read(&mut body).await.unwrap(), b"body");
    let exchange = proxy.ended();
    assert_eq!(exchange.failure, None);
    assert_eq!(exchange.request.body.bytes, b"body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_in_the_midst_is_told_and_the_next_request_gets_a_new_one() {
    let outside = Outside::new();
    let (server, connections) = serve(&outside, &["h2"], |mut asked| async move {
        match asked.request.uri().path() {
            "/cut" => {
                let mut stream = asked
                    .respond
                    .send_response(Response::new(()), false)
                    .unwrap();
                send(&mut stream, Bytes::from_static(b"some"), false).await;
                let _ = read(asked.request.body_mut()).await;
                asked.orders.send(Order::Cut).unwrap();
                // Dropping the stream would reset it first.
                std::future::pending::<()>().await;
            }
            "/silent" => {
                asked.orders.send(Order::Cut).unwrap();
                std::future::pending::<()>().await;
            }
            _ => asked.answer(HeaderMap::new(), "ok").await,
        }
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let mut sender = client.clone().ready().await.unwrap();
    let (response, mut upload) = sender.send_request(get("/cut"), false).unwrap();
    let mut body = response.await.unwrap().into_body();
    assert_eq!(body.data().await.unwrap().unwrap(), "some");
    upload.send_data(Bytes::new(), true).unwrap();
    assert!(body.data().await.unwrap().is_err());
    let failure = proxy.ended().failure.unwrap();
    assert_eq!(failure.side, Side::Server);
    assert_ne!(failure.code, "stream-reset");
    // Cut before it answers, twice: told to the page in words that it can read.
    let client = connect(&proxy, &outside, server).await;
    let mut request = get("/silent");
    let origin = HeaderValue::from_static("https://app.test");
    request.headers_mut().insert("origin", origin);
    let (head, answer) = fetch(&client, request).await;
    assert_eq!(head.status, 502);
    assert_eq!(
        head.headers["access-control-allow-origin"],
        "https://app.test"
    );
    assert!(answer.contains("corscope"), "{answer}");
    assert!(proxy.ended().failure.is_some());
    let client = connect(&proxy, &outside, server).await;
    assert_eq!(fetch(&client, get("/")).await.1, "ok");
    assert!(connections.load(Ordering::SeqCst) >= 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_answered_for_over_http2_where_nothing_else_is_spoken() {
    let outside = Outside::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = closed.local_addr().unwrap();
    drop(closed);
    let proxy = run(outside.config());
    let stream = shake(&proxy, &outside, server, &["h2"]).await;
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let (head, _) = fetch(&client, get("/")).await;
    assert_eq!(head.status, 502);
    assert_eq!(head.headers["x-corscope-error"], "connection-refused");
    assert_eq!(proxy.ended().failure.unwrap().code, "connection-refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_be_read_in_two_ways_is_refused() {
    let outside = Outside::new();
    let (server, _) = serve(&outside, &["h2"], |mut asked| async move {
        asked.answer(HeaderMap::new(), "reached").await;
    })
    .await;
    let mut config = outside.config();
    config.limits.request_head = 10_000;
    let proxy = run(config);
    let client = connect(&proxy, &outside, server).await;
    let table = [
        ("host", "other.test".to_owned(), 400, "host"),
        ("content-length", "0x1".to_owned(), 400, "content-length"),
        ("x", "y".repeat(11_000), 431, "request-head-too-large"),
    ];
    for (name, value, status, code) in table {
        let mut request = get("/");
        let value = HeaderValue::from_str(&value).unwrap();
        request.headers_mut().insert(name, value);
        let response = ask(&client, request).await.await;
        // A malformed length is the library's to refuse, by a reset.
        match response {
            Ok(response) => {
                assert_eq!(response.status(), status, "{name}");
                assert_eq!(proxy.ended().failure.unwrap().code, code);
            }
            Err(error) => assert_eq!(
                (name, error.reason()),
                ("content-length", Some(Reason::PROTOCOL_ERROR))
            ),
        }
    }
    // Malformed in HTTP/2: a field of a connection, by hand.
    let mut stream = shake(&proxy, &outside, server, &["h2"]).await;
    let block = b"\x82\x87\x84\x01\x08api.test\0\x0aconnection\x05close";
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    bytes.extend_from_slice(&[0, 0, block.len() as u8, 1, 5, 0, 0, 0, 1]);
    bytes.extend_from_slice(block);
    stream.write_all(&bytes).await.unwrap();
    loop {
        let (kind, id, payload) = frame(&mut stream).await;
        assert_ne!((kind, id), (1, 1), "it was answered");
        if kind == 3 {
            assert_eq!((id, payload), (1, vec![0, 0, 0, 1]));
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_resets_all_its_streams_is_sent_away() {
    let outside = Outside::new();
    let (server, _) = serve(&outside, &["h2"], |mut asked| async move {
        let _ = std::future::poll_fn(|context| asked.respond.poll_reset(context)).await;
    })
    .await;
    let proxy = run(ProxyConfig {
        capture: None,
        ..outside.config()
    });
    let client = connect(&proxy, &outside, server).await;
    let mut reset = 0;
    let error = loop {
        let ready = client.clone().ready().await;
        let sent = ready.and_then(|mut ready| ready.send_request(get("/"), true));
        match sent {
            Ok((_, mut stream)) => stream.send_reset(Reason::CANCEL),
            Err(error) => break error,
        }
        reset += 1;
        assert!(reset < 100_000, "nobody minds");
        if reset % 10 == 0 {
            // The connection's task must get its turn.
            tokio::task::yield_now().await;
        }
    };
    assert!(error.is_go_away() || error.is_io(), "{error:?}");
    // Others are served on.
    drop(connect(&proxy, &outside, server).await);
}
