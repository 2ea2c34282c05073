//! The demo over real sockets: what an endpoint is named for is what goes over the wire.

mod catalogue;
mod each_endpoint;
mod hostile;
mod pages;
mod running;
mod wire_rows;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::DemoServer;

const PAGE: &str = "http://localhost:5173";

async fn demo() -> DemoServer {
    DemoServer::start([127, 0, 0, 1].into(), 0).await.unwrap()
}

/// Sends bytes, returns all that comes back until the connection's end.
async fn exchange(addr: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    // The server may have refused and closed before it took everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = timeout(Duration::from_secs(20), read)
        .await
        .expect("the connection ends");
    answer
}

/// A request from [`PAGE`], with these lines besides; returns the whole answer as text.
async fn ask(addr: SocketAddr, method: &str, path: &str, lines: &[&str]) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n");
    for line in lines.iter().chain([&format!("Origin: {PAGE}").as_str()]) {
        head.push_str(&format!("{line}\r\n"));
    }
    head.push_str("\r\n");
    String::from_utf8(exchange(addr, head.as_bytes()).await).unwrap()
}
