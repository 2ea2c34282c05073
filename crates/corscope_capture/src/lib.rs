//! Observed exchanges, from the moment somebody has seen them: read from HARs and written to them,
//! kept in memory and on disk, searched, and redacted before they leave the machine.
//!
//! Nothing here judges. What a verdict says of an exchange is told by the program.
#![warn(missing_docs)]

mod decoded;
pub mod har;
pub mod message;
pub mod query;
pub mod redact;
pub mod row;
pub mod store;

pub use message::Message;
pub use query::Query;
pub use row::{CorsOutcome, Judged, PreflightState, Row};
pub use store::Store;
