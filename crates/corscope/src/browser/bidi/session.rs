//! One conversation with Firefox, over a WebSocket on loopback.

use std::fmt;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::requests::Requests;
use crate::browser::BrowserEvent;

/// The longest message that is read; a page's `data:` URLs come in whole.
const MAX_MESSAGE: usize = 64 << 20;

/// What is listened to.
const EVENTS: [&str; 5] = [
    "browsingContext.contextCreated",
    "log.entryAdded",
    "network.beforeRequestSent",
    "network.fetchError",
    "network.responseCompleted",
];

/// Why there is no conversation, or no more.
#[derive(Debug)]
pub(in crate::browser) enum SessionError {
    /// The connection failed.
    Connection(String),
    /// It answers with an error.
    Refused(String),
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(words) => write!(f, "the connection to it failed: {words}"),
            Self::Refused(words) => write!(f, "it refused to be watched: {words}"),
        }
    }
}

impl From<tungstenite::Error> for SessionError {
    fn from(error: tungstenite::Error) -> Self {
        Self::Connection(error.to_string())
    }
}

/// The conversation.
#[derive(Debug)]
pub(in crate::browser) struct Session {
    socket: WebSocketStream<TcpStream>,
    events: mpsc::Sender<BrowserEvent>,
    requests: Requests,
    sent: u64,
}

impl Session {
    /// Connects to the address that Firefox told, `ws://127.0.0.1:PORT`, listens, and sends the
    /// first page to `url`.
    pub(in crate::browser) async fn begin(
        address: &str,
        url: &str,
        accept_any_certificate: bool,
        events: mpsc::Sender<BrowserEvent>,
    ) -> Result<Self, SessionError> {
        let host = address.trim_start_matches("ws://").trim_end_matches('/');
        let connection = TcpStream::connect(host)
            .await
            .map_err(|error| SessionError::Connection(error.to_string()))?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let address = format!("ws://{host}/session");
        let (socket, _) = client_async_with_config(address, connection, Some(config)).await?;
        let mut session = Self {
            socket,
            events,
            requests: Requests::default(),
            sent: 0,
        };
        let mut wishes = json!({});
        if accept_any_certificate {
            wishes = json!({ "alwaysMatch": { "acceptInsecureCerts": true } });
        }
        session
            .call("session.new", json!({ "capabilities": wishes }))
            .await?;
        session
            .call("session.subscribe", json!({ "events": EVENTS }))
            .await?;
        let page = loop {
            let tree = session.call("browsingContext.getTree", json!({})).await?;
            if let Some(page) = tree["contexts"][0]["context"].as_str() {
                break page.to_owned();
            }
            // The window is not open yet.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        let params = json!({ "context": page, "url": url, "wait": "none" });
        session.ask("browsingContext.navigate", params).await?;
        Ok(session)
    }

    /// Runs until the browser is gone; when `close` is told, or its other end dropped, the browser
    /// is asked to end.
    pub(in crate::browser) async fn run(mut self, mut close: oneshot::Receiver<()>) {
        let mut closing = false;
        loop {
            let done = tokio::select! {
                message = self.next() => match message {
                    Ok(message) => {
                        self.take_in(&message).await;
                        Ok(())
                    }
                    Err(error) => Err(error),
                },
                _ = &mut close, if !closing => {
                    closing = true;
                    self.ask("browser.close", json!({})).await.map(|_| ())
                }
            };
            if done.is_err() {
                return;
            }
        }
    }

    async fn call(&mut self, method: &str, params: Value) -> Result<Value, SessionError> {
        let id = self.ask(method, params).await?;
        loop {
            let mut message = self.next().await?;
            if message["id"] != id {
                self.take_in(&message).await;
            } else if message["type"] == "error" {
                let words = message["message"].as_str().unwrap_or("without a reason");
                return Err(SessionError::Refused(format!("{method}: {words}")));
            } else {
                return Ok(message["result"].take());
            }
        }
    }

    async fn ask(&mut self, method: &str, params: Value) -> Result<u64, SessionError> {
        self.sent += 1;
        let message = json!({ "id": self.sent, "method": method, "params": params });
        self.socket.send(Message::text(message.to_string())).await?;
        Ok(self.sent)
    }

    /// The next message. Loses nothing when it is dropped before it ends.
    async fn next(&mut self) -> Result<Value, SessionError> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    if let Ok(message) = serde_json::from_str(&text) {
                        return Ok(message);
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(SessionError::Connection("it was closed".to_owned())),
            }
        }
    }

    async fn take_in(&mut self, message: &Value) {
        let method = message["method"].as_str().unwrap_or_default();
        for event in self.requests.take_in(method, &message["params"]) {
            // Without a reader the browser still runs.
            let _ = self.events.send(event).await;
        }
    }
}
