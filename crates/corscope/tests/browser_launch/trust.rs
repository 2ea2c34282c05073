//! Pages over https whose certificate only the launched profile trusts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use corscope::browser::{FirefoxTrust, LaunchOptions, Stage};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData,
};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::{Root, options, skipped, start, until};

/// A server over TLS, and the authority that vouches for it.
struct Vouched {
    addr: SocketAddr,
    spki_sha256: String,
    pem: PathBuf,
}

async fn serve(root: &Root) -> Vouched {
    let key = KeyPair::generate().unwrap();
    let spki_sha256 = BASE64_STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "corscope test authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = params.self_signed(&key).unwrap();
    std::fs::create_dir_all(&root.0).unwrap();
    let pem = root.0.with_extension("pem");
    std::fs::write(&pem, authority.pem()).unwrap();

    let leaf_key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let day = Duration::from_secs(86_400);
    leaf.not_before = (SystemTime::now() - day).into();
    leaf.not_after = (SystemTime::now() + 30 * day).into();
    let leaf = leaf
        .signed_by(&leaf_key, &Issuer::new(params, key))
        .unwrap();
    let chain = vec![leaf.der().clone(), authority.der().clone()];
    let leaf_key = PrivateKeyDer::Pkcs8(leaf_key.serialize_der().into());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, leaf_key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                let _ = stream.read(&mut [0; 4096]).await.ok()?;
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
                stream.write_all(answer.as_bytes()).await.ok()?;
                stream.shutdown().await.ok()
            });
        }
    });
    Vouched {
        addr,
        spki_sha256,
        pem,
    }
}

/// Whether the browser shows the page.
async fn shows(browser: &str, trust: FirefoxTrust, is_trusted: bool) -> bool {
    let root = Root::new(&format!("{browser}-trust-{trust:?}-{is_trusted}"));
    let server = serve(&root).await;
    let url = format!("https://localhost:{}/", server.addr.port());
    let mut launched = start(LaunchOptions {
        ca_spki_sha256: is_trusted.then_some(server.spki_sha256),
        ca_cert_pem: is_trusted.then(|| server.pem.clone()),
        firefox_trust: trust,
        ..options(browser, &url, &root)
    })
    .await;
    let page = until(&mut launched, "end of the page", |event| {
        event.url == url && event.stage >= Stage::Finished
    })
    .await;
    launched.close().await.unwrap();
    std::fs::remove_file(server.pem).unwrap();
    page.stage == Stage::Finished && page.status == Some(200)
}

#[tokio::test]
async fn the_launched_profile_alone_trusts_the_authority() {
    if skipped() {
        return;
    }
    for browser in ["chromium", "firefox"] {
        assert!(
            shows(browser, FirefoxTrust::Certutil, true).await,
            "{browser}"
        );
        assert!(
            !shows(browser, FirefoxTrust::Certutil, false).await,
            "{browser}"
        );
    }
    assert!(shows("firefox", FirefoxTrust::AcceptAny, true).await);
    assert!(!shows("firefox", FirefoxTrust::Nothing, true).await);
}
