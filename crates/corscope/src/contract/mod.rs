//! Testing contracts: each case is asked of the real server, or judged by its own answers, and what
//! came of it is written down for people and for CI.

mod document;
mod junit;
mod run;
pub mod sarif;
mod shown;

pub use document::ContractDocument;
pub use junit::junit;
pub use run::{Settings, run_case};

use std::time::Duration;

use corscope_diagnose::contract::{Broken, Case};
use corscope_diagnose::diagnostic::Diagnostic;
use corscope_diagnose::render::ExchangeNote;
use corscope_diagnose::scenario::{Play, Scenario, Subject};
use corscope_diagnose::{Sight, VerdictDocument, verdict_document};

/// What a case came to.
#[derive(Debug)]
pub struct CaseRun {
    /// The contract's file, as it was named.
    pub file: String,
    /// The case.
    pub case: Case,
    /// One a browser; none where the server did not do its work.
    pub browsers: Vec<BrowserRun>,
    /// Why nothing is known of it.
    pub error: Option<String>,
    /// What should be known of how it was asked.
    pub notes: Vec<String>,
    /// How long it took.
    pub duration: Duration,
}

/// What one browser makes of a case. No secret is in it.
#[derive(Debug)]
pub struct BrowserRun {
    /// What was asked, and the answers.
    pub subject: Subject,
    /// The case's scenario, with what probes have found.
    pub evidence: Scenario,
    /// The verdict.
    pub play: Play,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What is not kept.
    pub broken: Vec<Broken>,
    /// How each leg went over the network; empty for a case that holds its answers.
    pub exchanges: Vec<Option<ExchangeNote>>,
}

/// Whether a contract is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything that is expected holds, in every browser.
    Kept,
    /// Something does not.
    Broken,
    /// The server did not do its work: nothing is known.
    Error,
}

impl CaseRun {
    /// What it came to.
    pub fn standing(&self) -> Standing {
        if self.error.is_some() {
            Standing::Error
        } else if self.browsers.iter().all(|it| it.broken.is_empty()) {
            Standing::Kept
        } else {
            Standing::Broken
        }
    }

    /// What is not kept, each with the browsers in which it is not.
    pub fn broken(&self) -> Vec<(&Broken, Vec<&'static str>)> {
        let mut found: Vec<(&Broken, Vec<&'static str>)> = Vec::new();
        for run in &self.browsers {
            let browser = run.play.verdict.browser.name();
            for broken in &run.broken {
                match found.iter_mut().find(|(it, _)| *it == broken) {
                    Some((_, browsers)) => browsers.push(browser),
                    None => found.push((broken, vec![browser])),
                }
            }
        }
        found
    }

    /// In which browsers something is broken, in words.
    pub fn where_broken(&self, browsers: &[&str]) -> String {
        match browsers.len() == self.browsers.len() && browsers.len() > 1 {
            true => "in every browser".to_owned(),
            false => format!("in {}", browsers.join(", ")),
        }
    }
}

impl BrowserRun {
    /// What renderers look at.
    pub fn sight(&self) -> Sight<'_> {
        Sight {
            subject: &self.subject,
            scenario: Some(&self.evidence),
            play: &self.play,
        }
    }

    /// The verdict, written down.
    pub fn document(&self) -> VerdictDocument<'_> {
        let mut document = verdict_document(None, &self.sight(), &self.diagnostics);
        for line in &mut document.console {
            *line = corscope_diagnose::secrets::masked(line).into_owned();
        }
        document
    }
}

/// How many of each there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Kept.
    pub kept: usize,
    /// Broken.
    pub broken: usize,
    /// Not known, since a server did not do its work.
    pub errors: usize,
}

impl Counts {
    /// Counts.
    pub fn of(runs: &[CaseRun]) -> Self {
        let count = |standing| runs.iter().filter(|run| run.standing() == standing).count();
        Self {
            kept: count(Standing::Kept),
            broken: count(Standing::Broken),
            errors: count(Standing::Error),
        }
    }
}
