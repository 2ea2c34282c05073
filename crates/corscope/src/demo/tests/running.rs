//! Starting and ending.

use std::net::{IpAddr, Ipv4Addr};

use tokio::net::{TcpListener, TcpStream};

use super::{ask, demo};
use crate::demo::{DemoError, DemoServer};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = DemoServer::start(LOOPBACK, port).await.unwrap_err();
    assert!(
        matches!(error, DemoError::PortInUse(addr) if addr.port() == port),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .contains(&format!("port {port} is already in use")),
        "{error}"
    );
}

#[tokio::test]
async fn only_this_machine_is_served() {
    for address in ["0.0.0.0", "192.0.2.1", "::"] {
        let error = DemoServer::start(address.parse().unwrap(), 0)
            .await
            .unwrap_err();
        assert!(matches!(error, DemoError::NotLoopback(_)), "{error:?}");
    }
}

#[tokio::test]
async fn two_demos_run_side_by_side_on_ports_of_their_own() {
    let (one, two) = (demo().await, demo().await);
    let ports = [
        one.addr(),
        one.other_addr(),
        one.places().closed,
        two.addr(),
        two.other_addr(),
    ]
    .map(|addr| addr.port());
    let distinct: std::collections::HashSet<_> = ports.into_iter().collect();
    assert_eq!(distinct.len(), ports.len());
}

#[tokio::test]
async fn shutdown_frees_the_port_and_ends_connections() {
    let demo = demo().await;
    let addr = demo.addr();
    let open = TcpStream::connect(addr).await.unwrap();
    assert!(
        ask(addr, "GET", "/healthy", &[])
            .await
            .starts_with("HTTP/1.1 200")
    );
    demo.shutdown().await;
    assert!(TcpStream::connect(addr).await.is_err());
    drop(open);
    let again = DemoServer::start(addr.ip(), addr.port()).await.unwrap();
    assert_eq!(again.addr(), addr);
}
