//! HTTP/2, over TLS as browsers speak it.

use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use crate::loopback::tls::{Authority, params, serve_tls, server_config};
use crate::loopback::*;
use bytes::Bytes;
use corscope_wire::client::{
    BodyEnd, Client, ClientConfig, HttpVersion, NetworkError, Version, WireExchange,
};
use h2::RecvStream;
use h2::server::SendResponse;
use http::{HeaderMap, HeaderValue, Request, Response};
use rustls::DEFAULT_VERSIONS;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Asked = Request<RecvStream>;
type Reply = SendResponse<Bytes>;
type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// An HTTP/2 server that runs `script` for each request, with its number counted from 0 on each
/// connection.
async fn serve_http2(script: fn(usize, Asked, Reply) -> Task) -> (SocketAddr, Client) {
    let authority = Authority::new(&format!("http2-{:p}", script as *const ()));
    let identity = authority.sign(params(&["localhost"]));
    let config_of_server = server_config(&identity, &["h2", "http/1.1"], DEFAULT_VERSIONS);
    let address = serve_tls(config_of_server, move |_, stream| async move {
        let Ok(mut connection) = h2::server::handshake(stream).await else {
            return;
        };
        let mut number = 0;
        while let Some(Ok((request, reply))) = connection.accept().await {
            tokio::spawn(script(number, request, reply));
            number += 1;
        }
    })
    .await;
    let config = ClientConfig {
        ca_certs: vec![authority.pem_file.clone()],
        ..config()
    };
    (address, client(config))
}

fn url(address: SocketAddr) -> String {
    format!("https://localhost:{}/p?q=1", address.port())
}

async fn ask(client: &Client, address: SocketAddr) -> WireExchange {
    client.exchange(get(&url(address))).await
}

/// The request in one text: pseudo-headers, then the headers in order.
fn described(request: &Asked) -> String {
    let headers: Vec<String> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}={}", value.to_str().unwrap()))
        .collect();
    format!(
        "{} {} {}",
        request.method(),
        request.uri(),
        headers.join("|")
    )
}

#[tokio::test]
async fn requests_go_out_in_order_without_what_http2_forbids() {
    let (address, client) = serve_http2(|_, mut request, mut reply| {
        Box::pin(async move {
            let described = described(&request);
            let mut body = Vec::new();
            while let Some(Ok(data)) = request.body_mut().data().await {
                let _ = request
                    .body_mut()
                    .flow_control()
                    .release_capacity(data.len());
                body.extend_from_slice(&data);
            }
            let mut response = Response::new(());
            response
                .headers_mut()
                .insert("x-seen", described.parse().unwrap());
            let mut stream = reply.send_response(response, false).unwrap();
            stream.send_data(Bytes::from(body), true).unwrap();
        })
    })
    .await;
    let headers = [
        ("Connection", "keep-alive"),
        ("X-B", "1"),
        ("Keep-Alive", "5"),
        ("Transfer-Encoding", "chunked"),
        ("TE", "gzip"),
        ("x-a", " 2 "),
        ("x-b", "3"),
        ("Origin", "https://app.example.com"),
    ];
    let exchange = client
        .exchange(request("PUT", &url(address), &headers, Some(b"the body")))
        .await;
    let response = exchange.result.unwrap();
    let seen = response.header_list.get("x-seen").unwrap();
    assert_eq!(
        String::from_utf8_lossy(&seen),
        format!(
            "PUT https://localhost:{}/p?q=1 x-b=1|x-b=3|x-a=2|origin=https://app.example.com|\
             content-length=8",
            address.port()
        )
    );
    assert_eq!(response.body, b"the body");
    assert_eq!(response.version, Version::Http2);
    assert!(response.head.is_empty() && response.reason.is_empty());
    assert_eq!(
        exchange.request.header_list,
        list(&[
            ("x-b", "1"),
            ("x-b", "3"),
            ("x-a", "2"),
            ("origin", "https://app.example.com"),
            ("content-length", "8"),
        ])
    );
    assert_eq!(
        exchange.request.authority,
        format!("localhost:{}", address.port())
    );
    assert_eq!(exchange.http_version, Some(Version::Http2));
    assert_eq!(exchange.tls.unwrap().alpn.as_deref(), Some(&b"h2"[..]));
}

#[tokio::test]
async fn duplicates_informational_responses_and_trailers_are_kept() {
    let (address, client) = serve_http2(|_, _, mut reply| {
        Box::pin(async move {
            let mut hints = Response::new(());
            *hints.status_mut() = http::StatusCode::EARLY_HINTS;
            hints
                .headers_mut()
                .insert("link", HeaderValue::from_static("</a>"));
            reply.send_informational(hints).unwrap();
            let mut response = Response::new(());
            let headers = response.headers_mut();
            headers.append(
                "access-control-allow-origin",
                HeaderValue::from_static("https://a"),
            );
            headers.append("vary", HeaderValue::from_static("Origin"));
            headers.append("access-control-allow-origin", HeaderValue::from_static("*"));
            headers.append("x-raw", HeaderValue::from_bytes(b"\xff").unwrap());
            let mut stream = reply.send_response(response, false).unwrap();
            stream
                .send_data(Bytes::from_static(b"hello"), false)
                .unwrap();
            let mut trailers = HeaderMap::new();
            trailers.insert("x-sum", HeaderValue::from_static("1"));
            stream.send_trailers(trailers).unwrap();
        })
    })
    .await;
    let response = ask(&client, address).await.result.unwrap();
    assert_eq!(response.informational, [(103, list(&[("link", "</a>")]))]);
    let origin = response
        .header_list
        .get("Access-Control-Allow-Origin")
        .unwrap();
    assert_eq!(origin.as_ref(), b"https://a, *");
    assert_eq!(response.header_list.get("x-raw").unwrap().as_ref(), b"\xff");
    assert_eq!(response.trailers, list(&[("x-sum", "1")]));
    assert_eq!(
        (response.body.as_slice(), response.body_end),
        (&b"hello"[..], BodyEnd::Complete)
    );
}

#[tokio::test]
async fn exchanges_share_a_connection() {
    let (address, client) = serve_http2(|number, _, mut reply| {
        Box::pin(async move {
            let mut response = Response::new(());
            response
                .headers_mut()
                .insert("x-number", HeaderValue::from(number));
            reply.send_response(response, true).unwrap();
        })
    })
    .await;
    for number in 0..3 {
        let exchange = ask(&client, address).await;
        assert_eq!(exchange.reused, number > 0);
        let response = exchange.result.unwrap();
        let seen = response.header_list.get("x-number").unwrap().into_owned();
        assert_eq!(seen, number.to_string().as_bytes());
    }
}

#[tokio::test]
async fn a_body_without_end_is_truncated_and_one_that_stalls_timed_out() {
    let (address, client) = serve_http2(|number, _, mut reply| {
        Box::pin(async move {
            let mut stream = reply.send_response(Response::new(()), false).unwrap();
            if number == 0 {
                stream
                    .send_data(Bytes::from(vec![b'x'; 4 << 20]), false)
                    .unwrap();
            }
            std::future::pending::<()>().await;
        })
    })
    .await;
    let response = ask(&client, address).await.result.unwrap();
    assert_eq!(
        (response.body_end, response.body.len()),
        (BodyEnd::Truncated, 1 << 20)
    );
    let exchange = ask(&client, address).await;
    assert!(exchange.reused);
    assert_eq!(exchange.result.unwrap().body_end, BodyEnd::TimedOut);
}

#[tokio::test]
async fn a_reset_stream_is_named_with_its_code() {
    let (address, client) = serve_http2(|_, _, mut reply| {
        Box::pin(async move { reply.send_reset(h2::Reason::INTERNAL_ERROR) })
    })
    .await;
    let error = ask(&client, address).await.result.unwrap_err();
    assert!(
        matches!(
            error,
            NetworkError::Http2 {
                code: Some(2),
                by_server: true,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.chromium_net_error(), "net::ERR_HTTP2_PROTOCOL_ERROR");
}

#[tokio::test]
async fn a_server_that_wants_http1_gets_it() {
    let authority = Authority::new("downgrade authority");
    let identity = authority.sign(params(&["localhost"]));
    let config_of_server = server_config(&identity, &["h2", "http/1.1"], DEFAULT_VERSIONS);
    let address = serve_tls(config_of_server, |_, mut stream| async move {
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((_, mut reply))) = connection.accept().await {
                reply.send_reset(h2::Reason::HTTP_1_1_REQUIRED);
            }
        } else {
            let mut head = [0; 1024];
            let _ = stream.read(&mut head).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    let config = ClientConfig {
        ca_certs: vec![authority.pem_file.clone()],
        ..config()
    };
    let exchange = ask(&client(config), address).await;
    assert_eq!(exchange.result.unwrap().version, Version::Http11);
    assert_eq!(exchange.http_version, Some(Version::Http11));
    assert!(String::from_utf8_lossy(&exchange.request.head).starts_with("GET /p?q=1 HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let authority = Authority::new("goaway authority");
    let identity = authority.sign(params(&["localhost"]));
    let config_of_server = server_config(&identity, &["h2"], DEFAULT_VERSIONS);
    let address = serve_tls(config_of_server, |_, stream| async move {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        if let Some(Ok((_, mut reply))) = connection.accept().await {
            reply.send_response(Response::new(()), true).unwrap();
        }
        connection.graceful_shutdown();
        while connection.accept().await.is_some() {}
    })
    .await;
    let config = ClientConfig {
        ca_certs: vec![authority.pem_file.clone()],
        ..config()
    };
    let client = client(config);
    for _ in 0..3 {
        let exchange = ask(&client, address).await;
        assert_eq!(exchange.result.unwrap().status, 200);
        assert!(!exchange.reused);
    }
}

/// The library has no word for a head that is too large: it must not become a broken protocol.
#[tokio::test]
async fn a_head_just_over_the_limit_is_too_large() {
    // The path says how many lines of how many bytes.
    let (address, _) = serve_http2(|_, request, mut reply| {
        Box::pin(async move {
            let sizes = request.uri().path().trim_matches('/').split_once('/');
            let (lines, bytes) = sizes.unwrap();
            let value = "x".repeat(bytes.parse().unwrap());
            let mut response = Response::new(());
            for number in 0..lines.parse().unwrap() {
                let value = format!("{number}{value}").parse().unwrap();
                response.headers_mut().append("x-fill", value);
            }
            let _ = reply.send_response(response, true);
            tokio::time::sleep(Duration::from_secs(60)).await;
        })
    })
    .await;
    for (lines, bytes) in [
        (1, 1 << 20),
        (1, (1 << 20) + 20_000),
        (2, 600_000),
        (40, 27_000),
        (300, 3_500),
        (1_100, 1_000),
        (9_000, 120),
    ] {
        let config = ClientConfig {
            insecure: true,
            ..config()
        };
        let url = format!("https://localhost:{}/{lines}/{bytes}", address.port());
        let exchange = client(config).exchange(get(&url)).await;
        let error = exchange.result.unwrap_err();
        assert_eq!(error.code(), "head-too-large", "{lines} x {bytes}: {error}");
    }
}

#[tokio::test]
async fn huge_heads_and_silence_end() {
    let (address, _) = serve_http2(|_, _, mut reply| {
        Box::pin(async move {
            let mut response = Response::new(());
            for number in 0..10_000 {
                let value = format!("{number}{}", "x".repeat(1000));
                response
                    .headers_mut()
                    .append("x-fill", value.parse().unwrap());
            }
            let _ = reply.send_response(response, true);
            tokio::time::sleep(Duration::from_secs(60)).await;
        })
    })
    .await;
    // A busy machine takes its time to pack ten megabytes of headers.
    let mut patient = ClientConfig {
        insecure: true,
        ..config()
    };
    patient.limits.total = Duration::from_secs(120);
    patient.limits.idle = Duration::from_secs(120);
    let error = ask(&client(patient), address).await.result.unwrap_err();
    assert_eq!(error, NetworkError::HeadTooLarge { limit: 1 << 20 });

    let (address, _) = serve_http2(|_, _, reply| {
        Box::pin(async move {
            std::future::pending::<()>().await;
            drop(reply);
        })
    })
    .await;
    let mut config = ClientConfig {
        insecure: true,
        ..config()
    };
    config.limits.idle = Duration::from_millis(100);
    let error = ask(&client(config), address).await.result.unwrap_err();
    assert_eq!(error.code(), "response-timeout");
}

#[tokio::test]
async fn prior_knowledge_needs_no_tls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(stream).await.unwrap();
        while let Some(Ok((_, mut reply))) = connection.accept().await {
            reply.send_response(Response::new(()), true).unwrap();
        }
    });
    let config = ClientConfig {
        http_version: HttpVersion::Http2PriorKnowledge,
        ..config()
    };
    let exchange = client(config)
        .exchange(get(&format!("http://{address}/")))
        .await;
    assert_eq!(exchange.result.unwrap().version, Version::Http2);
    let required = ClientConfig {
        http_version: HttpVersion::Http2,
        ..crate::loopback::config()
    };
    let refused = client(required)
        .exchange(get(&format!("http://{address}/")))
        .await;
    assert_eq!(refused.result.unwrap_err().code(), "invalid-request");
}

#[tokio::test]
async fn a_server_without_http2_is_told_apart() {
    let address = answer_and_stay("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let config = ClientConfig {
        http_version: HttpVersion::Http2PriorKnowledge,
        ..config()
    };
    let exchange = client(config)
        .exchange(get(&format!("http://{address}/")))
        .await;
    let error = exchange.result.unwrap_err();
    assert!(
        matches!(
            error,
            NetworkError::Http2 {
                by_server: false,
                ..
            }
        ),
        "{error:?}"
    );
}
