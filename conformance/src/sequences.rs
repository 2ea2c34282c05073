//! Replays sequences: steps that share one CORS-preflight cache.

use std::fs;
use std::io;

use corscope_diagnose::console::Account;
use corscope_diagnose::scenario::{Subject, play, sequence_from_json};
use corscope_fetch::{Browser, PreflightCache};
use serde::Deserialize;

use crate::recorded::{Field, Row, folder};
use crate::replay::{Mismatch, Report};

#[derive(Deserialize)]
struct SequenceRow {
    id: String,
    steps: Vec<Row>,
}

/// Replays every sequence for one browser; a report's rows are steps.
///
/// # Errors
/// When the recorded files cannot be read.
pub fn replay_sequences(browser: Browser) -> io::Result<Report> {
    let sequences = fs::read_to_string(folder().join("sequences.jsonl"))?;
    let rows = fs::read_to_string(folder().join(format!("sequences-{browser}.jsonl")))?;
    let mut report = Report::default();
    for (sequence, row) in sequences.lines().zip(rows.lines()) {
        let sequence = sequence_from_json(sequence.as_bytes()).map_err(io::Error::other)?;
        let row: SequenceRow = serde_json::from_str(row)?;
        if sequence.id.as_deref() != Some(&*row.id) || sequence.steps.len() != row.steps.len() {
            return Err(io::Error::other(format!(
                "row {} stands beside another sequence",
                row.id
            )));
        }
        let mut cache = PreflightCache::new();
        let mut now = 0;
        for (index, (step, recorded)) in sequence.steps.iter().zip(&row.steps).enumerate() {
            now += step.wait;
            let mut subject =
                Subject::of_request(step.page.as_ref().unwrap_or(&sequence.page), &step.request)
                    .map_err(io::Error::other)?;
            subject
                .set_answers(step.preflight.as_ref(), &step.responses, None)
                .map_err(io::Error::other)?;
            let verdict = play(&subject, browser, &mut cache, now).verdict;
            let predicted = Row::predicted(&verdict, Account::default());
            report.rows += 1;
            let (was, says) = (shown(recorded), shown(&predicted));
            if was == says {
                *report.agreeing.entry(Field::Sent).or_default() += 1;
                continue;
            }
            report.mismatches.push(Mismatch {
                browser,
                id: format!("{}/{index}", row.id),
                field: Field::Sent,
                recorded: was,
                predicted: says,
                wrongly_readable: predicted.outcome == "readable" && recorded.outcome != "readable",
            });
        }
    }
    Ok(report)
}

fn shown(row: &Row) -> String {
    let sent: Vec<String> = row
        .sent
        .iter()
        .map(|sent| format!("{} {} {:?}", sent.method, sent.preflight, sent.headers))
        .collect();
    format!("{} {:?} {}", row.outcome, row.status, sent.join(" | "))
}
