//! What the renderers for people say alike: each leg's name and state, where it stops, what was
//! found.

use std::borrow::Cow;
use std::time::Duration;

use corscope_fetch::{Browser, Fault, Leg, NetworkFailure};

use super::report::{ExchangeNote, Report};
use super::said::{self, Tone};
use crate::diagnostic::{Diagnostic, Severity, Who};

/// What became of a leg of the whole fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The browser sends it.
    Sent,
    /// The browser does not: it stopped before.
    Behind,
    /// The browser does not: an earlier preflight still holds.
    Cached,
}

/// The state of each leg of the whole fetch.
pub(super) fn states(report: &Report<'_>) -> Vec<State> {
    let mut sent = report.sight.play.verdict.legs.iter().peekable();
    let states = report.sight.whole().legs.iter().map(|leg| {
        let is_sent = sent.peek().is_some_and(|sent| sent.request == leg.request);
        match is_sent {
            true => {
                sent.next();
                State::Sent
            }
            false if sent.peek().is_some() && leg.request.preflight => State::Cached,
            false => State::Behind,
        }
    });
    states.collect()
}

/// A leg's name for readers.
pub(super) fn leg_title(leg: &Leg) -> Cow<'static, str> {
    match (leg.request.preflight, leg.hop) {
        (true, 0) => "preflight".into(),
        (true, hop) => format!("preflight after redirect {hop}").into(),
        (false, 0) => "request".into(),
        (false, hop) => format!("request after redirect {hop}").into(),
    }
}

/// What went over the network for a leg, in a few words.
fn exchange_words(note: &ExchangeNote, separator: &str) -> String {
    let duration = note.duration.map(duration_words);
    let parts = [note.remote.clone(), note.http_version.clone(), duration];
    parts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(separator)
}

fn duration_words(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else if milliseconds < 10_000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

/// A status and its usual phrase.
pub(super) fn status_words(status: u16) -> String {
    let phrase = match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return status.to_string(),
    };
    format!("{status} {phrase}")
}

/// Who must change something, in one word.
pub(super) const fn who_word(who: Who) -> &'static str {
    match who {
        Who::Client => "client",
        Who::Server => "server",
        Who::Proxy => "proxy",
        Who::Nobody => "nobody",
    }
}

/// How bad a finding is, in one word.
pub(super) const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Refusal => "refusal",
        Severity::Risk => "risk",
        Severity::Waste => "waste",
        Severity::Note => "note",
    }
}

/// The findings in the order of the report.
pub(super) struct Findings<'a> {
    /// What decides.
    pub(super) first: Option<&'a Diagnostic>,
    /// What decides, where no rule explains it.
    pub(super) unexplained: Option<&'a Fault>,
    /// What waits behind it.
    pub(super) behind: Vec<&'a Diagnostic>,
    /// What refuses nothing.
    pub(super) also: Vec<&'a Diagnostic>,
}

/// Sorts a report's findings.
pub(super) fn findings<'a>(report: &Report<'a>) -> Findings<'a> {
    let all = report.diagnostics;
    let is_refusal = |it: &&Diagnostic| it.rule.severity == Severity::Refusal;
    let mut first = all.iter().find(|it| it.first);
    let blocked_by = report.sight.play.verdict.blocked_by();
    let unexplained = blocked_by.filter(|_| first.is_none());
    if blocked_by.is_none() {
        // Nothing is refused, and still something may keep the script from its aim.
        first = first.or_else(|| all.iter().find(is_refusal));
    }
    let rest = |it: &&Diagnostic| first.is_none_or(|first| !std::ptr::eq(first, *it));
    let (behind, mut also): (Vec<_>, Vec<_>) = all.iter().filter(rest).partition(is_refusal);
    also.sort_by_key(|it| it.rule.severity);
    Findings {
        first,
        unexplained,
        behind,
        also,
    }
}

/// The standard that a section belongs to.
pub(super) fn standard_name(anchor: &str) -> &'static str {
    if anchor.starts_with("https://fetch.spec.whatwg.org/") {
        "The Fetch standard"
    } else if anchor.contains("/webappsec-csp/") {
        "Content Security Policy"
    } else if anchor.contains("/webappsec-mixed-content/") {
        "Mixed Content"
    } else if anchor.contains("/local-network-access/") {
        "Local Network Access"
    } else if anchor.contains("/webappsec-subresource-integrity/") {
        "Subresource Integrity"
    } else {
        "The standard"
    }
}

/// Where the browser stops, and what waits behind that.
pub(super) struct Stops<'a> {
    /// The code of what stops it here.
    pub(super) here: Option<&'a str>,
    /// The codes of what it would stop at later.
    pub(super) later: Vec<&'a str>,
}

/// What is refused at a leg of the whole fetch, or before the first.
pub(super) fn stops<'a>(report: &Report<'a>, index: Option<usize>) -> Stops<'a> {
    let stop = report.sight.faults().first();
    let stop = stop.filter(|_| report.sight.play.verdict.blocked_by().is_some());
    let found = findings(report).first;
    // The finding knows the place of a fault that is on no leg: the redirect that led to it.
    let stop = stop.filter(|fault| found.map_or(fault.leg, |first| first.leg_index) == index);
    let here = stop.map(|fault| found.map_or(fault.cause.name(), |first| first.rule.code));
    let mut later: Vec<&str> = Vec::new();
    for diagnostic in report.diagnostics {
        let is_here = diagnostic.leg_index == index && diagnostic.step.is_some();
        if is_here && !diagnostic.first && !later.contains(&diagnostic.rule.code) {
            later.push(diagnostic.rule.code);
        }
    }
    Stops { here, later }
}

/// The place of a finding, in a few words.
pub(super) fn place_of(report: &Report<'_>, diagnostic: &Diagnostic) -> Cow<'static, str> {
    let legs = &report.sight.whole().legs;
    let leg = diagnostic.leg_index.and_then(|index| legs.get(index));
    leg.map_or("before anything is sent".into(), leg_title)
}

/// What decides, in a few words: the rule, and the browser's own name for it.
pub(super) fn decided_by(report: &Report<'_>) -> String {
    let found = findings(report);
    let code = found.first.map(|first| first.rule.code);
    let code = code.or(found.unexplained.map(|fault| fault.cause.name()));
    let own = report.document.browser_code;
    let status = report.document.status.filter(|status| *status > 0);
    match (code, own, status) {
        (Some(code), Some(own), _) => format!("{code} ({own})"),
        (Some(code), None, _) => code.to_owned(),
        (None, Some(own), _) => own.to_owned(),
        (None, None, Some(status)) => format!("status {status}"),
        (None, None, None) => String::new(),
    }
}

/// Whether a leg is sent, and how it went.
pub(super) fn leg_aside(state: State, note: Option<&ExchangeNote>, separator: &str) -> String {
    match (state, note) {
        (State::Behind, Some(_)) => "the browser would not send it; corscope did".to_owned(),
        (State::Behind, None) => "not sent".to_owned(),
        (State::Cached, _) => "not sent: an earlier preflight still holds".to_owned(),
        (State::Sent, Some(note)) => exchange_words(note, separator),
        (State::Sent, None) => String::new(),
    }
}

/// A failure of the network in words.
pub(super) fn failure_words(failure: &NetworkFailure) -> String {
    match (&*failure.error, failure.closed) {
        (_, true) => "no answer: the connection was closed".to_owned(),
        ("", false) => "no answer: the network failed".to_owned(),
        (error, false) => format!("no answer: {error}"),
    }
}

/// Of several reports the one to show in full: the first of a browser that refuses, else the first
/// that is not plainly allowed, else the first.
pub(super) fn most_telling<'a, 'r>(reports: &'a [Report<'r>]) -> Option<&'a Report<'r>> {
    let is_bad = |report: &&Report<'_>| said::outcome(report).tone == Tone::Bad;
    let is_browser = |report: &&Report<'_>| report.sight.play.verdict.browser != Browser::Fetch;
    let find = |wanted: &dyn Fn(&&Report<'_>) -> bool| reports.iter().find(|it| wanted(it));
    find(&|it| is_bad(it) && is_browser(it))
        .or_else(|| find(&is_bad))
        .or_else(|| find(&|it| said::outcome(it).tone != Tone::Good))
        .or_else(|| find(&is_browser))
        .or(reports.first())
}

/// What else may be behind a finding that is not certain, and what tells it.
pub(super) fn also_possible(report: &Report<'_>, diagnostic: &Diagnostic) -> Option<String> {
    let others: Vec<String> = diagnostic
        .also_possible
        .iter()
        .map(|rule| format!("`{}` ({})", rule.code, rule.summary))
        .collect();
    if others.is_empty() {
        return None;
    }
    // Where the probes were sent already, they could not tell it.
    let settles = if report.sight.probes().is_empty() {
        "; the probes of `corscope check` tell them apart"
    } else {
        ""
    };
    Some(format!("Also possible: {}{settles}.", others.join(", or ")))
}
