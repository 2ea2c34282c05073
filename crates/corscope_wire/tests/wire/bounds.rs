//! Servers that misbehave on purpose or by breaking: each exchange ends, in time and memory, and
//! says how.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::loopback::*;
use corscope_wire::client::{
    BodyEnd, BodyFault, ClientConfig, Limits, NetworkError, Phase, WireExchange,
};

const SHORT: Duration = Duration::from_millis(150);

/// Exchanges with a server that runs `script`, and checks that it does not take long.
async fn bounded(limits: Limits, script: fn(TcpStream)) -> WireExchange {
    let address = serve(move |_, mut stream| {
        read_head(&mut stream);
        script(stream);
    });
    let started = Instant::now();
    let config = ClientConfig {
        limits,
        ..ClientConfig::default()
    };
    let exchange = client(config)
        .exchange(get(&format!("http://{address}/")))
        .await;
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "took {:?}",
        started.elapsed()
    );
    exchange
}

/// Writes `piece` until the client is gone.
fn repeat(stream: &mut TcpStream, piece: &[u8], pause: Duration) {
    while stream.write_all(piece).is_ok() {
        std::thread::sleep(pause);
    }
}

#[tokio::test]
async fn ten_megabytes_of_headers_are_too_large() {
    let exchange = bounded(short_limits(), |mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        let line = [b"X-Fill: ".as_slice(), &[b'x'; 1000], b"\r\n"].concat();
        for _ in 0..10_000 {
            if stream.write_all(&line).is_err() {
                return;
            }
        }
    })
    .await;
    let error = exchange.result.unwrap_err();
    assert_eq!(error, NetworkError::HeadTooLarge { limit: 1 << 20 });
    assert_eq!(
        error.chromium_net_error(),
        "net::ERR_RESPONSE_HEADERS_TOO_BIG"
    );
}

#[tokio::test]
async fn one_endless_line_is_too_large() {
    let exchange = bounded(short_limits(), |mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ");
        repeat(&mut stream, &[b'x'; 65536], Duration::ZERO);
    })
    .await;
    assert_eq!(
        exchange.result.unwrap_err(),
        NetworkError::HeadTooLarge { limit: 1 << 20 }
    );
}

#[tokio::test]
async fn too_many_lines_are_named() {
    let limits = Limits {
        header_lines: 100,
        ..short_limits()
    };
    let exchange = bounded(limits, |mut stream| {
        let head = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: 1\r\n".repeat(101));
        let _ = stream.write_all(head.as_bytes());
    })
    .await;
    assert_eq!(
        exchange.result.unwrap_err(),
        NetworkError::TooManyHeaderLines { limit: 100 }
    );
}

#[tokio::test]
async fn a_body_without_end_is_truncated() {
    for head in [
        "",
        "Transfer-Encoding: chunked\r\n",
        "Content-Length: 99999999999\r\n",
    ] {
        let limits = Limits {
            body_bytes: 100_000,
            ..short_limits()
        };
        let address = serve(move |_, mut stream| {
            read_head(&mut stream);
            let _ = write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\n");
            let chunk = [b"10000\r\n".as_slice(), &[b'x'; 65536], b"\r\n"].concat();
            repeat(&mut stream, &chunk, Duration::ZERO);
        });
        let config = ClientConfig {
            limits,
            ..ClientConfig::default()
        };
        let exchange = client(config)
            .exchange(get(&format!("http://{address}/")))
            .await;
        let response = exchange.result.unwrap();
        assert_eq!(response.body_end, BodyEnd::Truncated, "{head}");
        assert_eq!(response.body.len(), 100_000, "{head}");
    }
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_complete() {
    for head in [
        "Content-Length: 5\r\n\r\n",
        "\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n",
    ] {
        let tail = if head.contains("chunked") {
            "\r\n0\r\n\r\n"
        } else {
            ""
        };
        let address = answer(format!("HTTP/1.1 200 OK\r\n{head}hello{tail}"));
        let limits = Limits {
            body_bytes: 5,
            ..short_limits()
        };
        let config = ClientConfig {
            limits,
            ..ClientConfig::default()
        };
        let exchange = client(config)
            .exchange(get(&format!("http://{address}/")))
            .await;
        let response = exchange.result.unwrap();
        assert_eq!(
            (response.body.as_slice(), response.body_end),
            (&b"hello"[..], BodyEnd::Complete)
        );
    }
}

#[tokio::test]
async fn a_body_that_stalls_ends_at_its_own_limit() {
    let limits = Limits {
        body: SHORT,
        ..short_limits()
    };
    let exchange = bounded(limits, |mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
        wait_for_close(&mut stream);
    })
    .await;
    let response = exchange.result.unwrap();
    assert_eq!(response.body_end, BodyEnd::TimedOut);
    assert_eq!(response.body, b"hello");
}

#[tokio::test]
async fn a_dripping_body_ends_at_its_own_limit() {
    let limits = Limits {
        body: SHORT,
        ..short_limits()
    };
    let exchange = bounded(limits, |mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        repeat(&mut stream, b"x", Duration::from_millis(20));
    })
    .await;
    let response = exchange.result.unwrap();
    assert_eq!(response.body_end, BodyEnd::TimedOut);
    assert!(!response.body.is_empty());
}

#[tokio::test]
async fn a_dripping_head_ends_at_the_total_limit() {
    let limits = Limits {
        total: SHORT,
        idle: Duration::from_secs(5),
        ..short_limits()
    };
    let exchange = bounded(limits, |mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ");
        repeat(&mut stream, b"x", Duration::from_millis(20));
    })
    .await;
    let error = exchange.result.unwrap_err();
    assert_eq!(
        error,
        NetworkError::TimedOut {
            during: Phase::ReadHead,
            after: SHORT
        }
    );
    assert_eq!(error.code(), "head-timeout");
}

#[tokio::test]
async fn silence_ends_at_the_idle_limit() {
    let limits = Limits {
        idle: SHORT,
        ..short_limits()
    };
    let exchange = bounded(limits, |mut stream| wait_for_close(&mut stream)).await;
    let error = exchange.result.unwrap_err();
    assert_eq!(
        error,
        NetworkError::TimedOut {
            during: Phase::AwaitHead,
            after: SHORT
        }
    );
    assert_eq!(error.code(), "response-timeout");
    assert!(exchange.request.sent);
    assert_eq!(exchange.timing.first_byte, None);
}

#[tokio::test]
async fn a_close_without_an_answer_is_an_empty_response() {
    let exchange = bounded(short_limits(), drop).await;
    let error = exchange.result.unwrap_err();
    assert_eq!(error, NetworkError::EmptyResponse);
    assert_eq!(error.chromium_net_error(), "net::ERR_EMPTY_RESPONSE");
}

#[tokio::test]
async fn a_reset_is_named_with_its_moment() {
    let address = serve(|_, stream| reset(&stream));
    let error = exchange_with(address).await.result.unwrap_err();
    assert_eq!(
        error,
        NetworkError::ConnectionReset {
            during: Phase::AwaitHead
        }
    );
    let address = serve(|_, mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
        reset(&stream);
    });
    let response = exchange_with(address).await.result.unwrap();
    let BodyEnd::Broken(BodyFault::Connection(error)) = response.body_end else {
        panic!("{:?}", response.body_end)
    };
    assert_eq!(
        *error,
        NetworkError::ConnectionReset {
            during: Phase::ReadBody
        }
    );
}

#[tokio::test]
async fn a_closed_port_is_refused_and_every_address_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let exchange = client(config())
        .exchange(get(&format!("http://localhost:{port}/")))
        .await;
    assert!(!exchange.request.sent);
    let error = exchange.result.unwrap_err();
    assert_eq!(error.code(), "connection-refused");
    assert_eq!(error.chromium_net_error(), "net::ERR_CONNECTION_REFUSED");
    let text = error.to_string();
    assert!(
        text.contains(&format!("127.0.0.1:{port} (refused)")),
        "{text}"
    );
    assert!(text.contains(&format!("[::1]:{port}")), "{text}");
}
