//! Connections are kept for the next exchange, and a stale one is never the user's problem.

use std::io::Write;
use std::time::Duration;

use crate::loopback::*;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn a_preflight_and_its_request_share_a_connection() {
    let notes = Notes::default();
    let seen = notes.clone();
    let address = serve(move |number, mut stream| {
        loop {
            let head = read_head(&mut stream);
            if head.is_empty() {
                return;
            }
            let line = head.split(|byte| *byte == b'\r').next().unwrap();
            seen.add(format!("{number} {}", String::from_utf8_lossy(line)).into_bytes());
            stream.write_all(OK).unwrap();
        }
    });
    let client = client(config());
    let url = format!("http://{address}/");
    let preflight = client.exchange(request("OPTIONS", &url, &[], None)).await;
    let actual = client.exchange(request("PUT", &url, &[], Some(b""))).await;
    assert!(!preflight.reused && actual.reused);
    assert_eq!(actual.result.unwrap().body, b"ok");
    assert_eq!(actual.remote_addr, Some(address));
    assert_eq!((actual.timing.dns, actual.timing.connect), (None, None));
    assert_eq!(notes.texts(), ["0 OPTIONS / HTTP/1.1", "0 PUT / HTTP/1.1"]);
    // Another host name is another place, though it is the same server.
    let port = address.port();
    let other = client
        .exchange(get(&format!("http://localhost:{port}/")))
        .await;
    assert!(!other.reused);
    assert_eq!(notes.texts()[2], "1 GET / HTTP/1.1");
}

#[tokio::test]
async fn a_connection_that_will_not_serve_again_is_not_kept() {
    let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nsurplus",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ];
    for answer in answers {
        let url = format!("http://{}/", answer_and_stay(answer));
        let client = client(config());
        assert!(client.exchange(get(&url)).await.result.is_ok(), "{answer}");
        assert!(!client.exchange(get(&url)).await.reused, "{answer}");
    }
    let url = format!("http://{}/", answer_and_stay(OK));
    let client = client(config());
    let closing = request("GET", &url, &[("Connection", "close")], None);
    assert!(client.exchange(closing).await.result.is_ok());
    assert!(!client.exchange(get(&url)).await.reused);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_meanwhile_is_replaced() {
    let address = answer(OK);
    let client = client(config());
    let url = format!("http://{address}/");
    assert!(client.exchange(get(&url)).await.result.is_ok());
    tokio::time::sleep(Duration::from_millis(50)).await;
    let second = client.exchange(get(&url)).await;
    assert_eq!(second.result.unwrap().body, b"ok");
    assert!(!second.reused);
}

/// Serves one request on the first connection and fails the second in the manner of `fail`.
async fn stale(fail: fn(&mut std::net::TcpStream)) {
    let address = serve(move |number, mut stream| {
        read_head(&mut stream);
        let _ = stream.write_all(OK);
        if number == 0 {
            fail(&mut stream);
        } else {
            wait_for_close(&mut stream);
        }
    });
    let client = client(config());
    let url = format!("http://{address}/");
    assert!(client.exchange(get(&url)).await.result.is_ok());
    let second = client
        .exchange(request("POST", &url, &[], Some(b"body")))
        .await;
    assert_eq!(second.result.unwrap().body, b"ok");
    assert!(!second.reused && second.timing.connect.is_some());
}

#[tokio::test]
async fn a_kept_connection_that_fails_unanswered_is_retried_once_afresh() {
    stale(|stream| drop(read_head(stream))).await;
    stale(|stream| reset(stream)).await;
}

#[tokio::test]
async fn a_fresh_connection_that_fails_is_not_retried() {
    let notes = Notes::default();
    let seen = notes.clone();
    let address = serve(move |_, mut stream| {
        seen.add(read_head(&mut stream));
    });
    let error = exchange_with(address).await.result.unwrap_err();
    assert_eq!(error.code(), "empty-response");
    assert_eq!(notes.texts().len(), 1);
}

#[tokio::test]
async fn an_answer_that_has_begun_is_not_retried() {
    let notes = Notes::default();
    let seen = notes.clone();
    let address = serve(move |_, mut stream| {
        read_head(&mut stream);
        let _ = stream.write_all(OK);
        seen.add(read_head(&mut stream));
        let _ = stream.write_all(b"garbage that is no HTTP");
    });
    let client = client(config());
    let url = format!("http://{address}/");
    assert!(client.exchange(get(&url)).await.result.is_ok());
    let second = client.exchange(get(&url)).await;
    assert!(second.reused);
    assert_eq!(second.result.unwrap_err().code(), "invalid-response");
    assert_eq!(notes.texts().len(), 1);
}
