//! Renderers: a verdict document for people and for machines, one format a file.
//!
//! [`mod@text`] is the terminal's, [`mod@markdown`] an issue's or a pull request's, [`json`] the
//! document itself. A renderer judges nothing: it shows what the engine and the rules found.

mod carets;
mod evidence;
mod facts;
mod headers;
pub mod json;
pub mod markdown;
mod printable;
mod report;
mod said;
pub mod text;
mod trace;

pub use markdown::{markdown, markdown_all};
pub use report::{ExchangeNote, ProbeNote, RecipeNote, Report};
pub use text::{
    CaseLine, TextOptions, contract_cases, contract_heading, note, observed, observed_again,
    observed_aside, observed_below, text, text_all,
};
