//! The rules. Each group's `mod.rs` lists its own, the more specific before the more general: the
//! first that agrees explains a fault.

mod actual;
mod adjacent;
mod client;
mod origin_difference;
mod preflight;
mod preflight_answer;
mod redirect;
mod redirect_target;

use crate::rule::Rule;

/// All rules.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        adjacent::RULES,
        client::RULES,
        preflight::RULES,
        redirect::RULES,
        actual::RULES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule with a code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}
