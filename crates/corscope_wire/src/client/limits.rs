//! The bounds of one exchange: whatever a server does, it ends within these.

use std::time::Duration;

/// Bounds in time and memory of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Name resolution, and again TCP connection (all addresses together), proxy tunnel and TLS
    /// handshake: each at most this long.
    pub connect: Duration,
    /// The whole exchange, from the name's resolution to the body's end.
    pub total: Duration,
    /// The longest silence of the server while its head is awaited.
    pub idle: Duration,
    /// How long the body is read once the head is there. Short on purpose: CORS is decided by the
    /// head, so a body that streams for ever must not keep the user waiting.
    pub body: Duration,
    /// How long one address is tried before the next one is tried beside it.
    pub stagger: Duration,
    /// Bytes of one response head (and of all trailers together).
    pub head_bytes: usize,
    /// Header lines of one response head.
    pub header_lines: usize,
    /// Bytes of the body that are kept; the rest is not read.
    pub body_bytes: usize,
    /// Informational (1xx) responses before the final one.
    pub informational: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            idle: Duration::from_secs(20),
            body: Duration::from_secs(2),
            stagger: Duration::from_millis(250),
            head_bytes: 1 << 20,
            header_lines: 10_000,
            body_bytes: 1 << 20,
            informational: 10,
        }
    }
}
