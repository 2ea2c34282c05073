//! What a renderer for people is given.

use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::recipe::Prescription;
use crate::sight::Sight;
use crate::verdict_document::VerdictDocument;

/// One browser's verdict on one fetch, with everything that is known beside it.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The fetch, the page, the verdict.
    pub sight: Sight<'a>,
    /// What was found.
    pub diagnostics: &'a [Diagnostic],
    /// The verdict, written down.
    pub document: &'a VerdictDocument<'a>,
    /// What tells this report from others: a scenario's id, a credentials mode.
    pub title: Option<&'a str>,
    /// What went over the network, by the index of the leg in [`Sight::whole`]; `None` for a leg
    /// that was not sent. Empty when nothing was sent at all.
    pub exchanges: &'a [Option<ExchangeNote>],
    /// The diagnostic requests that were sent beside the fetch.
    pub probes: &'a [ProbeNote],
    /// Sentences about the run: what was left out, and why.
    pub notes: &'a [String],
    /// The configuration that mends it.
    pub recipe: Option<RecipeNote<'a>>,
    /// The last lines: what to run next.
    pub hints: &'a [String],
}

impl<'a> Report<'a> {
    /// A report of a fetch of which nothing went over the network.
    pub const fn new(
        sight: Sight<'a>,
        diagnostics: &'a [Diagnostic],
        document: &'a VerdictDocument<'a>,
    ) -> Self {
        Self {
            sight,
            diagnostics,
            document,
            title: None,
            exchanges: &[],
            probes: &[],
            notes: &[],
            recipe: None,
            hints: &[],
        }
    }
}

/// How one leg went over the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExchangeNote {
    /// From the request's first byte to the end of the response's head.
    pub duration: Option<Duration>,
    /// The address that answered.
    pub remote: Option<String>,
    /// The protocol: `HTTP/1.1`, `h2`.
    pub http_version: Option<String>,
}

/// A diagnostic request, and what it tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProbeNote {
    /// What it is for: `the same request without Origin`.
    pub purpose: String,
    /// What was sent: `GET http://127.0.0.1:8377/items`.
    pub request: String,
    /// What came back: `200, Access-Control-Allow-Origin: *`.
    pub outcome: String,
    /// What follows from that; empty when nothing does.
    pub tells: String,
}

/// A recipe for the fetch, and the command that verifies it.
#[derive(Clone, Copy, Debug)]
pub struct RecipeNote<'a> {
    /// The recipe.
    pub prescription: &'a Prescription,
    /// The command's words, quoted for a shell; a flag and its value are one word.
    pub verify: &'a [String],
}
