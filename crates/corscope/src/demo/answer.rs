//! How an endpoint answers: mostly with a response, sometimes with anything but one.

use std::time::Duration;

use super::response::Response;

/// What goes back over the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A response, framed properly; the connection may go on.
    Respond(Response),
    /// These bytes as they are, then the end of the connection.
    Raw(Vec<u8>),
    /// The first bytes at once, the others one a second, then the end of the connection.
    Drip { at_once: Vec<u8>, dripped: Vec<u8> },
    /// More than anyone wants, then the end of the connection.
    Flood(Flood),
    /// The connection is closed properly without a byte.
    Close,
    /// The connection is cut (TCP RST).
    Reset,
}

/// The same piece over and over: never built in memory as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flood {
    pub(super) first: Vec<u8>,
    pub(super) piece: Vec<u8>,
    pub(super) times: u32,
    /// Between two pieces, so that a client without bounds is not filled at once.
    pub(super) pause: Duration,
    pub(super) last: Vec<u8>,
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self::Respond(response)
    }
}
