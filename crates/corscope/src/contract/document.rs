//! A contract's test as JSON (version 1).

use corscope_diagnose::VerdictDocument;
use serde::Serialize;

use super::{CaseRun, Counts, Standing};

/// Everything that was found.
#[derive(Serialize)]
pub struct ContractDocument<'a> {
    version: u8,
    kept: usize,
    broken: usize,
    errors: usize,
    cases: Vec<CaseDocument<'a>>,
}

#[derive(Serialize)]
struct CaseDocument<'a> {
    name: &'a str,
    file: &'a str,
    line: usize,
    /// `null` where a server did not do its work, so that nothing is known.
    kept: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    expect: &'static str,
    live: bool,
    seconds: f64,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    browsers: Vec<BrowserDocument<'a>>,
}

#[derive(Serialize)]
struct BrowserDocument<'a> {
    browser: &'static str,
    kept: bool,
    broken: Vec<BrokenDocument<'a>>,
    verdict: VerdictDocument<'a>,
}

#[derive(Serialize)]
struct BrokenDocument<'a> {
    expectation: &'static str,
    expected: &'a str,
    actual: &'a str,
}

impl<'a> ContractDocument<'a> {
    /// Writes the runs down.
    pub fn of(runs: &'a [CaseRun]) -> Self {
        let counts = Counts::of(runs);
        Self {
            version: 1,
            kept: counts.kept,
            broken: counts.broken,
            errors: counts.errors,
            cases: runs.iter().map(case).collect(),
        }
    }
}

fn case(run: &CaseRun) -> CaseDocument<'_> {
    CaseDocument {
        name: &run.case.name,
        file: &run.file,
        line: run.case.position.0,
        kept: match run.standing() {
            Standing::Kept => Some(true),
            Standing::Broken => Some(false),
            Standing::Error => None,
        },
        error: run.error.as_deref(),
        expect: run.case.expect.outcome.name(),
        live: run.case.is_live(),
        seconds: (run.duration.as_secs_f64() * 1e4).round() / 1e4,
        notes: &run.notes,
        browsers: run
            .browsers
            .iter()
            .map(|browser| BrowserDocument {
                browser: browser.play.verdict.browser.name(),
                kept: browser.broken.is_empty(),
                broken: browser
                    .broken
                    .iter()
                    .map(|it| BrokenDocument {
                        expectation: it.expectation,
                        expected: &it.expected,
                        actual: &it.actual,
                    })
                    .collect(),
                verdict: browser.document(),
            })
            .collect(),
    }
}
