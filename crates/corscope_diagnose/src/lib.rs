//! What a CORS verdict means: documents, console texts, rules, diagnostics, renderers.

pub mod console;
pub mod scenario;
