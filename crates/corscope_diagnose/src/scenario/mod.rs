//! The scenario document: one request, its page, and what the server answers.

mod document;
mod error;
mod play;
mod raw_headers;
mod read;

pub use document::{
    AnswerDocument, AttributesDocument, CookieDocument, CredentialsDocument, During, HopDocument,
    NetworkDocument, PageDocument, PriorDocument, ProbeDocument, RequestDocument, Scenario,
    Sequence, SequenceStep,
};
pub use error::ScenarioError;
pub(crate) use play::play_at;
pub use play::{Play, Subject, play};
pub use raw_headers::RawHeaders;
pub(crate) use raw_headers::latin1;
pub use read::{
    LINE_LIMIT, scenario_from_json, scenario_from_toml, sequence_from_json, sequence_from_toml,
};
pub(crate) use read::{known_path, position};
