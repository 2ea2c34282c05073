//! Clients and answers without measure: everything ends, and nothing takes the server down.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::{demo, exchange};
use crate::demo::DemoServer;
use crate::demo::connection::Patience;

/// A server that loses patience within a test's time.
async fn hasty() -> DemoServer {
    let brief = Duration::from_millis(150);
    let patience = Patience {
        idle: brief,
        request: brief,
        write: brief,
        close: brief,
    };
    DemoServer::start_with([127, 0, 0, 1].into(), 0, patience)
        .await
        .unwrap()
}

async fn status(demo: &DemoServer, bytes: &[u8]) -> Option<u16> {
    let answer = exchange(demo.addr(), bytes).await;
    let line = std::str::from_utf8(answer.get(..12)?).unwrap();
    Some(line.strip_prefix("HTTP/1.1 ").unwrap().parse().unwrap())
}

#[tokio::test]
async fn heads_that_are_too_large_or_no_heads_are_refused() {
    let demo = demo().await;
    let long_line = format!("GET /healthy HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(70_000));
    assert_eq!(status(&demo, long_line.as_bytes()).await, Some(431));
    let endless = format!("GET /healthy HTTP/1.1\r\nA: {}", "a".repeat(1_000_000));
    assert_eq!(status(&demo, endless.as_bytes()).await, Some(431));
    let many_lines = format!("GET /healthy HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(500));
    assert_eq!(status(&demo, many_lines.as_bytes()).await, Some(431));
    for garbage in [
        &b"\x16\x03\x01\x00\xa5\x01"[..],
        b"\0\0\0\0",
        b"GET\r\n\r\n",
        b"G T / x\r\n\r\n",
    ] {
        assert_eq!(status(&demo, garbage).await, Some(400), "{garbage:?}");
    }
    assert_eq!(
        status(&demo, b"GET /healthy HTTP/1.0\r\n\r\n").await,
        Some(200)
    );
}

#[tokio::test]
async fn a_client_that_never_finishes_is_sent_away() {
    let demo = hasty().await;
    let began = Instant::now();
    assert_eq!(status(&demo, b"").await, None);
    assert_eq!(
        status(&demo, b"GET /healthy HTTP/1.1\r\nHost:").await,
        Some(408)
    );
    let short = b"POST /healthy HTTP/1.1\r\nContent-Length: 10\r\n\r\nfour";
    assert_eq!(status(&demo, short).await, Some(200));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_sent_away() {
    let demo = hasty().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(demo.addr()).await.unwrap();
    stream
        .write_all(b"GET /huge-headers HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    // The buffers between us fill, and its patience ends; what is in them is all that comes.
    tokio::time::sleep(Duration::from_millis(800)).await;
    let mut bytes = Vec::new();
    let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes))
        .await
        .unwrap();
    assert!(bytes.len() < 10 * 1024 * 1024, "{}", bytes.len());
}

#[tokio::test]
async fn bodies_are_passed_over_and_the_connection_goes_on() {
    let demo = demo().await;
    let two = b"POST /healthy HTTP/1.1\r\nContent-Length: 4\r\n\r\nfour\
                HEAD /public HTTP/1.1\r\nConnection: close\r\n\r\n";
    let answer = String::from_utf8(exchange(demo.addr(), two).await).unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
    assert!(
        answer.ends_with("Content-Length: 33\r\nConnection: close\r\n\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn after_a_body_of_unknown_end_nothing_more_is_taken_for_a_request() {
    let demo = demo().await;
    for framing in [
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "Content-Length: 99999999999",
        "Content-Length: -1",
        "Content-Length: x",
    ] {
        let smuggled = format!(
            "POST /healthy HTTP/1.1\r\n{framing}\r\n\r\nGET /acao-missing HTTP/1.1\r\n\r\n"
        );
        let answer = exchange(demo.addr(), smuggled.as_bytes()).await;
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            1,
            "{framing}: {answer}"
        );
        assert!(answer.contains("Connection: close"), "{framing}: {answer}");
    }
}

#[tokio::test]
async fn pipelined_garbage_ends_the_connection_after_the_good_answer() {
    let demo = demo().await;
    let bytes = b"GET /healthy HTTP/1.1\r\n\r\n\x01\x02garbage\r\n\r\n";
    let answer = String::from_utf8(exchange(demo.addr(), bytes).await).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("HTTP/1.1 400"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_body_announced_with_expect_is_asked_for() {
    let demo = demo().await;
    let bytes = b"POST /healthy HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\
                  Connection: close\r\n\r\nok";
    let answer = String::from_utf8(exchange(demo.addr(), bytes).await).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200"),
        "{answer}"
    );
}

#[tokio::test]
async fn ends_without_an_answer_differ_on_the_wire() {
    let demo = demo().await;
    for (path, reset) in [("/empty-response", false), ("/connection-reset", true)] {
        let mut stream = TcpStream::connect(demo.addr()).await.unwrap();
        stream
            .write_all(format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut bytes = Vec::new();
        let end = stream.read_to_end(&mut bytes).await;
        assert_eq!(bytes, b"", "{path}");
        assert_eq!(
            end.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset),
            reset
        );
    }
    let answer = exchange(
        demo.addr(),
        b"OPTIONS /preflight-network-error HTTP/1.1\r\n\r\n",
    )
    .await;
    assert_eq!(answer, b"");
    let refused = TcpStream::connect(demo.places().closed).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn huge_headers_are_ten_megabytes_of_them() {
    let answer = exchange(demo().await.addr(), b"GET /huge-headers HTTP/1.1\r\n\r\n").await;
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n") && answer.ends_with(b"\r\n\r\n"));
    assert!(answer.len() > 10 * 1024 * 1024, "{}", answer.len());
}

/// What has come when this much time has gone.
async fn within(demo: &DemoServer, path: &str, time: Duration) -> String {
    let mut stream = TcpStream::connect(demo.addr()).await.unwrap();
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut bytes = Vec::new();
    let end = timeout(time, stream.read_to_end(&mut bytes)).await;
    assert!(end.is_err(), "{path} ended");
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn slow_answers_are_slow_where_they_say() {
    let demo = demo().await;
    let time = Duration::from_millis(1500);
    let (head, body, endless) = tokio::join!(
        within(&demo, "/slow-head", time),
        within(&demo, "/slow-body", time),
        within(&demo, "/endless-body", time),
    );
    assert_eq!(head, "H");
    assert!(body.ends_with("\r\n\r\nT"), "{body}");
    assert!(endless.contains("\r\n\r\n....") && !endless.contains("Content-Length"));
}
