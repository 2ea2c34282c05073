//! A gateway under test, on a thread of its own, and what it tells.

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use corscope_fetch::Exchange;
use corscope_fetch::policy::{Policy, PolicyDocument};
use corscope_wire::gateway::{Gateway, GatewayConfig, Notice, Notices};
use corscope_wire::proxy::{Event, Message, Observer};
use tokio::sync::oneshot;

/// Long enough for any machine: nothing waits for it unless it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

struct Teller(Mutex<Sender<Event>>);

impl Observer for Teller {
    fn observe(&self, event: Event) {
        let _ = self.0.lock().unwrap().send(event);
    }
}

struct Noticer(Mutex<Sender<Notice>>);

impl Notices for Noticer {
    fn notice(&self, notice: Notice) {
        let _ = self.0.lock().unwrap().send(notice);
    }
}

/// A gateway that runs until this is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    events: Receiver<Event>,
    notices: Receiver<Notice>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// A policy that allows `origins`, all methods and all headers.
pub(crate) fn policy(origins: &[&str], credentials: bool) -> Policy {
    let document = PolicyDocument {
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        methods: vec!["*".to_owned()],
        headers: vec!["*".to_owned()],
        credentials,
        max_age: Some(600),
        ..PolicyDocument::default()
    };
    document.build(true).unwrap()
}

/// A gateway to `to` that allows `https://app.test`.
pub(crate) fn config(to: impl ToString) -> GatewayConfig {
    let to = format!("http://{}", to.to_string()).parse().unwrap();
    GatewayConfig::new(to, policy(&["https://app.test"], false))
}

pub(crate) fn run(config: GatewayConfig) -> Running {
    let (teller, events) = mpsc::channel();
    let (noticer, notices) = mpsc::channel();
    let (stop, stopped) = oneshot::channel();
    let (bound, address) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let observer = Arc::new(Teller(Mutex::new(teller)));
            let noticer = Arc::new(Noticer(Mutex::new(noticer)));
            let gateway = Gateway::bind(config, observer, noticer).await.unwrap();
            bound.send(gateway.local_addr()).unwrap();
            let stopped = async {
                let _ = stopped.await;
            };
            gateway.run(stopped).await;
        });
    });
    Running {
        address: address.recv().unwrap(),
        events,
        notices,
        stop: Some(stop),
        thread: Some(thread),
    }
}

impl Running {
    /// The next exchange that ends.
    pub(crate) fn ended(&self) -> Exchange {
        loop {
            if let Event::Ended(exchange) = self.events.recv_timeout(PATIENCE).unwrap() {
                assert!(exchange.ended && exchange.id > 0);
                return Arc::unwrap_or_clone(exchange);
            }
        }
    }

    pub(crate) fn message(&self) -> Message {
        loop {
            if let Event::Message(message) = self.events.recv_timeout(PATIENCE).unwrap() {
                return message;
            }
        }
    }

    /// What the user was told so far.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        self.notices.try_iter().collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            drop(self.stop.take());
            if let Some(thread) = self.thread.take() {
                thread.join().unwrap();
            }
        }
    }
}

/// A request with these lines that lets the connection close.
pub(crate) fn request(line: &str, lines: &[&str]) -> String {
    let host = lines
        .iter()
        .any(|line| line.to_ascii_lowercase().starts_with("host:"));
    let mut text = format!("{line} HTTP/1.1\r\n");
    if !host {
        text.push_str("Host: localhost:8379\r\n");
    }
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text + "Connection: close\r\n\r\n"
}
