//! Checking a live URL: the engine says what the browser sends, the wire client sends it, the
//! engine judges what came back.

mod browser_headers;
mod document;
mod drive;
mod probes;

pub(crate) use document::without_secrets;
pub use document::{LiveDocument, live_document};
pub use drive::{Drive, LiveExchange, drive};
pub use probes::{Probe, run_probes};

use std::time::Instant;

use corscope_diagnose::scenario::Subject;

/// What is checked, and how far.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the script asks for, of which page; no answers yet.
    pub subject: Subject,
    /// The `Cookie` header that the browser would send to the target's host.
    pub cookies: Option<String>,
    /// The body's bytes.
    pub body: Option<Vec<u8>>,
    /// Whether a request with an unsafe method is really sent.
    pub send: bool,
    /// Whether to send diagnostic probes, and to look behind a failed preflight.
    pub probes: bool,
    /// Response headers that the script wants to read.
    pub reads: Vec<String>,
    /// When to stop sending; what is not sent by then counts as timed out.
    pub deadline: Option<Instant>,
}
