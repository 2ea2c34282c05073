//! Tunnels: TLS intercepted or passed through, plain HTTP inside, anything else.

use std::io::Write;
use std::net::TcpListener;

use corscope_fetch::exchange::Side;
use corscope_wire::proxy::ProxyConfig;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::raw::*;
use crate::running::{plain, run};
use crate::secure::*;

#[test]
fn tls_is_intercepted_with_a_certificate_for_the_host() {
    let outside = Outside::new();
    let server = outside.echo(&["localhost"]);
    let proxy = run(outside.config());
    let to = format!("localhost:{}", server.port());
    let mut stream = secure_tunnel(&proxy, &outside, &to, "localhost");
    for path in ["/a", "/b"] {
        let head = get_in(&mut stream, path);
        assert_eq!(head, format!("GET {path} HTTP/1.1\r\nhOst: x\r\n\r\n"));
        let exchange = proxy.ended();
        assert_eq!(exchange.request.url, format!("https://{to}{path}"));
        assert!(exchange.connection.tls.unwrap().starts_with("TLSv1.3, "));
        assert!(exchange.connection.unverified.is_empty());
        assert_eq!(exchange.connection.reused, path == "/b");
        assert_eq!(exchange.timing.tls.is_some(), path == "/a");
    }
    // The leaf is what browsers will accept for years to come.
    let chain = stream.conn.peer_certificates().unwrap();
    assert_eq!(
        chain.len(),
        2,
        "the authority's own certificate is sent too"
    );
    let (_, leaf) = X509Certificate::from_der(&chain[0]).unwrap();
    let (_, issuer) = X509Certificate::from_der(&chain[1]).unwrap();
    let validity = leaf.validity();
    let seconds = validity.not_after.timestamp() - validity.not_before.timestamp();
    assert!(seconds <= 45 * 86_400, "{seconds}");
    assert_ne!(leaf.public_key().raw, issuer.public_key().raw);
    assert!(leaf.raw_serial().len() >= 16);
    let text = format!("{:?}", leaf.extensions());
    for extension in [
        "SubjectKeyIdentifier",
        "AuthorityKeyIdentifier",
        "SubjectAlternativeName",
    ] {
        assert!(text.contains(extension), "{extension}");
    }
    let life = issuer.validity().not_after.timestamp() - issuer.validity().not_before.timestamp();
    assert!(life <= 366 * 86_400, "{life}");
}

#[test]
fn an_address_is_a_host_too() {
    let outside = Outside::new();
    let server = outside.echo(&["127.0.0.1"]);
    let proxy = run(outside.config());
    let mut stream = secure_tunnel(&proxy, &outside, &server.to_string(), "127.0.0.1");
    assert!(get_in(&mut stream, "/").starts_with("GET / "));
    assert_eq!(proxy.ended().request.url, format!("https://{server}/"));
}

#[test]
fn a_server_without_trust_is_refused_unless_relaxed_and_then_noted() {
    let outside = Outside::new();
    let server = outside.echo(&["localhost"]);
    let to = format!("localhost:{}", server.port());
    let mut config = outside.config();
    config.tls.extra_roots.clear();
    let proxy = run(config.clone());
    let mut stream = secure_tunnel(&proxy, &outside, &to, "localhost");
    let body = get_in(&mut stream, "/");
    assert!(body.contains("certificate-unknown-issuer"), "{body}");
    let failure = proxy.ended().failure.unwrap();
    assert_eq!(failure.code, "certificate-unknown-issuer");
    assert_eq!(
        failure.net_error.as_deref(),
        Some("net::ERR_CERT_AUTHORITY_INVALID")
    );
    drop(proxy);
    config.tls.unverified = vec!["localhost".parse().unwrap()];
    let proxy = run(config);
    for _ in 0..2 {
        let mut stream = secure_tunnel(&proxy, &outside, &to, "localhost");
        assert!(get_in(&mut stream, "/").starts_with("GET / "));
        let unverified = proxy.ended().connection.unverified;
        assert!(
            unverified[0].contains("not signed by anyone trusted"),
            "{unverified:?}"
        );
    }
}

#[test]
fn a_client_learns_over_tls_why_its_server_cannot_be_reached() {
    let outside = Outside::new();
    let proxy = run(outside.config());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = closed.local_addr().unwrap().to_string();
    drop(closed);
    let mut stream = secure_tunnel(&proxy, &outside, &to, "127.0.0.1");
    assert!(get_in(&mut stream, "/").contains("connection-refused"));
    assert_eq!(proxy.ended().failure.unwrap().code, "connection-refused");
}

#[test]
fn each_way_a_client_refuses_is_told_apart() {
    let outside = Outside::new();
    let server = outside.echo(&["localhost"]);
    let proxy = run(outside.config());
    let to = format!("localhost:{}", server.port());
    let failed = || {
        let exchange = proxy.ended();
        assert_eq!(exchange.request.method, "CONNECT");
        assert_eq!(exchange.request.url, format!("https://{to}/"));
        let failure = exchange.failure.unwrap();
        assert_eq!(failure.side, Side::Client);
        failure.code
    };
    // A client that does not know the authority says so.
    drop(shake(tunnel(&proxy, &to), "localhost", trusting(&[], &[])));
    assert_eq!(failed(), "client-rejected-certificate");
    // One that says nothing, but leaves at once after the handshake.
    let stream = secure_tunnel(&proxy, &outside, &to, "localhost");
    drop(stream.sock);
    assert_eq!(failed(), "client-tls-closed");
    // One that leaves in the midst of it.
    let mut stream = tunnel(&proxy, &to);
    stream.write_all(&[0x16, 3, 1, 0, 200, 1]).unwrap();
    drop(stream);
    assert_eq!(failed(), "client-tls-closed");
    // One that speaks no TLS after all.
    let mut stream = tunnel(&proxy, &to);
    stream.write_all(&[0x16, 9, 9, 0, 1, 7, 7, 7]).unwrap();
    assert_eq!(failed(), "client-tls-failed");
}

#[test]
fn hosts_that_are_passed_through_show_their_own_certificate() {
    let outside = Outside::new();
    let server = outside.echo(&["localhost"]);
    let mut config = outside.config();
    config.tls.pass_through = vec!["localhost".parse().unwrap()];
    let proxy = run(config);
    let to = format!("localhost:{}", server.port());
    let roots = std::fs::read(outside.scratch.0.join("outside.pem")).unwrap();
    let roots: Vec<_> = rustls::pki_types::pem::PemObject::pem_slice_iter(&roots)
        .map(|certificate: Result<_, rustls::pki_types::pem::Error>| certificate.unwrap())
        .collect();
    let mut stream = shake(tunnel(&proxy, &to), "localhost", trusting(&roots, &[]));
    assert!(get_in(&mut stream, "/").starts_with("GET / "));
    stream.conn.send_close_notify();
    drop(stream);
    let exchange = proxy.ended();
    assert_eq!(exchange.request.url, format!("tls://{to}/"));
    assert!(exchange.response.unwrap().body.len > 0);
    assert!(
        !outside.authority().directory.exists(),
        "nothing is made that is not needed"
    );
}

#[test]
fn an_authority_for_some_hosts_leaves_the_others_alone() {
    let outside = Outside::new();
    let server = outside.echo(&["localhost"]);
    let mut config = outside.config();
    config.authority.as_mut().unwrap().only = vec!["example.com".to_owned()];
    let proxy = run(config);
    let to = format!("localhost:{}", server.port());
    let stream = shake(tunnel(&proxy, &to), "localhost", trusting(&[], &[]));
    drop(stream);
    assert!(proxy.ended().request.url.starts_with("tls://"));
}

#[test]
fn plain_http_in_a_tunnel_is_seen_too() {
    let proxy = plain();
    let (server, heads) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let mut stream = tunnel(&proxy, &server.to_string());
    assert_eq!(get_in(&mut stream, "/x?y"), "ok");
    assert_eq!(
        heads.recv().unwrap().1,
        "GET /x?y HTTP/1.1\r\nhOst: x\r\n\r\n"
    );
    assert_eq!(proxy.ended().request.url, format!("http://{server}/x?y"));
}

#[test]
fn whatever_else_is_in_a_tunnel_is_passed_through() {
    let proxy = plain();
    let server = serve(|_, mut stream| {
        let said = read_until(&mut stream, b"\n");
        stream.write_all(&said).unwrap();
    });
    let mut stream = tunnel(&proxy, &server.to_string());
    stream.write_all(b"\x00\x01hello\n").unwrap();
    assert_eq!(read_all(&mut stream), b"\x00\x01hello\n");
    drop(stream);
    let exchange = proxy.ended();
    assert_eq!(exchange.request.url, format!("tcp://{server}/"));
    assert_eq!(exchange.request.body.len, 8);
    assert!(exchange.request.body.bytes.is_empty());
}

#[test]
fn a_tunnel_to_ourselves_is_refused() {
    let proxy = run(ProxyConfig::default());
    let to = proxy.address.to_string();
    let mut stream = tunnel(&proxy, &to);
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let head = text(&read_head(&mut stream));
    assert!(head.starts_with("HTTP/1.1 508 "), "{head}");
    assert_eq!(proxy.ended().failure.unwrap().code, "own-listener");
}

#[test]
fn the_guide_gives_the_certificate_away() {
    let outside = Outside::new();
    let proxy = run(outside.config());
    let ask_guide = |path: &str| {
        ask(
            &proxy,
            format!(
                "GET http://corscope.invalid{path} HTTP/1.1\r\nHost: corscope.invalid\r\nConnection: close\r\n\r\n"
            ),
        )
    };
    assert!(ask_guide("/").contains("<a href=/cert.pem>"));
    assert!(ask_guide("/cert.pem").contains("-----BEGIN CERTIFICATE-----"));
    assert!(ask_guide("/cert.crt").contains("application/x-x509-ca-cert"));
    assert!(!ask_guide("/cert.pem").contains("PRIVATE KEY"));
    assert!(ask_guide("/x").starts_with("HTTP/1.1 404 "));
    assert_eq!(proxy.stop(), []);
}
