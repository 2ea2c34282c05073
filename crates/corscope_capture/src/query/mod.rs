//! The filter language: `cors:fail status:>=400 -host:cdn (method:put or has:cookie) "free text"`.
//!
//! Terms that stand beside each other must all hold; `or`, `not` or `-`, and parentheses combine
//! them otherwise. [`Query::parse`] tells where a filter is wrong, and what was perhaps meant;
//! [`complete`] tells what may stand at the cursor.

mod complete;
mod matching;
mod parse;
mod term;

use std::ops::Range;
use std::{error, fmt};

pub use complete::{Candidate, Completion, complete};
pub use term::{Comparison, Flag, KEYS, Key, Part, Term, Text};

use crate::row::Row;

/// A filter that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What must hold.
    pub expr: Expr,
}

/// How terms are combined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// All of them; none is always true.
    And(Vec<Expr>),
    /// One of them.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// A single condition.
    Term(Term),
}

/// Why a filter is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// Which bytes of the filter are wrong.
    pub span: Range<usize>,
    /// What is wrong with them.
    pub message: String,
    /// What was perhaps meant, to stand in their place.
    pub suggestion: Option<String>,
}

impl fmt::Display for QueryError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(out, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

impl error::Error for QueryError {}

impl Query {
    /// Reads a filter; an empty one lets everything pass.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text).map(|expr| Self { expr })
    }

    /// Whether it lets everything pass.
    pub fn is_empty(&self) -> bool {
        matches!(&self.expr, Expr::And(terms) if terms.is_empty())
    }

    /// Whether a row passes.
    pub fn matches(&self, row: &Row) -> bool {
        matching::holds(&self.expr, row)
    }

    /// Conditions on the columns of a capture file that hold for all rows that pass: what they
    /// leave need not all pass.
    pub(crate) fn sql_conditions(&self) -> Vec<String> {
        let terms = match &self.expr {
            Expr::And(terms) => terms.as_slice(),
            one => std::slice::from_ref(one),
        };
        let terms = terms.iter().filter_map(|expr| match expr {
            Expr::Term(term) => term.sql_condition(),
            _ => None,
        });
        terms.collect()
    }
}
