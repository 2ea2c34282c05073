//! What is wrong with a scenario document, where, and how to mend it.

use std::fmt;

use serde::Serialize;

/// A document that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScenarioError {
    /// A stable name of the kind of mistake.
    pub code: &'static str,
    /// What is wrong, and how to mend it.
    pub message: String,
    /// Where: a path such as `request.headers[2]`; empty for the document as a whole.
    pub at: String,
    /// The line and column in the text, counted from 1, where they are known.
    #[serde(skip)]
    pub position: Option<(usize, usize)>,
}

impl ScenarioError {
    pub(crate) fn new(
        code: &'static str,
        at: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            at: at.into(),
            position: None,
        }
    }
}

impl ScenarioError {
    /// A line over [`super::LINE_LIMIT`].
    pub fn too_long() -> Self {
        let message = format!(
            "more than the {} bytes that a scenario may have; shorten the bodies, of which only \
             the length matters",
            super::LINE_LIMIT
        );
        Self::new("too-long", "", message)
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.at.is_empty() {
            write!(out, "{}: ", self.at)?;
        }
        out.write_str(&self.message)
    }
}

impl std::error::Error for ScenarioError {}
