//! What the proxy tells: exchanges while they last and when they end, and the messages inside them.

use std::sync::Arc;

use corscope_fetch::exchange::{Exchange, Side};

/// Whoever wants to know what passes through.
pub trait Observer: Send + Sync + 'static {
    /// Called from the task that carries the exchange: while this lasts, no connection of its thread
    /// goes on. Hand over and return.
    fn observe(&self, event: Event);
}

/// Something that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An exchange that goes on for longer than a moment: its request is known, maybe its
    /// response's head. May come more than once for one exchange.
    Progress(Arc<Exchange>),
    /// An exchange that ended; comes exactly once for each.
    Ended(Arc<Exchange>),
    /// A message inside an exchange that goes on.
    Message(Message),
}

/// A message inside an exchange: of a WebSocket, or an event of an event stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The exchange's number.
    pub exchange: u64,
    /// When it was whole, in microseconds since the Unix epoch.
    pub at: u64,
    /// Who sent it.
    pub from: Side,
    /// What it is.
    pub kind: MessageKind,
    /// Its first bytes, decompressed.
    pub bytes: Vec<u8>,
    /// How long it is, decompressed where that could be told.
    pub len: u64,
}

/// The kinds of [`Message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// Text over a WebSocket.
    Text,
    /// Bytes over a WebSocket.
    Binary,
    /// A WebSocket's ping.
    Ping,
    /// A WebSocket's pong.
    Pong,
    /// A WebSocket's close, its bytes being the status code and the reason.
    Close,
    /// One event of an event stream, its lines as sent.
    ServerSentEvent,
}
