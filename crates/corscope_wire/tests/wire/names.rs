//! From names to addresses.

use crate::loopback::*;
use corscope_wire::client::ClientConfig;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

#[tokio::test]
async fn an_override_leads_to_its_address_and_keeps_the_name() {
    let address = answer(OK);
    let port = address.port();
    let resolve = vec![format!("api.example.com:{port}:127.0.0.1").parse().unwrap()];
    let client = client(ClientConfig {
        resolve,
        ..config()
    });
    let exchange = client
        .exchange(get(&format!("http://api.example.com:{port}/")))
        .await;
    assert_eq!(exchange.result.unwrap().status, 200);
    assert_eq!(exchange.remote_addr, Some(address));
    assert_eq!(
        exchange.request.authority,
        format!("api.example.com:{port}")
    );
}

#[tokio::test]
async fn names_under_localhost_are_loopback() {
    let port = answer(OK).port();
    let url = format!("http://some.app.localhost:{port}/");
    let exchange = client(config()).exchange(get(&url)).await;
    assert_eq!(exchange.result.unwrap().status, 200);
    assert!(exchange.remote_addr.unwrap().ip().is_loopback());
}

#[tokio::test]
async fn a_name_that_cannot_exist_is_not_found() {
    // A label may be 63 bytes; the system's resolver refuses this one without asking anybody.
    let host = format!("{}.invalid", "a".repeat(64));
    let exchange = client(config())
        .exchange(get(&format!("http://{host}/")))
        .await;
    let error = exchange.result.unwrap_err();
    assert!(error.code().starts_with("dns-"), "{error:?}");
    assert_eq!(error.chromium_net_error(), "net::ERR_NAME_NOT_RESOLVED");
    assert!(!exchange.request.sent);
}
