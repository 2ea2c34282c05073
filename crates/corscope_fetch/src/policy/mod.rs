//! The server's half of the [CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol): a
//! policy says what a server allows, and a request makes response headers of it.

mod answer;
mod document;
mod finding;
mod lint;

pub use answer::PolicyRequest;
pub use document::{OriginPattern, Policy, PolicyDocument};
pub use finding::{Finding, FindingKind};
