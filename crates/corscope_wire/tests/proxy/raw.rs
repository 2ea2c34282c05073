//! Raw clients and servers that do exactly what a test tells them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use crate::running::{PATIENCE, Running};

/// Runs `script` for each connection, with its number counted from 0.
pub(crate) fn serve(script: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let script = Arc::new(script);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let script = Arc::clone(&script);
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
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

/// Answers every request with `bytes`, and sends each head to whoever listens.
pub(crate) fn answer_each(
    bytes: impl Into<Vec<u8>>,
) -> (SocketAddr, std::sync::mpsc::Receiver<(usize, String)>) {
    let bytes = bytes.into();
    let (heads, seen) = std::sync::mpsc::channel();
    let heads = std::sync::Mutex::new(heads);
    let address = serve(move |number, mut stream| {
        loop {
            let head = read_head(&mut stream);
            if head.is_empty() {
                return;
            }
            let _ = heads.lock().unwrap().send((number, text(&head)));
            let _ = stream.write_all(&bytes);
        }
    });
    (address, seen)
}

/// Reads up to and including the empty line.
pub(crate) fn read_head(stream: &mut impl Read) -> Vec<u8> {
    read_until(stream, b"\r\n\r\n")
}

/// Reads up to and including `end`, or to the connection's end.
pub(crate) fn read_until(stream: &mut impl Read, end: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(end) && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        bytes.push(byte[0]);
    }
    bytes
}

pub(crate) fn read_exactly(stream: &mut impl Read, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

/// All that comes until the connection ends, in whichever way.
pub(crate) fn read_all(stream: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        bytes.extend_from_slice(&piece[..read]);
    }
    bytes
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A client's connection to the proxy.
pub(crate) fn connect(proxy: &Running) -> TcpStream {
    let stream = TcpStream::connect(proxy.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Sends `bytes` on a new connection and reads all that comes.
pub(crate) fn ask(proxy: &Running, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = connect(proxy);
    stream.write_all(bytes.as_ref()).unwrap();
    text(&read_all(&mut stream))
}

/// A request for `/` of `server` that lets the connection close.
pub(crate) fn get(server: SocketAddr) -> String {
    format!("GET http://{server}/ HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n")
}
