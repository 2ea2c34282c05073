//! Simulating scenarios: single documents, sequences, and streams of lines.

mod json;
mod page;
mod stream;

pub use page::{Settings, is_blocked, write_sequence, write_verdicts};
pub use stream::{StreamSummary, run_stream};
