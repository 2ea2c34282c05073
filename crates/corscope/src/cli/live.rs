//! What a session finds, printed as it comes: lines for people, or one document a line.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use clap::ValueEnum;
use corscope_capture::redact::Redactor;
use corscope_capture::{Query, Row};
use corscope_diagnose::observed::{Finding, Standing};
use corscope_diagnose::recipe::Recipe;
use corscope_diagnose::render::{self, TextOptions};
use corscope_fetch::Exchange;
use serde::Serialize;

use super::output;
use super::repeats::Repeats;
use super::steering;
use crate::session::{Listener, Steering, Update, lets_pass};

/// How to print what is observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LiveFormat {
    /// Lines for people
    Text,
    /// One JSON document a line
    Jsonl,
}

/// What to print, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct LiveOptions {
    /// The format.
    pub(super) format: LiveFormat,
    /// Whether exchanges that CORS has no say in are printed, too.
    pub(super) all: bool,
    /// Whether documents keep their secrets.
    pub(super) secrets: bool,
    /// How text is written.
    pub(super) text: TextOptions,
}

/// What was found so far; shared with whoever waits for the end.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) allowed: AtomicU64,
    pub(super) blocked: AtomicU64,
    pub(super) others: AtomicU64,
    pub(super) aside: AtomicU64,
    /// Nobody reads what we print any more.
    pub(super) closed: AtomicBool,
}

/// Prints updates to standard output.
pub(super) struct Live {
    options: LiveOptions,
    tally: Arc<Tally>,
    /// The fetches printed last, so that a later state is printed only when it is news.
    told: BTreeMap<u64, Told>,
    repeats: Repeats,
    /// Where disagreements with the browser are written down.
    bundles: Option<PathBuf>,
    steering: Option<Arc<Steering>>,
    /// Whether whatever fails is mended as soon as it has failed.
    fixes_all: bool,
    /// What is to be printed once nothing more waits: a write for each line would cost more than the
    /// lines do.
    unprinted: String,
    /// The stack that recipes are for, where the user named one.
    stack: Option<&'static Recipe>,
    /// What is looked at; by default everything.
    filter: Option<Query>,
}

/// How a fetch was printed last: its standing, and the root cause's rule.
type Told = (Standing, Option<&'static str>);

/// How many fetches are remembered as printed.
const REMEMBERED: usize = 256;

/// Bytes that are printed at once at most.
const MOST_UNPRINTED: usize = 32 * 1024;

/// An exchange that CORS has no say in, as a document.
#[derive(Serialize)]
struct AsideDocument<'a> {
    exchange: u64,
    started: u64,
    standing: &'static str,
    method: &'a str,
    url: &'a str,
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unverified: Vec<&'a str>,
}

/// A fetch's document, with what was let pass of the servers' certificates.
#[derive(Serialize)]
struct Marked<'a, T: Serialize> {
    #[serde(flatten)]
    document: &'a T,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unverified: Vec<&'a str>,
}

/// The faults of servers' certificates that were let pass.
fn unverified<'a>(exchanges: impl IntoIterator<Item = &'a Exchange>) -> Vec<&'a str> {
    let faults = exchanges
        .into_iter()
        .flat_map(|it| &it.connection.unverified);
    let mut faults: Vec<&str> = faults.map(String::as_str).collect();
    faults.sort_unstable();
    faults.dedup();
    faults
}

#[derive(Serialize)]
struct FailureDocument<'a> {
    code: &'a str,
    message: &'a str,
}

impl Live {
    /// Prints by `options`, counting in `tally`; disagreements go to the directory `bundles`.
    pub(super) fn new(options: LiveOptions, tally: Arc<Tally>, bundles: Option<PathBuf>) -> Self {
        Self {
            options,
            tally,
            told: BTreeMap::new(),
            repeats: Repeats::default(),
            bundles,
            steering: None,
            fixes_all: false,
            unprinted: String::new(),
            stack: None,
            filter: None,
        }
    }

    /// Looks only at what `filter` lets pass.
    #[must_use]
    pub(super) fn filtered_by(mut self, filter: Option<Query>) -> Self {
        self.filter = filter;
        self
    }

    /// Lets failing fetches be mended by `steering`; all of them at once if `fixes_all`. Recipes are
    /// for `stack`, or for the one that the answers betray.
    pub(super) fn steered_by(
        &mut self,
        steering: Arc<Steering>,
        fixes_all: bool,
        stack: Option<&'static Recipe>,
    ) {
        self.steering = Some(steering);
        self.fixes_all = fixes_all;
        self.stack = stack;
    }

    /// Prints one finding, whatever its standing.
    pub(super) fn finding(&mut self, finding: &Finding) {
        let filter = self.filter.as_ref();
        if filter.is_some_and(|filter| !lets_pass(filter, finding)) {
            return;
        }
        let counter = match finding.judged.standing {
            Standing::Allowed => &self.tally.allowed,
            Standing::Blocked => &self.tally.blocked,
            _ => &self.tally.others,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        // Each document stands for itself.
        let first = match self.options.format {
            LiveFormat::Text => self.repeats.of(finding),
            LiveFormat::Jsonl => None,
        };
        match first {
            Some(first) => {
                let before = std::mem::take(&mut self.unprinted);
                self.unprinted = render::observed_again(before, finding, first, self.options.text);
                self.print("");
            }
            None => self.print_whole(finding),
        }
        if let Some(steering) = &self.steering
            && steering.note(finding)
            && self.fixes_all
        {
            let passed = steering.make_finding_pass(finding);
            let done = steering::made_pass(finding, &passed, self.stack);
            match self.options.format {
                LiveFormat::Text => self.print(&done),
                LiveFormat::Jsonl => {
                    let number = finding.fetch.number;
                    let document = serde_json::json!({
                        "fix": done,
                        "of": number,
                        "passes": passed.is_ok(),
                    });
                    let line = self.line(&document);
                    self.print(&line);
                }
            }
        }
    }

    /// Prints a finding with its proved mends, and saves it where the browser disagrees.
    fn print_whole(&mut self, finding: &Finding) {
        // What can be read has no remedies, and is most of what comes.
        let proved = (finding.judged.standing != Standing::Allowed).then(|| {
            let mut proved = finding.clone();
            proved.prove();
            proved
        });
        let proved = proved.as_ref().unwrap_or(finding);
        let unverified = unverified(finding.fetch.exchanges().map(|it| &**it));
        match self.options.format {
            LiveFormat::Text => {
                let before = std::mem::take(&mut self.unprinted);
                self.unprinted = render::observed_below(before, proved, self.options.text);
                self.print(&self.unverified_note(&unverified));
            }
            LiveFormat::Jsonl => {
                let document = proved.document();
                let document = &document;
                self.print(&self.line(&Marked {
                    document,
                    unverified,
                }));
            }
        }
        if proved.disagreement().is_some()
            && let Some(directory) = &self.bundles
            && let Err(error) = write_bundle(directory, proved)
        {
            let _ = output::print_aside(&format!("{}: {error}\n", directory.display()));
        }
    }

    fn aside(&mut self, exchange: &Arc<Exchange>, unreadable: Option<&str>) {
        let passes = |filter: &Query| filter.matches(&Row::of(Arc::clone(exchange)));
        if self.filter.as_ref().is_some_and(|it| !passes(it)) {
            return;
        }
        self.tally.aside.fetch_add(1, Ordering::Relaxed);
        let is_failure = exchange.failure.is_some() && exchange.response.is_none();
        // A failure below HTTP is what people look for, even where CORS has no say.
        if !(self.options.all || is_failure || unreadable.is_some()) {
            return;
        }
        let unverified = unverified([&**exchange]);
        let text = match self.options.format {
            LiveFormat::Text => {
                render::observed_aside(exchange, unreadable, self.options.text)
                    + &self.unverified_note(&unverified)
            }
            LiveFormat::Jsonl => self.line(&AsideDocument {
                unverified,
                exchange: exchange.id,
                started: exchange.started,
                standing: "not-cors",
                method: &exchange.request.method,
                url: &exchange.request.url,
                status: exchange.response.as_ref().map(|response| response.status),
                failure: exchange.failure.as_ref().map(|failure| FailureDocument {
                    code: &failure.code,
                    message: &failure.message,
                }),
                unreadable,
            }),
        };
        self.print(&text);
    }

    fn unverified_note(&self, faults: &[&str]) -> String {
        if faults.is_empty() {
            return String::new();
        }
        let text = format!(
            "certificate not verified, as you wished: {}",
            faults.join("; ")
        );
        render::note(&text, true, self.options.text)
    }

    /// A document as one line, without secrets unless they are wanted.
    fn line(&self, document: &impl Serialize) -> String {
        let mut document = serde_json::to_value(document).unwrap_or_default();
        if !self.options.secrets {
            Redactor::default().json(&mut document);
        }
        format!("{document}\n")
    }

    fn print(&mut self, text: &str) {
        self.unprinted.push_str(text);
        if self.unprinted.len() >= MOST_UNPRINTED {
            self.print_all();
        }
    }

    fn print_all(&mut self) {
        if self.unprinted.is_empty() {
            return;
        }
        let mut out = io::stdout().lock();
        let printed = out.write_all(self.unprinted.as_bytes());
        if printed.and_then(|()| out.flush()).is_err() {
            self.tally.closed.store(true, Ordering::Relaxed);
        }
        self.unprinted.clear();
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.print_all();
    }
}

impl Listener for Live {
    fn update(&mut self, update: &Update) {
        match update {
            Update::Fetch(finding) => {
                let (number, standing) = (finding.fetch.number, finding.judged.standing);
                let now = (standing, finding.root_cause().map(|root| root.rule));
                let is_news = self.told.insert(number, now) != Some(now);
                if self.told.len() > REMEMBERED {
                    self.told.pop_first();
                }
                // What is not yet decided is printed when it is, or at the end.
                if is_news && standing != Standing::Unknown {
                    self.finding(finding);
                }
            }
            Update::Aside(exchange) if exchange.ended => self.aside(exchange, None),
            Update::Unreadable(exchange, reason) => self.aside(exchange, Some(reason)),
            Update::Aside(_) | Update::Message(_) => {}
        }
    }

    fn rest(&mut self) {
        self.print_all();
    }
}

/// Writes down all that is needed to look into a disagreement, without secrets.
fn write_bundle(directory: &Path, finding: &Finding) -> io::Result<()> {
    let mut bundle = serde_json::json!({
        "corscope": env!("CARGO_PKG_VERSION"),
        "scenario": finding.scenario(),
        "fetch": finding.document(),
    });
    Redactor::default().json(&mut bundle);
    let name = format!("disagreement-{}.json", finding.fetch.number);
    std::fs::write(directory.join(name), serde_json::to_vec_pretty(&bundle)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_verified_is_told_once_with_its_fault() {
        let mut exchange = Exchange::default();
        assert!(unverified([&exchange]).is_empty());
        exchange.connection.unverified = vec!["it has expired".to_owned()];
        let faults = unverified([&exchange, &exchange]);
        assert_eq!(faults, ["it has expired"]);
        let document = serde_json::json!({ "fetch": 1 });
        let marked = serde_json::to_value(Marked {
            document: &document,
            unverified: faults.clone(),
        });
        let wanted = serde_json::json!({ "fetch": 1, "unverified": ["it has expired"] });
        assert_eq!(marked.unwrap(), wanted);
        let options = LiveOptions {
            format: LiveFormat::Text,
            all: false,
            secrets: false,
            text: output::text_options(false, false),
        };
        let live = Live::new(options, Arc::default(), None);
        let note = live.unverified_note(&faults);
        assert!(
            note.contains("not verified") && note.contains("it has expired"),
            "{note}"
        );
        assert_eq!(live.unverified_note(&[]), "");
    }
}
