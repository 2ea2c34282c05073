//! What an exchange carries after its head, piece by piece: WebSocket messages, server-sent events.

use std::borrow::Cow;

/// One message of a WebSocket, or one server-sent event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// When it was seen, in microseconds since the Unix epoch.
    pub at: u64,
    /// Who sent it.
    pub sender: Sender,
    /// What it is.
    pub kind: MessageKind,
    /// Its first bytes.
    pub bytes: Vec<u8>,
    /// How many bytes it had; more than `bytes` holds when the copy is cut short.
    pub len: u64,
}

impl Message {
    /// Whether `bytes` is all of it.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.len
    }

    /// Its bytes as text, wrong UTF-8 replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// Who sent a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sender {
    /// The browser.
    #[default]
    Client,
    /// The server.
    Server,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// A WebSocket's text message.
    #[default]
    Text,
    /// A WebSocket's binary message.
    Binary,
    /// A WebSocket's close frame: two bytes of code, then the reason.
    Close,
    /// A WebSocket's ping.
    Ping,
    /// A WebSocket's pong.
    Pong,
    /// A server-sent event, as it stood in the stream.
    Event,
}

impl MessageKind {
    /// All kinds; the place of each is its number in files, so new ones go to the end.
    pub const ALL: [Self; 6] = [
        Self::Text,
        Self::Binary,
        Self::Close,
        Self::Ping,
        Self::Pong,
        Self::Event,
    ];

    /// The WebSocket opcode; a server-sent event has none.
    pub const fn opcode(self) -> Option<u8> {
        match self {
            Self::Text => Some(1),
            Self::Binary => Some(2),
            Self::Close => Some(8),
            Self::Ping => Some(9),
            Self::Pong => Some(10),
            Self::Event => None,
        }
    }

    /// The kind of a WebSocket opcode.
    pub fn of_opcode(opcode: u64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.opcode().map(u64::from) == Some(opcode))
    }
}
