//! What is wrong with a contract document, where, and how to mend it.

use std::fmt;

/// One mistake in a contract. A document may have several: all are told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContractProblem {
    /// A stable name of the kind of mistake.
    pub code: &'static str,
    /// What is wrong, and how to mend it.
    pub message: String,
    /// Where: a path such as `case[2].request.headers[0]`; empty for the document as a whole.
    pub at: String,
    /// The line and column in the text, counted from 1, where they are known.
    pub position: Option<(usize, usize)>,
    /// A word that means nothing, and those that would.
    pub unknown: Option<(String, Vec<String>)>,
}

impl ContractProblem {
    pub(super) fn new(
        code: &'static str,
        at: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            at: at.into(),
            position: None,
            unknown: None,
        }
    }

    pub(super) fn position(mut self, position: Option<(usize, usize)>) -> Self {
        self.position = position;
        self
    }

    /// With a word that means nothing, and those that would.
    pub(super) fn unknown<'n>(
        mut self,
        word: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let known = known.into_iter().map(str::to_owned).collect();
        self.unknown = Some((word.to_owned(), known));
        self
    }
}

impl fmt::Display for ContractProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.at.is_empty() {
            write!(out, "{}: ", self.at)?;
        }
        out.write_str(&self.message)
    }
}

impl std::error::Error for ContractProblem {}
