//! Raw servers on loopback ports that do exactly what a test tells them.

pub(crate) mod tls;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use corscope_fetch::HeaderList;
use corscope_wire::client::{
    Client, ClientConfig, HeadOddity, Limits, NetworkError, OddityKind, WireExchange, WireRequest,
    WireResponse,
};

/// Runs `script` for each connection, with its number counted from 0.
pub(crate) fn serve(script: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let script = Arc::new(script);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let script = Arc::clone(&script);
            std::thread::spawn(move || script(number, stream));
        }
    });
    address
}

/// Answers each connection's first request with `bytes`, then closes.
pub(crate) fn answer(bytes: impl Into<Vec<u8>>) -> SocketAddr {
    let bytes = bytes.into();
    serve(move |_, mut stream| {
        read_head(&mut stream);
        let _ = stream.write_all(&bytes);
    })
}

/// As [`answer`], but the connection stays open until the client closes it.
pub(crate) fn answer_and_stay(bytes: impl Into<Vec<u8>>) -> SocketAddr {
    let bytes = bytes.into();
    serve(move |_, mut stream| {
        read_head(&mut stream);
        let _ = stream.write_all(&bytes);
        wait_for_close(&mut stream);
    })
}

/// Reads up to and including the empty line.
pub(crate) fn read_head(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    head
}

pub(crate) fn wait_for_close(stream: &mut TcpStream) {
    let mut rest = [0; 1024];
    while stream.read(&mut rest).is_ok_and(|read| read > 0) {}
}

/// Closes with a request unread, which makes the system send RST rather than FIN.
pub(crate) fn reset(stream: &TcpStream) {
    let mut byte = [0];
    let _ = stream.peek(&mut byte);
}

/// What servers write down for the test to look at.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Vec<Vec<u8>>>>);

impl Notes {
    pub(crate) fn add(&self, bytes: Vec<u8>) {
        self.0.lock().unwrap().push(bytes);
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        let notes = self.0.lock().unwrap();
        notes
            .iter()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    }
}

/// Limits that keep a test short.
pub(crate) fn short_limits() -> Limits {
    Limits {
        connect: Duration::from_secs(5),
        total: Duration::from_secs(5),
        idle: Duration::from_secs(5),
        body: Duration::from_millis(200),
        ..Limits::default()
    }
}

pub(crate) fn config() -> ClientConfig {
    ClientConfig {
        limits: short_limits(),
        ..ClientConfig::default()
    }
}

pub(crate) fn client(config: ClientConfig) -> Client {
    Client::new(config).unwrap()
}

pub(crate) fn get(url: &str) -> WireRequest {
    request("GET", url, &[], None)
}

pub(crate) fn request(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> WireRequest {
    WireRequest {
        method: method.to_owned(),
        url: url.parse().unwrap(),
        header_list: list(headers),
        body: body.map(<[u8]>::to_vec),
    }
}

pub(crate) fn list(headers: &[(&str, &str)]) -> HeaderList {
    headers.iter().copied().collect()
}

/// GETs `/` of the server at `address` with a client of its own.
pub(crate) async fn exchange_with(address: SocketAddr) -> WireExchange {
    client(config())
        .exchange(get(&format!("http://{address}/")))
        .await
}

pub(crate) async fn response_of(bytes: impl Into<Vec<u8>>) -> WireResponse {
    exchange_with(answer(bytes)).await.result.unwrap()
}

pub(crate) async fn error_of(bytes: impl Into<Vec<u8>>) -> NetworkError {
    exchange_with(answer(bytes)).await.result.unwrap_err()
}

pub(crate) fn kinds(oddities: &[HeadOddity]) -> Vec<OddityKind> {
    oddities.iter().map(|oddity| oddity.kind).collect()
}
