//! Certificates that the proxy shows to servers in its client's place.

use std::io::Write;
use std::sync::Arc;

use corscope_wire::proxy::{ClientCertificate, ProxyConfig};
use http::HeaderMap;
use rustls::{ServerConnection, StreamOwned};

use crate::http2_ends::{NAME, connect, fetch, get, serve_with};
use crate::raw::{read_head, serve};
use crate::running::run;
use crate::secure::{Outside, get_in, secure_tunnel};

/// Shows a certificate of `outside` to that host.
fn showing(outside: &Outside, host: &str) -> ProxyConfig {
    let (certificate, key) = outside.sign(&["client.test"]);
    let chain = outside.scratch.0.join("client.pem");
    let key_file = outside.scratch.0.join("client.key");
    std::fs::write(&chain, certificate.pem()).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    let mut config = outside.config();
    config.tls.client_certificates = vec![ClientCertificate {
        host: host.parse().unwrap(),
        chain,
        key: key_file,
    }];
    config
}

#[test]
fn a_server_gets_the_certificate_that_is_meant_for_it() {
    let outside = Outside::new();
    let verifier = outside.wanting_certificates();
    let config = Arc::new(outside.verifying_config(&[NAME], &[], verifier));
    let server = serve(move |_, tcp| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, tcp);
        while !read_head(&mut stream).is_empty() {
            let shown = stream.conn.peer_certificates().map_or(0, <[_]>::len);
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{shown}"
            )
            .unwrap();
        }
    });
    let server = server.to_string();
    let proxy = run(showing(&outside, NAME));
    let mut client = secure_tunnel(&proxy, &outside, &server, NAME);
    assert_eq!(get_in(&mut client, "/"), "1");
    assert_eq!(proxy.ended().failure, None);
    // To all others it is not shown.
    let proxy = run(showing(&outside, "other.test"));
    let mut client = secure_tunnel(&proxy, &outside, &server, NAME);
    let told = get_in(&mut client, "/");
    assert!(told.contains("corscope"), "{told}");
    let failure = proxy.ended().failure.unwrap();
    assert!(failure.message.contains("certificate"), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_shown_over_http2_as_well() {
    let outside = Outside::new();
    let verifier = outside.wanting_certificates();
    let config = outside.verifying_config(&[NAME], &["h2"], verifier);
    let (server, _) = serve_with(config, |mut asked| async move {
        asked.answer(HeaderMap::new(), "let in").await;
    })
    .await;
    let proxy = run(showing(&outside, NAME));
    let client = connect(&proxy, &outside, server).await;
    assert_eq!(fetch(&client, get("/")).await.1, "let in");
}
