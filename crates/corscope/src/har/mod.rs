//! Judging HAR files: entries are read as a stream, put together to fetches, judged, and grouped by
//! what is wrong, so that a page that fails the same way a thousand times is one finding.

mod group;
mod redaction;
pub mod sarif;
mod summary;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use corscope_capture::har::{HarError, HarReader, ImportOptions, Progress};
use corscope_diagnose::observed::{Finding, ObservedFetch, Pairing, Standing};
use corscope_fetch::Browser;

pub use group::{Group, Groups};
pub use summary::Summary;

/// How many faults of single entries are kept; the rest are counted.
const MOST_FAULTS: usize = 100;

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
    settings: Settings<'_>,
) -> Result<HarReport, HarError> {
    let options = ImportOptions::default();
    let reader = match source {
        Source::File(path) => HarReader::open(path, options)?,
        Source::Stream(stream) => HarReader::new(stream, options)?,
    };
    let mut reader = match settings.on_progress {
        Some(watcher) => reader.on_progress(watcher),
        None => reader,
    };
    let mut report = HarReport {
        name: name.to_owned(),
        ..HarReport::default()
    };
    let mut pairing = Pairing::new();
    let mut judge = |report: &mut HarReport, fetch: ObservedFetch| {
        let number = fetch.number;
        match Finding::of(fetch, settings.browser) {
            Ok(finding) => {
                report.summary.count(&finding);
                (settings.on_finding)(&finding);
                if !matches!(
                    finding.judged.standing,
                    Standing::Allowed | Standing::Opaque
                ) {
                    report.groups.add(finding);
                }
            }
            Err(error) => {
                report.summary.unreadable += 1;
                report.summary.note_unreadable(number, &error.to_string());
            }
        }
    };
    for entry in reader.by_ref() {
        match entry {
            Ok(entry) => {
                report.summary.entries += 1;
                // What a cache or a service worker answered was not judged by CORS on this wire.
                if entry.from_cache.is_some() || entry.from_service_worker {
                    report.summary.not_from_network += 1;
                    continue;
                }
                report.summary.cookies_listed |= entry.cookies_listed;
                let placed = pairing.observe(Arc::new(entry.exchange));
                report.summary.aside += u64::from(placed.is_none());
                for fetch in pairing.take_settled() {
                    judge(&mut report, fetch);
                }
            }
            Err(fault) if report.summary.entries == 0 && fault.is_final() => return Err(fault),
            Err(fault) if report.faults.len() < MOST_FAULTS || fault.is_final() => {
                report.faults.push(fault);
            }
            Err(_) => report.more_faults += 1,
        }
    }
    for fetch in pairing.finish() {
        judge(&mut report, fetch);
    }
    report.summary.creator = reader.creator().map(str::to_owned);
    report.summary.browser = reader.browser().map(str::to_owned);
    Ok(report)
}
