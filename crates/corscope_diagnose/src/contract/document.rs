//! A contract, read.

use corscope_fetch::Browser;

use super::Expectation;
use crate::scenario::Scenario;

/// A contract: cases that must be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    /// In the document's order; their names differ.
    pub cases: Vec<Case>,
}

/// One request, and what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What the case says, such as `the app may save an item`.
    pub name: String,
    /// The page and the request, with the answers where they are given.
    pub scenario: Scenario,
    /// What is expected.
    pub expect: Expectation,
    /// Whose rules must agree.
    pub browsers: Vec<Browser>,
    /// Whether a request with an unsafe method is really sent.
    pub send: bool,
    /// The line and column at which the case begins, counted from 1.
    pub position: (usize, usize),
}

impl Case {
    /// Whether the real server is asked: the case holds no answers.
    pub fn is_live(&self) -> bool {
        let scenario = &self.scenario;
        scenario.preflight.is_none() && scenario.responses.is_empty() && scenario.network.is_none()
    }
}
