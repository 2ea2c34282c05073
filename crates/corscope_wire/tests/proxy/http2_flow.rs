//! Large bodies over HTTP/2: passed on as fast as the other side takes them, and never held.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{HeaderMap, Response};

use crate::http2_ends::*;
use crate::running::run;
use crate::secure::Outside;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_megabytes_pass_up_and_down_and_only_some_are_kept() {
    const SIZE: usize = 20_000_000;
    let outside = Outside::new();
    let (server, _) = serve(&outside, &["h2"], |mut asked| async move {
        let mut response = asked
            .respond
            .send_response(Response::new(()), false)
            .unwrap();
        // An echo: what comes up goes down before all has come.
        let body = asked.request.body_mut();
        while let Some(data) = body.data().await {
            let data = data.unwrap();
            let len = data.len();
            send(&mut response, data, false).await;
            body.flow_control().release_capacity(len).unwrap();
        }
        send(&mut response, Bytes::new(), true).await;
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let body: Bytes = (0..SIZE).map(|place| (place * 7 / 5) as u8).collect();
    let mut sender = client.ready().await.unwrap();
    let mut request = get("/echo");
    *request.method_mut() = http::Method::POST;
    let (response, mut stream) = sender.send_request(request, false).unwrap();
    let sent = body.clone();
    let sending = tokio::spawn(async move { send(&mut stream, sent, true).await });
    let mut received = response.await.unwrap().into_body();
    assert!(read(&mut received).await.unwrap() == body);
    sending.await.unwrap();
    let exchange = proxy.ended();
    assert_eq!(exchange.failure, None);
    let kept = 64 * 1024;
    for copy in [exchange.request.body, exchange.response.unwrap().body] {
        assert_eq!((copy.len, copy.bytes.len()), (SIZE as u64, kept));
        assert!(copy.bytes == body[..kept]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_slows_the_server_and_nobody_else() {
    const PIECE: usize = 100_000;
    const PIECES: usize = 200;
    let outside = Outside::new();
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let (server, _) = serve(&outside, &["h2"], move |mut asked| {
        let counted = Arc::clone(&counted);
        async move {
            if asked.request.uri().path() == "/small" {
                return asked.answer(HeaderMap::new(), "small").await;
            }
            let response = asked.respond.send_response(Response::new(()), false);
            let mut stream = response.unwrap();
            for number in 0..PIECES {
                let piece = Bytes::from(vec![number as u8; PIECE]);
                send(&mut stream, piece, number + 1 == PIECES).await;
                counted.fetch_add(PIECE, Ordering::SeqCst);
            }
        }
    })
    .await;
    let proxy = run(outside.config());
    let client = connect(&proxy, &outside, server).await;
    let mut unread = ask(&client, get("/large")).await.await.unwrap().into_body();
    for _ in 0..50 {
        assert_eq!(fetch(&client, get("/small")).await.1, "small");
    }
    // A window of the client's, one of the proxy's, and what is on its way.
    assert!(sent.load(Ordering::SeqCst) < 6_000_000);
    let body = read(&mut unread).await.unwrap();
    assert_eq!(body.len(), PIECE * PIECES);
    assert!((0..PIECES).all(|number| body[number * PIECE] == number as u8));
}
