//! TLS: whom the client trusts, and what it says of those it does not.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::loopback::tls::*;
use crate::loopback::*;
use corscope_wire::client::{
    Client, ClientConfig, ConfigError, HttpVersion, NetworkError, Version, WireExchange,
};
use rustls::{DEFAULT_VERSIONS, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A TLS server that answers every request with 200.
async fn secure(identity: &Identity) -> SocketAddr {
    secure_with(server_config(identity, &["http/1.1"], DEFAULT_VERSIONS)).await
}

async fn secure_with(config: rustls::ServerConfig) -> SocketAddr {
    serve_tls(config, |_, mut stream| async move {
        let mut head = [0; 1024];
        while stream.read(&mut head).await.is_ok_and(|read| read > 0) {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .await;
            let _ = stream.flush().await;
        }
    })
    .await
}

async fn ask(client: &Client, address: SocketAddr) -> WireExchange {
    client
        .exchange(get(&format!("https://localhost:{}/", address.port())))
        .await
}

fn trusting(pem_file: &Path) -> Client {
    client(ClientConfig {
        ca_certs: vec![pem_file.to_owned()],
        ..config()
    })
}

#[tokio::test]
async fn a_trusted_server_tells_its_session() {
    let authority = Authority::new("session authority");
    let address = secure(&authority.sign(params(&["localhost", "127.0.0.1"]))).await;
    let client = trusting(&authority.pem_file);
    let exchange = ask(&client, address).await;
    assert_eq!(exchange.result.unwrap().status, 200);
    assert_eq!(exchange.http_version, Some(Version::Http11));
    assert!(exchange.timing.tls.is_some());
    let session = exchange.tls.unwrap();
    assert_eq!(session.version, Some("TLSv1.3"));
    assert_eq!(session.alpn.as_deref(), Some(&b"http/1.1"[..]));
    assert!(session.cipher.is_some() && session.ignored.is_empty());
    let certificate = session.certificate.unwrap();
    assert_eq!(certificate.names, ["localhost", "127.0.0.1"]);
    assert!(certificate.subject.contains("the server"));
    assert!(certificate.issuer.contains("session authority"));
    assert!(!certificate.self_issued && certificate.not_before < certificate.not_after);
    // The same connection again, with the same session to tell.
    let again = ask(&client, address).await;
    assert!(again.reused && again.tls.is_some());
    // The certificate is for the address too.
    let by_address = client.exchange(get(&format!("https://{address}/"))).await;
    assert_eq!(by_address.result.unwrap().status, 200);
}

#[tokio::test]
async fn the_older_tls_is_spoken_too() {
    let authority = Authority::new("older authority");
    let identity = authority.sign(params(&["localhost"]));
    let address = secure_with(server_config(&identity, &[], &[&version::TLS12])).await;
    let exchange = ask(&trusting(&authority.pem_file), address).await;
    assert_eq!(exchange.result.unwrap().status, 200);
    assert_eq!(exchange.tls.unwrap().version, Some("TLSv1.2"));
}

#[tokio::test]
async fn each_fault_of_a_certificate_is_named() {
    let authority = Authority::new("fault authority");
    let stranger = Authority::new("stranger");
    let names = ["localhost"];
    let table = [
        (
            authority.sign(expired(&names)),
            "certificate-expired",
            "DATE_INVALID",
        ),
        (
            authority.sign(not_yet_valid(&names)),
            "certificate-not-yet-valid",
            "DATE_INVALID",
        ),
        (
            authority.sign(params(&["a.test"])),
            "certificate-wrong-host",
            "COMMON_NAME_INVALID",
        ),
        (
            stranger.sign(params(&names)),
            "certificate-unknown-issuer",
            "AUTHORITY_INVALID",
        ),
        (
            Identity::self_signed(params(&names), false).0,
            "certificate-self-signed",
            "AUTHORITY_INVALID",
        ),
        (
            Identity::self_signed(params(&names), true).0,
            "certificate-self-signed",
            "AUTHORITY_INVALID",
        ),
        // With several faults the gravest is named, as Chromium does.
        (
            stranger.sign(expired(&["a.test"])),
            "certificate-unknown-issuer",
            "AUTHORITY_INVALID",
        ),
        (
            authority.sign(expired(&["a.test"])),
            "certificate-wrong-host",
            "COMMON_NAME_INVALID",
        ),
    ];
    for (identity, code, chromium) in table {
        let address = secure(&identity).await;
        let exchange = ask(&trusting(&authority.pem_file), address).await;
        let error = exchange.result.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(
            error.chromium_net_error(),
            format!("net::ERR_CERT_{chromium}")
        );
        assert!(!exchange.request.sent);
        let session = exchange.tls.unwrap();
        assert!(session.certificate.is_some() && session.version.is_none());

        let insecure = ClientConfig {
            insecure: true,
            ca_certs: vec![authority.pem_file.clone()],
            ..config()
        };
        let exchange = ask(&client(insecure), address).await;
        assert_eq!(exchange.result.unwrap().status, 200, "{code}");
        assert_eq!(exchange.tls.unwrap().ignored[0].code(), code);
    }
}

#[tokio::test]
async fn a_certificate_out_of_time_tells_its_day() {
    let authority = Authority::new("calendar authority");
    let mut early = params(&["localhost"]);
    early.not_before = rcgen::date_time_ymd(2000, 1, 1);
    early.not_after = rcgen::date_time_ymd(2020, 2, 29);
    let mut late = params(&["localhost"]);
    late.not_before = rcgen::date_time_ymd(2999, 12, 31);
    late.not_after = rcgen::date_time_ymd(3000, 12, 31);
    for (parameters, text) in [
        (
            early,
            "the certificate of localhost expired on 2020-02-29 (UTC)",
        ),
        (
            late,
            "the certificate of localhost is not valid yet, only from 2999-12-31 (UTC); is the \
             clock right?",
        ),
    ] {
        let address = secure(&authority.sign(parameters)).await;
        let exchange = ask(&trusting(&authority.pem_file), address).await;
        assert_eq!(exchange.result.unwrap_err().to_string(), text);
    }
}

#[tokio::test]
async fn the_wrong_host_is_told_the_right_ones() {
    let authority = Authority::new("names authority");
    let address = secure(&authority.sign(params(&["a.test", "*.b.test"]))).await;
    let error = ask(&trusting(&authority.pem_file), address)
        .await
        .result
        .unwrap_err();
    let text = "the certificate is not for localhost; it is for a.test, *.b.test";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn a_self_signed_certificate_is_trusted_when_it_is_named() {
    for authority in [false, true] {
        let (identity, pem) = Identity::self_signed(params(&["localhost"]), authority);
        let pem_file = write_pem(&format!("self-signed-{authority}"), &pem);
        let address = secure(&identity).await;
        let exchange = ask(&trusting(&pem_file), address).await;
        assert_eq!(exchange.result.unwrap().status, 200);
        let by_address = trusting(&pem_file)
            .exchange(get(&format!("https://{address}/")))
            .await;
        assert_eq!(
            by_address.result.unwrap_err().code(),
            "certificate-wrong-host"
        );
    }
    let (identity, pem) = Identity::self_signed(expired(&["localhost"]), true);
    let pem_file = write_pem("self-signed-expired", &pem);
    let error = ask(&trusting(&pem_file), secure(&identity).await)
        .await
        .result
        .unwrap_err();
    assert_eq!(error.code(), "certificate-expired");
}

#[tokio::test]
async fn without_named_certificates_the_system_decides() {
    let authority = Authority::new("unknown authority");
    let address = secure(&authority.sign(params(&["localhost"]))).await;
    let error = ask(&client(config()), address).await.result.unwrap_err();
    assert_eq!(error.code(), "certificate-unknown-issuer");
    assert!(error.to_string().contains("unknown authority"), "{error}");
}

#[tokio::test]
async fn a_plain_port_is_named_as_such() {
    let address = serve(|_, mut stream| {
        let mut byte = [0];
        let _ = std::io::Read::read(&mut stream, &mut byte);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let exchange = ask(&client(config()), address).await;
    let error = exchange.result.unwrap_err();
    assert_eq!(error, NetworkError::NotTls);
    assert_eq!(error.chromium_net_error(), "net::ERR_SSL_PROTOCOL_ERROR");
    assert!(!exchange.request.sent && exchange.remote_addr.is_some());
}

#[tokio::test]
async fn failed_handshakes_are_told_apart() {
    let alert = |code: u8| vec![0x15, 3, 3, 0, 2, 2, code];
    let table = [
        (alert(40), "tls-nothing-in-common"),
        (alert(70), "tls-nothing-in-common"),
        (alert(112), "tls-alert"),
        (alert(120), "http2-not-offered"),
        (vec![], "tls-closed"),
        (vec![0x16, 3, 3, 0, 4, 2, 0, 0, 0], "tls-protocol"),
    ];
    for (reply, code) in table {
        let reply_bytes = reply.clone();
        let address = serve(move |_, mut stream| {
            let mut hello = [0; 4096];
            let _ = std::io::Read::read(&mut stream, &mut hello);
            let _ = stream.write_all(&reply_bytes);
        });
        let error = ask(&client(config()), address).await.result.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[tokio::test]
async fn a_handshake_that_stalls_ends() {
    let address = serve(|_, mut stream| wait_for_close(&mut stream));
    let mut config = config();
    config.limits.connect = std::time::Duration::from_millis(100);
    let exchange = ask(&client(config), address).await;
    assert_eq!(exchange.result.unwrap_err().code(), "tls-timeout");
}

#[tokio::test]
async fn a_head_cut_off_under_tls_is_an_error() {
    let authority = Authority::new("cut authority");
    let identity = authority.sign(params(&["localhost"]));
    let config = server_config(&identity, &[], DEFAULT_VERSIONS);
    let address = serve_tls(config, |_, mut stream| async move {
        let mut head = [0; 1024];
        let _ = stream.read(&mut head).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nA: 1\r\n").await;
        let _ = stream.shutdown().await;
    })
    .await;
    let error = ask(&trusting(&authority.pem_file), address)
        .await
        .result
        .unwrap_err();
    assert_eq!(error, NetworkError::HeadTruncated { received: 23 });
}

#[tokio::test]
async fn http2_that_is_required_and_not_offered_is_an_error() {
    let authority = Authority::new("alpn authority");
    let identity = authority.sign(params(&["localhost"]));
    for alpn in [&["http/1.1"][..], &[]] {
        let address = secure_with(server_config(&identity, alpn, DEFAULT_VERSIONS)).await;
        let config = ClientConfig {
            http_version: HttpVersion::Http2,
            ca_certs: vec![authority.pem_file.clone()],
            ..config()
        };
        let error = ask(&client(config), address).await.result.unwrap_err();
        assert_eq!(error, NetworkError::Http2NotOffered);
    }
}

#[test]
fn a_bundle_that_cannot_be_used_is_refused_at_once() {
    let refused = |file: PathBuf| {
        let config = ClientConfig {
            ca_certs: vec![file],
            ..config()
        };
        Client::new(config).err().unwrap()
    };
    assert!(matches!(
        refused("/nowhere/x.pem".into()),
        ConfigError::CaCertsUnreadable { .. }
    ));
    let empty = refused(write_pem("empty", "hello\n"));
    assert!(matches!(empty, ConfigError::CaCertsEmpty { .. }));
    let junk = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    assert!(matches!(
        refused(write_pem("junk", junk)),
        ConfigError::CaCertsMalformed { .. }
    ));
}
