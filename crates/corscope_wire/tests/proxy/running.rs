//! A proxy under test, on a thread of its own, and what it tells.

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use corscope_fetch::Exchange;
use corscope_wire::proxy::{Event, Message, Observer, Proxy, ProxyConfig};
use tokio::sync::oneshot;

/// Long enough for any machine: nothing waits for it unless it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

struct Teller(Mutex<Sender<Event>>);

impl Observer for Teller {
    fn observe(&self, event: Event) {
        let _ = self.0.lock().unwrap().send(event);
    }
}

/// A proxy that runs until this is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    events: Receiver<Event>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

pub(crate) fn run(config: ProxyConfig) -> Running {
    let (teller, events) = mpsc::channel();
    let (stop, stopped) = oneshot::channel();
    let (bound, address) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let observer = Arc::new(Teller(Mutex::new(teller)));
            let proxy = Proxy::bind(config, observer).await.unwrap();
            bound.send(proxy.local_addr()).unwrap();
            let stopped = async {
                let _ = stopped.await;
            };
            proxy.run(stopped).await;
        });
    });
    Running {
        address: address.recv().unwrap(),
        events,
        stop: Some(stop),
        thread: Some(thread),
    }
}

pub(crate) fn plain() -> Running {
    run(ProxyConfig::default())
}

impl Running {
    pub(crate) fn event(&self) -> Event {
        self.events.recv_timeout(PATIENCE).unwrap()
    }

    /// The next exchange that ends.
    pub(crate) fn ended(&self) -> Exchange {
        loop {
            if let Event::Ended(exchange) = self.event() {
                assert!(exchange.ended && exchange.id > 0 && exchange.started > 0);
                return Arc::unwrap_or_clone(exchange);
            }
        }
    }

    pub(crate) fn message(&self) -> Message {
        loop {
            if let Event::Message(message) = self.event() {
                return message;
            }
        }
    }

    /// Stops the proxy; the events that nobody has asked for.
    pub(crate) fn stop(mut self) -> Vec<Event> {
        self.end();
        self.events.try_iter().collect()
    }

    /// Tells the proxy to stop, without waiting.
    pub(crate) fn tell_to_stop(&mut self) {
        drop(self.stop.take());
    }

    fn end(&mut self) {
        self.tell_to_stop();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}
