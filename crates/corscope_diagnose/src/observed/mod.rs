//! What was observed on a wire, read as what a page's script did.
//!
//! A capture and a HAR hold exchanges one by one. A browser's fetch is several: a preflight, the
//! request, what redirects lead to. [`Pairing`] puts them together; [`scenario`] writes a fetch down as
//! the scenario that would cause it; [`judge`] asks the engine.
//!
//! Credentials mode is not on the wire. It is taken from who knows ([`Hints`]), else from cookies, else
//! from what the browser did next; where nothing tells, both are judged.
//!
//! [`Hints`]: corscope_fetch::exchange::Hints

mod alike;
mod document;
mod fetch;
mod fetch_document;
mod finding;
mod judge;
mod judgements;
mod pairing;
mod recent;
mod relevance;
mod script_headers;
mod web_origin;

pub use document::scenario;
pub use fetch::{Hop, ObservedFetch, PreflightSeen};
pub use fetch_document::{BrowserDocument, FailureDocument, FetchDocument, FetchLegDocument};
pub use finding::Finding;
pub use judge::{Credentials, Judged, Standing, judge, user_agent_of};
pub use judgements::Judgements;
pub use pairing::{Pairing, Place};
pub use relevance::{Relevance, relevance};
