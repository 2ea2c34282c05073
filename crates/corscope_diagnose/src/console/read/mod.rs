//! Reading console messages: from what a browser printed back to what it tells.
//!
//! [`read_console`] takes a whole pasted console, with all that stands between the messages, and
//! gives one [`ConsoleMessage`] for each failure, however many lines it has. The messages are a
//! table (`messages.toml`); matching takes time in proportion to the text, whatever it holds.

mod clean;
mod cut;
mod draft;
mod group;
mod localised;
mod message;
mod narrow;
mod not_cors;
mod rows;
mod rules_out;
mod scan;
mod table;
mod template;

pub use message::{Channel, ConsoleMessage, Effect, MessageLeg};
pub use narrow::narrow;
pub use not_cors::NotCors;

/// Everything that a pasted console tells, in its order.
pub fn read_console(text: &str) -> Vec<ConsoleMessage> {
    group::messages(scan::parts(text))
}

/// The most telling message of a text: the first that blocks, else the first.
pub fn read_message(text: &str) -> Option<ConsoleMessage> {
    let mut messages = read_console(text);
    let rank = |message: &ConsoleMessage| {
        let is_reason = message.effect == Effect::Blocked;
        let is_known = !message.causes.is_empty() || message.not_cors.is_some();
        usize::from(!is_reason) * 2 + usize::from(!is_known)
    };
    let best = (0..messages.len()).min_by_key(|index| rank(&messages[*index]))?;
    Some(messages.swap_remove(best))
}
