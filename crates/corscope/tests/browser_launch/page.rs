//! A page on a port of its own that asks the demo server, and a proxy that answers everything.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use corscope::demo::{DemoServer, pages};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that gives every request the same page, and remembers what it was asked.
pub(crate) struct PageServer {
    pub(crate) addr: SocketAddr,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl PageServer {
    pub(crate) async fn start(html: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (html, seen) = (html.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    let mut stream = BufReader::new(stream);
                    let mut first = String::new();
                    stream.read_line(&mut first).await.ok()?;
                    let mut line = String::new();
                    while line != "\r\n" {
                        line.clear();
                        if stream.read_line(&mut line).await.ok()? == 0 {
                            return None;
                        }
                    }
                    seen.lock().unwrap().push(first.trim_end().to_owned());
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
                    let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{html}", html.len());
                    stream.write_all(answer.as_bytes()).await.ok()
                });
            }
        });
        Self {
            addr,
            asked,
            accepting,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.addr)
    }
}

impl Drop for PageServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A page that asks these endpoints of the demo, one after the other.
pub(crate) fn asking(demo: &DemoServer, slugs: &[&str]) -> String {
    let catalogue = pages::catalogue_json(demo.places());
    let calls: Vec<Value> = slugs
        .iter()
        .map(|slug| {
            let endpoints = catalogue["endpoints"].as_array().unwrap();
            let endpoint = endpoints
                .iter()
                .find(|endpoint| endpoint["path"] == format!("/{slug}"))
                .unwrap();
            json!({ "url": endpoint["url"], "fetch": endpoint["fetch"] })
        })
        .collect();
    format!(
        "<!doctype html><link rel=icon href='data:,'><script type=module>
        for (const {{ url, fetch: asked }} of {}) {{
          const {{ reads, headers, ...init }} = asked;
          await fetch(url, {{ ...init, headers: Object.fromEntries(headers) }}).then(
            (response) => response.text()).catch(() => {{}});
        }}
        </script>",
        Value::from(calls)
    )
}
