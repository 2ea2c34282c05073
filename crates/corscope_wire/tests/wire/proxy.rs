//! Through a forward proxy.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::loopback::tls::{Authority, params, serve_tls, server_config};
use crate::loopback::*;
use corscope_wire::client::{Client, ClientConfig};
use rustls::DEFAULT_VERSIONS;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn through(proxy: &str) -> Client {
    client(ClientConfig {
        proxy: Some(proxy.parse().unwrap()),
        ..config()
    })
}

#[tokio::test]
async fn a_plain_request_goes_to_the_proxy_with_the_whole_url() {
    let notes = Notes::default();
    let seen = notes.clone();
    let address = serve(move |_, mut stream| {
        seen.add(read_head(&mut stream));
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
    });
    let client = through(&format!("http://user:pass@{address}"));
    let exchange = client
        .exchange(request(
            "GET",
            "http://a.test:8080/x?y#z",
            &[("X", "1")],
            None,
        ))
        .await;
    assert_eq!(exchange.result.unwrap().status, 200);
    assert_eq!(exchange.remote_addr, Some(address));
    assert_eq!(
        notes.texts(),
        [
            "GET http://a.test:8080/x?y HTTP/1.1\r\nHost: a.test:8080\r\nX: 1\r\n\
          Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n"
        ]
    );
}

/// A proxy that tunnels everything to `target`.
fn tunnel_to(target: SocketAddr, notes: Notes) -> SocketAddr {
    serve(move |_, mut down| {
        notes.add(read_head(&mut down));
        let mut up = TcpStream::connect(target).unwrap();
        down.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .unwrap();
        let (mut down_reader, mut up_writer) = (down.try_clone().unwrap(), up.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut down_reader, &mut up_writer));
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = up.read(&mut bytes) {
            if down.write_all(&bytes[..read]).is_err() {
                return;
            }
        }
    })
}

#[tokio::test]
async fn a_secure_request_goes_through_a_tunnel() {
    let authority = Authority::new("proxy test authority");
    let identity = authority.sign(params(&["secure.test"]));
    let config_of_server = server_config(&identity, &["http/1.1"], DEFAULT_VERSIONS);
    let server = serve_tls(config_of_server, |_, mut stream| async move {
        let mut head = [0; 1024];
        let _ = stream.read(&mut head).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            .await;
        let _ = stream.shutdown().await;
    })
    .await;
    let notes = Notes::default();
    let proxy = tunnel_to(server, notes.clone());
    let config = ClientConfig {
        proxy: Some(format!("http://user:pass@{proxy}").parse().unwrap()),
        ca_certs: vec![authority.pem_file.clone()],
        ..config()
    };
    let exchange = client(config).exchange(get("https://secure.test/x")).await;
    assert_eq!(exchange.result.unwrap().body, b"ok");
    assert_eq!(exchange.request.target, "/x");
    assert!(!exchange.request.header_list.contains("Proxy-Authorization"));
    assert_eq!(
        notes.texts(),
        [
            "CONNECT secure.test:443 HTTP/1.1\r\nHost: secure.test:443\r\n\
          Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n"
        ]
    );
}

#[tokio::test]
async fn a_refused_tunnel_says_what_the_proxy_said() {
    let table = [
        (
            "HTTP/1.1 403 Not that one\r\n\r\n",
            "proxy-refused-tunnel",
            "(Not that one)",
        ),
        ("nonsense", "proxy-tunnel-broken", "\"nonsense\""),
        ("", "proxy-tunnel-broken", "without a byte"),
    ];
    for (reply, code, words) in table {
        let proxy = answer(reply);
        let exchange = through(&format!("http://{proxy}"))
            .exchange(get("https://a.test/"))
            .await;
        let error = exchange.result.unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(
            error.chromium_net_error(),
            "net::ERR_TUNNEL_CONNECTION_FAILED"
        );
        assert!(error.to_string().contains(words), "{error}");
        assert!(!exchange.request.sent);
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap();
    drop(listener);
    let exchange = through(&format!("http://{proxy}"))
        .exchange(get("http://a.test/"))
        .await;
    let error = exchange.result.unwrap_err();
    assert_eq!(error.code(), "proxy-unreachable");
    assert_eq!(
        error.chromium_net_error(),
        "net::ERR_PROXY_CONNECTION_FAILED"
    );
    assert!(error.to_string().contains("nothing listens"), "{error}");
}

#[tokio::test]
async fn a_proxy_that_wants_credentials_is_not_taken_for_the_server() {
    let proxy = answer("HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n");
    for url in ["https://a.test/", "http://a.test/"] {
        let exchange = through(&format!("http://{proxy}")).exchange(get(url)).await;
        let error = exchange.result.unwrap_err();
        assert_eq!(error.code(), "proxy-authentication-required", "{url}");
    }
    // Without a proxy it is a server's odd answer, and an answer all the same.
    assert_eq!(exchange_with(proxy).await.result.unwrap().status, 407);
}
