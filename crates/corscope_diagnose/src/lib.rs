//! What a CORS verdict means: documents, console texts, rules, diagnostics, renderers.
//!
//! The standard is in `corscope_fetch`; here are our opinions. [`scenario::play`] runs the engine on
//! a document, [`diagnose()`] explains what came out, [`verdict_document`] writes it down.
#![warn(missing_docs)]

pub mod added_headers;
pub mod console;
pub mod contract;
mod diagnose;
pub mod diagnostic;
pub mod observed;
pub mod recipe;
pub mod recipes;
pub mod remedy;
pub mod render;
pub mod rule;
pub mod rules;
pub mod scenario;
pub mod secrets;
pub mod sight;
mod verdict_document;

pub use diagnose::{RootCause, diagnose, root_cause};
pub use diagnostic::Diagnostic;
pub use rule::Rule;
pub use sight::Sight;
pub use verdict_document::{VerdictDocument, verdict_document};
