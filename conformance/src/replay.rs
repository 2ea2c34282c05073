//! Replays scenario rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use corscope_diagnose::console::{Scene, account};
use corscope_diagnose::scenario::{Subject, play, scenario_from_json};
use corscope_fetch::{Browser, PreflightCache};

use crate::recorded::{Field, Row, folder};

/// One field of one row on which the engine and the browser differ.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// Whose row.
    pub browser: Browser,
    /// The scenario.
    pub id: String,
    /// What differs.
    pub field: Field,
    /// What the browser did.
    pub recorded: String,
    /// What the engine says.
    pub predicted: String,
    /// The engine calls readable what the browser refused.
    pub wrongly_readable: bool,
}

/// How far one browser's rows agree.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many rows were compared.
    pub rows: usize,
    /// How many rows agree, by field.
    pub agreeing: BTreeMap<Field, usize>,
    /// What differs.
    pub mismatches: Vec<Mismatch>,
}

/// Replays the scenarios that the browsers were first recorded with, for one browser.
///
/// # Errors
/// When the recorded files cannot be read.
pub fn replay(browser: Browser) -> io::Result<Report> {
    replay_files(browser, "")
}

/// Replays the scenarios that `live/` drew and recorded, for one browser.
///
/// # Errors
/// When the recorded files cannot be read.
pub fn replay_live(browser: Browser) -> io::Result<Report> {
    replay_files(browser, "live-")
}

fn replay_files(browser: Browser, prefix: &str) -> io::Result<Report> {
    let scenarios = fs::read_to_string(folder().join(format!("{prefix}scenarios.jsonl")))?;
    let rows = fs::read_to_string(folder().join(format!("{prefix}{browser}.jsonl")))?;
    let mut report = Report::default();
    for (scenario, row) in scenarios.lines().zip(rows.lines()) {
        let scenario = scenario_from_json(scenario.as_bytes()).map_err(io::Error::other)?;
        let row: Row = serde_json::from_str(row)?;
        if scenario.id.as_deref() != Some(&*row.id) {
            return Err(io::Error::other(format!(
                "row {} stands beside another scenario",
                row.id
            )));
        }
        let subject = Subject::new(&scenario).map_err(io::Error::other)?;
        let played = play(&subject, browser, &mut PreflightCache::new(), 0);
        let verdict = &played.verdict;
        let account = account(Scene {
            init: &subject.init,
            client: &subject.client,
            verdict,
        });
        compare(
            browser,
            &row,
            &Row::predicted(verdict, account),
            &mut report,
        );
    }
    Ok(report)
}

fn compare(browser: Browser, recorded: &Row, predicted: &Row, report: &mut Report) {
    report.rows += 1;
    for field in Field::ALL {
        if field == Field::BrowserCode && browser != Browser::Chromium {
            continue; // only Chromium's names were recorded
        }
        let (was, says) = (
            shown(field, recorded, recorded),
            shown(field, predicted, recorded),
        );
        if was == says {
            *report.agreeing.entry(field).or_default() += 1;
            continue;
        }
        let wrongly_readable = field == Field::Outcome
            && predicted.outcome == "readable"
            && recorded.outcome != "readable";
        report.mismatches.push(Mismatch {
            browser,
            id: recorded.id.clone(),
            field,
            recorded: was,
            predicted: says,
            wrongly_readable,
        });
    }
}

/// A field as text; `recorded` tells what was not recorded, and so is not compared.
fn shown(field: Field, row: &Row, recorded: &Row) -> String {
    match field {
        Field::Outcome => row.outcome.clone(),
        Field::Sent => {
            let lines: Vec<String> = row
                .sent
                .iter()
                .map(|sent| {
                    let url = sent.url.as_deref().unwrap_or("");
                    format!(
                        "{} {url} {} {:?}",
                        sent.method, sent.preflight, sent.headers
                    )
                })
                .collect();
            lines.join("\n")
        }
        Field::VisibleHeaders => row.visible_headers.join(", "),
        Field::Status => {
            let kind = row
                .response_type
                .as_deref()
                .filter(|_| recorded.response_type.is_some());
            format!("{:?} {kind:?}", row.status)
        }
        Field::BrowserCode => row.browser_code.clone().unwrap_or_default(),
        Field::Console => {
            let lines: BTreeSet<&str> = row.console.iter().map(String::as_str).collect();
            lines.into_iter().collect::<Vec<_>>().join("\n")
        }
    }
}
