//! Writing what was kept as a HAR, each fetch with its verdict.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use corscope_capture::har::{Besides, ExportOptions, HarWriter};
use corscope_capture::redact::Redactor;
use corscope_capture::{Row, Store};
use corscope_diagnose::observed::{Finding, Pairing};
use corscope_fetch::Browser;
use serde_json::Value;

use super::keep::for_judging;

/// Exchanges taken from the store at once.
const PAGE: u64 = 1000;

/// Writes all that `store` holds in memory to `out`; without secrets unless `with_secrets`. The answer
/// is how many exchanges were written.
///
/// # Errors
/// When writing fails.
pub fn export_har<W: Write>(
    store: &Store,
    out: W,
    browser: Option<Browser>,
    with_secrets: bool,
) -> io::Result<u64> {
    let rows = rows(store);
    let verdicts = verdicts(&rows, browser);
    let options = ExportOptions {
        redactor: (!with_secrets).then(Redactor::default),
        ..ExportOptions::default()
    };
    let mut writer = HarWriter::new(out, options)?;
    for row in &rows {
        let messages = store
            .messages(row.exchange.id)
            .map(|(messages, _)| messages)
            .unwrap_or_default();
        let besides = Besides {
            messages: messages.iter().map(AsRef::as_ref).collect(),
            verdict: verdicts.get(&row.exchange.id).cloned(),
            decoded: None,
        };
        writer.entry(&row.exchange, &besides)?;
    }
    writer.finish()?.flush()?;
    Ok(rows.len() as u64)
}

/// All rows, the oldest first.
fn rows(store: &Store) -> Vec<Arc<Row>> {
    let mut rows = Vec::new();
    let mut before = u64::MAX;
    loop {
        let page = store.newest(before, PAGE as usize, |_| true);
        let Some(last) = page.last() else { break };
        before = last.exchange.id;
        rows.extend(page);
    }
    rows.reverse();
    rows
}

/// The verdict of each fetch, by the number of the exchange that stands for it.
fn verdicts(rows: &[Arc<Row>], browser: Option<Browser>) -> HashMap<u64, Value> {
    let mut pairing = Pairing::new();
    let mut verdicts = HashMap::new();
    let mut judge = |fetch| {
        let Ok(mut finding) = Finding::of(fetch, browser) else {
            return;
        };
        finding.prove();
        let Some(lead) = finding.fetch.lead().map(|exchange| exchange.id) else {
            return;
        };
        if let Ok(document) = serde_json::to_value(finding.document()) {
            verdicts.insert(lead, document);
        }
    };
    for row in rows {
        pairing.observe(Arc::new(for_judging(&row.exchange)));
        pairing.take_settled().into_iter().for_each(&mut judge);
    }
    pairing.finish().into_iter().for_each(judge);
    verdicts
}
