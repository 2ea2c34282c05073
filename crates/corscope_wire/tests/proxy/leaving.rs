//! Clients that leave while their server is being dialled.

use std::io::Write;
use std::net::TcpListener;
use std::time::Duration;

use corscope_wire::proxy::ProxyConfig;

use crate::raw::*;
use crate::running::run;
use crate::secure::{Outside, tunnel};

/// A configuration by which nothing but the client ends a dial.
fn patient(config: ProxyConfig) -> ProxyConfig {
    let mut config = config;
    config.limits.connect = Duration::from_secs(3600);
    config
}

#[test]
fn a_request_whose_client_leaves_ends_while_its_server_is_dialled() {
    let proxy = run(patient(ProxyConfig::default()));
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    for body in ["Content-Length: 9\r\n\r\nabc", "\r\n"] {
        let mut client = connect(&proxy);
        write!(
            client,
            "PUT https://{address}/ HTTP/1.1\r\nHost: a\r\n{body}"
        )
        .unwrap();
        // Dialled, and then left waiting in the handshake.
        let dialled = server.accept().unwrap();
        drop(client);
        let exchange = proxy.ended();
        assert_eq!(exchange.request.method, "PUT");
        assert_eq!(exchange.failure.unwrap().code, "client-closed");
        drop(dialled);
    }
}

#[test]
fn a_tunnel_whose_client_leaves_ends_while_its_server_is_dialled() {
    let outside = Outside::new();
    let proxy = run(patient(outside.config()));
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let mut client = tunnel(&proxy, &address.to_string());
    let config = crate::secure::trusting(&[crate::secure::root(&outside)], &["h2", "http/1.1"]);
    let name = rustls::pki_types::ServerName::try_from("api.test").unwrap();
    let mut hello = rustls::ClientConnection::new(std::sync::Arc::new(config), name).unwrap();
    hello.write_tls(&mut client).unwrap();
    let dialled = server.accept().unwrap();
    drop(client);
    let exchange = proxy.ended();
    assert_eq!(exchange.request.method, "CONNECT");
    assert_eq!(exchange.failure.unwrap().code, "client-closed");
    drop(dialled);
}
