//! A running server, and requests to it byte by byte.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use corscope::debugger::Debugger;
use corscope::server::WebServer;
use serde_json::Value;
use tokio::sync::oneshot;

/// A server of its own for each test.
pub(crate) struct Server {
    address: SocketAddr,
    asks: mpsc::Receiver<String>,
    end: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let (ready, started) = mpsc::channel();
        let (links, asks) = mpsc::channel();
        let (end, ended) = oneshot::channel();
        let running = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let server = WebServer::bind(0, Arc::new(Debugger::idle().unwrap()))
                    .await
                    .unwrap();
                for _ in 0..4 {
                    links.send(server.links().issue().unwrap()).unwrap();
                }
                ready.send(server.address()).unwrap();
                tokio::select! {
                    () = server.run() => {}
                    _ = ended => {}
                }
            });
        });
        Self {
            address: started.recv().unwrap(),
            asks,
            end: Some(end),
            running: Some(running),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A launch link that was not used yet.
    pub(crate) fn link(&self) -> String {
        self.asks.recv().unwrap()
    }

    /// The cookie of a browser that was let in.
    pub(crate) fn enter(&self) -> String {
        let link = self.link();
        let token = link.split_once("token=").unwrap().1;
        let reply = self.post("/api/session", &format!(r#"{{"token":"{token}"}}"#), &[]);
        let cookie = reply.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.raw(&head("GET", path, self.address, headers))
    }

    pub(crate) fn post(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Reply {
        let length = body.len().to_string();
        let mut all = vec![("Content-Length", length.as_str())];
        if !headers.iter().any(|(name, _)| *name == "Content-Type") {
            all.push(("Content-Type", "application/json"));
        }
        all.extend(headers);
        self.raw(&(head("POST", path, self.address, &all) + body))
    }

    /// Sends these bytes.
    pub(crate) fn raw(&self, request: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        // A server that has seen enough does not read on.
        let _ = stream.write_all(request.as_bytes());
        Reply::read(&mut stream)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.end.take().map(|end| end.send(()));
        let _ = self.running.take().map(JoinHandle::join);
    }
}

fn head(method: &str, path: &str, address: SocketAddr, headers: &[(&str, &str)]) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + "\r\n"
}

/// A response.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        let mut chunk = [0; 65536];
        loop {
            let end = bytes.windows(4).position(|it| it == b"\r\n\r\n");
            if let Some(end) = end {
                let reply = Self::parse(&bytes, end);
                if bytes.len() >= end + 4 + reply.length() {
                    return reply;
                }
            }
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => {
                    let end = end.expect("a response head");
                    return Self::parse(&bytes, end);
                }
                Ok(length) => bytes.extend_from_slice(&chunk[..length]),
            }
        }
    }

    fn parse(bytes: &[u8], end: usize) -> Self {
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let pair = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Self {
            status: status.parse().unwrap(),
            headers: lines.map(pair).collect(),
            body: String::from_utf8_lossy(&bytes[end + 4..]).into_owned(),
        }
    }

    fn length(&self) -> usize {
        let length = self.header("content-length");
        length.map_or(0, |it| it.parse().unwrap())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The refusal's code.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}
