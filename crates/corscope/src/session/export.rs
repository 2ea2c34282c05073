//! Writing what was kept as a HAR, each fetch with its verdict.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use corscope_capture::har::{Besides, ExportOptions, HarWriter};
use corscope_capture::message::Message;
use corscope_capture::redact::Redactor;
use corscope_capture::store::{SavedCapture, StoreError};
use corscope_capture::{Query, Row, Store};
use corscope_diagnose::observed::{Finding, Pairing};
use corscope_fetch::Browser;
use serde_json::Value;

use super::keep::{for_judging, lets_pass};

/// Exchanges taken from the store at once.
const PAGE: usize = 1000;

/// How a HAR is written.
#[derive(Clone, Debug, Default)]
pub struct HarOptions {
    /// Whose rules the verdicts follow; by default those of the browser that sent each request.
    pub browser: Option<Browser>,
    /// Whether cookies, tokens and passwords are left in.
    pub with_secrets: bool,
    /// Which fetches are written; by default all exchanges are.
    pub filter: Option<Query>,
}

/// Where exchanges are taken from.
trait Kept {
    /// All rows, the oldest first.
    fn rows(&self) -> io::Result<Vec<Arc<Row>>>;
    /// The messages of an exchange.
    fn messages(&self, id: u64) -> io::Result<Vec<Arc<Message>>>;
}

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
    let options = HarOptions {
        browser,
        with_secrets,
        filter: None,
    };
    export(store, out, &options)
}

/// The same of a file, as `options` say.
///
/// # Errors
/// When the file cannot be read, or writing fails.
pub fn export_saved<W: Write>(
    capture: &SavedCapture,
    out: W,
    options: &HarOptions,
) -> io::Result<u64> {
    export(capture, out, options)
}

fn export<W: Write>(kept: &impl Kept, out: W, options: &HarOptions) -> io::Result<u64> {
    let rows = kept.rows()?;
    let verdicts = verdicts(&rows, options);
    let mut writer = HarWriter::new(
        out,
        ExportOptions {
            redactor: (!options.with_secrets).then(Redactor::default),
            ..ExportOptions::default()
        },
    )?;
    let mut count = 0;
    for row in &rows {
        let id = row.exchange.id;
        if let Some(filter) = &options.filter {
            let passes = match verdicts.judged.get(&id) {
                Some(passes) => *passes,
                None => filter.matches(row), // CORS has no say in it
            };
            if !passes {
                continue;
            }
        }
        let messages = kept.messages(id)?;
        let besides = Besides {
            messages: messages.iter().map(AsRef::as_ref).collect(),
            verdict: verdicts.documents.get(&id).cloned(),
            decoded: None,
        };
        writer.entry(&row.exchange, &besides)?;
        count += 1;
    }
    writer.finish()?.flush()?;
    Ok(count)
}

impl Kept for Store {
    fn rows(&self) -> io::Result<Vec<Arc<Row>>> {
        let mut rows = Vec::new();
        let mut before = u64::MAX;
        loop {
            let page = self.newest(before, PAGE, |_| true);
            let Some(last) = page.last() else { break };
            before = last.exchange.id;
            rows.extend(page);
        }
        rows.reverse();
        Ok(rows)
    }

    fn messages(&self, id: u64) -> io::Result<Vec<Arc<Message>>> {
        let messages = Self::messages(self, id);
        Ok(messages.map(|(messages, _)| messages).unwrap_or_default())
    }
}

impl Kept for SavedCapture {
    fn rows(&self) -> io::Result<Vec<Arc<Row>>> {
        let mut rows: Vec<Arc<Row>> = Vec::new();
        loop {
            let after = rows.last().map_or(0, |row| row.exchange.id);
            let page = Self::rows(self, after, PAGE).map_err(other)?;
            if page.is_empty() {
                return Ok(rows);
            }
            rows.extend(page.into_iter().map(Arc::new));
        }
    }

    fn messages(&self, id: u64) -> io::Result<Vec<Arc<Message>>> {
        let messages = Self::messages(self, id).map_err(other)?;
        Ok(messages.into_iter().map(Arc::new).collect())
    }
}

fn other(error: StoreError) -> io::Error {
    io::Error::other(error.to_string())
}

/// What was judged.
#[derive(Default)]
struct Verdicts {
    /// The verdict of each fetch, by the number of the exchange that stands for it.
    documents: HashMap<u64, Value>,
    /// Each exchange of a fetch, and whether the filter lets that pass.
    judged: HashMap<u64, bool>,
}

fn verdicts(rows: &[Arc<Row>], options: &HarOptions) -> Verdicts {
    let mut pairing = Pairing::new();
    let mut verdicts = Verdicts::default();
    let mut judge = |fetch| {
        let Ok(mut finding) = Finding::of(fetch, options.browser) else {
            return;
        };
        if let Some(filter) = &options.filter {
            let passes = lets_pass(filter, &finding);
            let exchanges = finding.fetch.exchanges();
            verdicts.judged.extend(exchanges.map(|it| (it.id, passes)));
            if !passes {
                return;
            }
        }
        finding.prove();
        let Some(lead) = finding.fetch.lead().map(|exchange| exchange.id) else {
            return;
        };
        if let Ok(document) = serde_json::to_value(finding.document()) {
            verdicts.documents.insert(lead, document);
        }
    };
    for row in rows {
        pairing.observe(for_judging(&row.exchange));
        pairing.take_settled().into_iter().for_each(&mut judge);
    }
    pairing.finish().into_iter().for_each(judge);
    verdicts
}
