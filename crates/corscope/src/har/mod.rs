//! Judging HAR files and saved captures: entries are read as a stream, put together to fetches, judged,
//! and grouped by what is wrong, so that a page that fails the same way a thousand times is one finding.

mod group;
mod redaction;
pub mod sarif;
mod summary;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use corscope_capture::Query;
use corscope_capture::har::{HarError, HarReader, ImportOptions, Progress};
use corscope_capture::store::{SavedCapture, StoreError};
use corscope_diagnose::observed::{Finding, ObservedFetch, Pairing, Standing};
use corscope_fetch::{Browser, Exchange};

use crate::session::{for_judging, lets_pass};

pub use group::{Group, Groups};
pub use redaction::without_secrets;
pub use summary::Summary;

/// How many faults of single entries are kept; the rest are counted.
const MOST_FAULTS: usize = 100;

/// Rows read from a capture at once.
const PAGE: usize = 500;

/// What a HAR came to.
#[derive(Debug, Default)]
pub struct HarReport {
    /// The file's name, as given.
    pub name: String,
    /// How many there were of each.
    pub summary: Summary,
    /// What is wrong, alike ones together, in the order in which they came up.
    pub groups: Groups,
    /// What could not be read.
    pub faults: Vec<HarError>,
    /// How many faults more there were.
    pub more_faults: u64,
}

impl HarReport {
    /// Whether reading broke off before the HAR's end.
    pub fn broke_off(&self) -> bool {
        self.faults.iter().any(HarError::is_final)
    }
}

/// Where to read.
pub enum Source<'a> {
    /// A file, plain or gzipped.
    File(&'a Path),
    /// Anything else, such as the standard input.
    Stream(Box<dyn Read + Send>),
}

/// How to judge.
pub struct Settings<'a> {
    /// Whose rules to follow; by default those of the browser that sent each request.
    pub browser: Option<Browser>,
    /// Which fetches to look at; by default all.
    pub filter: Option<Query>,
    /// Called as the reading goes on.
    pub on_progress: Option<Box<dyn FnMut(Progress) + Send>>,
    /// Called for each fetch, in order, whatever it came to.
    pub on_finding: &'a mut dyn FnMut(&Finding),
}

/// Reads and judges a HAR to its end, or as far as it goes.
///
/// # Errors
/// When there is no HAR at all; what is wrong inside it stands in the report.
pub fn judge_har(
    name: &str,
    source: Source<'_>,
    mut settings: Settings<'_>,
) -> Result<HarReport, HarError> {
    let options = ImportOptions::default();
    let reader = match source {
        Source::File(path) => HarReader::open(path, options)?,
        Source::Stream(stream) => HarReader::new(stream, options)?,
    };
    let mut reader = match settings.on_progress.take() {
        Some(watcher) => reader.on_progress(watcher),
        None => reader,
    };
    let mut judging = Judging::new(name, settings);
    for entry in reader.by_ref() {
        let report = &mut judging.report;
        match entry {
            Ok(entry) => {
                report.summary.entries += 1;
                // What a cache or a service worker answered was not judged by CORS on this wire.
                if entry.from_cache.is_some() || entry.from_service_worker {
                    report.summary.not_from_network += 1;
                    continue;
                }
                report.summary.cookies_listed |= entry.cookies_listed;
                judging.exchange(Arc::new(entry.exchange));
            }
            Err(fault) if report.summary.entries == 0 && fault.is_final() => return Err(fault),
            Err(fault) if report.faults.len() < MOST_FAULTS || fault.is_final() => {
                report.faults.push(fault);
            }
            Err(_) => report.more_faults += 1,
        }
    }
    let mut report = judging.end();
    report.summary.creator = reader.creator().map(str::to_owned);
    report.summary.browser = reader.browser().map(str::to_owned);
    Ok(report)
}

/// Reads and judges what `--save` has kept.
///
/// # Errors
/// When the file is damaged or cannot be read.
pub fn judge_capture(
    name: &str,
    capture: &SavedCapture,
    settings: Settings<'_>,
) -> Result<HarReport, StoreError> {
    let mut judging = Judging::new(name, settings);
    let mut last = 0;
    loop {
        let rows = capture.rows(last, PAGE)?;
        let Some(newest) = rows.last() else { break };
        last = newest.exchange.id;
        for row in rows {
            judging.report.summary.entries += 1;
            judging.report.summary.cookies_listed = true; // a proxy sees them
            judging.exchange(for_judging(&row.exchange));
        }
    }
    let mut report = judging.end();
    report.summary.creator = Some("corscope".to_owned());
    Ok(report)
}

/// A judgement under way.
struct Judging<'a> {
    report: HarReport,
    pairing: Pairing,
    settings: Settings<'a>,
}

impl<'a> Judging<'a> {
    fn new(name: &str, settings: Settings<'a>) -> Self {
        let report = HarReport {
            name: name.to_owned(),
            ..HarReport::default()
        };
        Self {
            report,
            pairing: Pairing::new(),
            settings,
        }
    }

    fn exchange(&mut self, exchange: Arc<Exchange>) {
        let placed = self.pairing.observe(exchange);
        self.report.summary.aside += u64::from(placed.is_none());
        for fetch in self.pairing.take_settled() {
            self.judge(fetch);
        }
    }

    fn judge(&mut self, fetch: Arc<ObservedFetch>) {
        let number = fetch.number;
        match Finding::of(fetch, self.settings.browser) {
            Ok(finding) => {
                let filter = self.settings.filter.as_ref();
                if filter.is_some_and(|filter| !lets_pass(filter, &finding)) {
                    return;
                }
                self.report.summary.count(&finding);
                (self.settings.on_finding)(&finding);
                if !matches!(
                    finding.judged.standing,
                    Standing::Allowed | Standing::Opaque
                ) {
                    self.report.groups.add(finding);
                }
            }
            Err(error) => {
                let summary = &mut self.report.summary;
                summary.unreadable += 1;
                summary.note_unreadable(number, &error.to_string());
            }
        }
    }

    fn end(mut self) -> HarReport {
        for fetch in std::mem::take(&mut self.pairing).finish() {
            self.judge(fetch);
        }
        self.report
    }
}
