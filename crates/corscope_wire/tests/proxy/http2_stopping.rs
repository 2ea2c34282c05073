//! What becomes of HTTP/2 streams when the program ends.

use std::sync::Arc;
use std::time::Duration;

use corscope_wire::proxy::Event;
use http::HeaderMap;
use tokio::sync::Notify;

use crate::http2_ends::*;
use crate::running::run;
use crate::secure::Outside;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_in_hand_may_end_and_no_more_come() {
    let outside = Outside::new();
    let go = Arc::new(Notify::new());
    let wait = Arc::clone(&go);
    let (server, _) = serve(&outside, &["h2"], move |mut asked| {
        let wait = Arc::clone(&wait);
        async move {
            wait.notified().await;
            asked.answer(HeaderMap::new(), "done").await;
        }
    })
    .await;
    let mut config = outside.config();
    config.limits.drain = Duration::from_secs(60);
    let mut proxy = run(config);
    let client = connect(&proxy, &outside, server).await;
    let response = ask(&client, get("/")).await;
    assert!(matches!(proxy.event(), Event::Progress(_)));
    proxy.tell_to_stop();
    go.notify_one();
    let mut body = response.await.unwrap().into_body();
    assert_eq!(read(&mut body).await.unwrap(), b"done");
    assert_eq!(proxy.ended().failure, None);
    // The client is told to leave, and what it still asks for is not begun with.
    while client.clone().ready().await.is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_are_cut_off_are_told_of() {
    let outside = Outside::new();
    let (server, _) = serve(&outside, &["h2"], |asked| async move {
        let _kept = asked;
        std::future::pending::<()>().await;
    })
    .await;
    let mut config = outside.config();
    config.limits.drain = Duration::from_millis(500);
    let proxy = run(config);
    let client = connect(&proxy, &outside, server).await;
    let _first = ask(&client, get("/1")).await;
    let _second = ask(&client, get("/2")).await;
    for _ in 0..2 {
        assert!(matches!(proxy.event(), Event::Progress(_)));
    }
    let events = proxy.stop();
    let stopped = |event: &Event| match event {
        Event::Ended(exchange) => exchange.failure.as_ref().unwrap().code == "stopped",
        _ => false,
    };
    assert_eq!(events.iter().filter(|event| stopped(event)).count(), 2);
}
