//! What a browser tells about one request.

use corscope_fetch::exchange::BrowserSaid;
use corscope_fetch::{Api, CredentialsMode, Mode};

/// What is known of one request, in the browser's own words. Each event holds all that is known so
/// far: a later one with the same [`request`](Self::request) replaces it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserEvent {
    /// Its number, unique in this program and rising within one browser. Each hop of a redirect has its
    /// own.
    pub request: u64,
    /// How far it has come.
    pub stage: Stage,
    /// Whether a good end is this browser's last word. Firefox ends a request well and then says in the
    /// console why the page may not read it.
    pub is_end_final: bool,
    /// When the browser began it: microseconds since the Unix epoch.
    pub time: u64,
    /// The URL, without fragment.
    pub url: String,
    /// The method.
    pub method: String,
    /// Whether it is a CORS-preflight request.
    pub is_preflight: bool,
    /// The request that it is the preflight of.
    pub preflight_of: Option<u64>,
    /// The request that redirected to it.
    pub redirected_from: Option<u64>,
    /// The URL of the document or worker that asked.
    pub page_url: Option<String>,
    /// Who asked.
    pub api: Option<Api>,
    /// The request's mode.
    pub mode: Option<Mode>,
    /// The request's credentials mode, where cookies or the browser's words betray it.
    pub credentials: Option<CredentialsMode>,
    /// The response's status.
    pub status: Option<u16>,
    /// Why the browser did not let it out, when that is not CORS: `csp`, `mixed-content`.
    pub blocked_reason: Option<String>,
    /// The browser's verdict and console texts.
    pub said: BrowserSaid,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The browser has begun it; it may wait for its preflight.
    #[default]
    Begun,
    /// The response's head has come.
    Answered,
    /// It has ended as it should. Firefox ends a request so that the page may not read; then the
    /// console says why.
    Finished,
    /// It has ended in a network error.
    Failed,
}

/// The mode that a `Sec-Fetch-Mode` header names.
pub(super) fn mode_of(header: &str) -> Option<Mode> {
    serde_json::from_value(header.into()).ok()
}
