//! Replays the recorded rows of three browsers through the engine, and compares field by field.

mod divergences;
mod recorded;
mod replay;
mod sequences;

pub use divergences::{Divergences, Verified};
pub use recorded::{Field, Row, SentRow};
pub use replay::{Mismatch, Report, replay, replay_live};
pub use sequences::replay_sequences;

use corscope_fetch::Browser;

/// The browsers that were recorded.
pub const RECORDED: [Browser; 3] = [Browser::Chromium, Browser::Firefox, Browser::WebKit];
