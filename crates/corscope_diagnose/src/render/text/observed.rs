//! An observed fetch in a few lines: what a live view scrolls by.

use std::borrow::Cow;

use corscope_fetch::Exchange;

use super::TextOptions;
use super::finding::remedy_lines;
use super::palette::Style;
use super::sheet::Sheet;
use crate::observed::{Finding, PreflightSeen, Standing};
use crate::render::facts::status_words;
use crate::render::said::Tone;
use crate::verdict_document::verdict_document;

/// Writes an observed fetch: one line where all is well, and where it is not, the cause, the first
/// mend, and the browser's own words.
pub fn observed(finding: &Finding, options: TextOptions) -> String {
    observed_below(String::new(), finding, options)
}

/// The same below what is written already.
pub fn observed_below(text: String, finding: &Finding, options: TextOptions) -> String {
    let mut sheet = Sheet::onto(text, options);
    let rest = head(&mut sheet, finding, None);
    let standing = finding.judged.standing;
    if matches!(standing, Standing::Blocked | Standing::DependsOnCredentials) {
        cause(&mut sheet, &rest, finding);
    }
    for note in finding.notes() {
        sheet.prose(&[(Style::Unknown, &rest)], &rest, Style::Plain, &note);
    }
    sheet.finish()
}

/// Writes an observed fetch that came to the same as fetch number `first`, which was written whole, below
/// what is written already.
pub fn observed_again(text: String, finding: &Finding, first: u64, options: TextOptions) -> String {
    let mut sheet = Sheet::onto(text, options);
    let rule = finding.root_cause().map(|root| root.rule);
    let again = match rule {
        Some(rule) => format!("{rule}, as #{first}"),
        None => format!("as #{first}"),
    };
    head(&mut sheet, finding, Some(again));
    sheet.finish()
}

/// Method, URL and what each leg came to; gives the indent of what goes below.
fn head(sheet: &mut Sheet, finding: &Finding, more: Option<String>) -> String {
    let fetch = &finding.fetch;
    let standing = finding.judged.standing;
    let tone = tone(standing);
    let style = Style::of(tone);
    let sign = sheet.signs.of(tone);
    let method = fetch.method(0).unwrap_or_default();
    let lead = fetch.lead();
    let url = lead.map_or("", |exchange| exchange.request.url.as_str());
    let lead = format!("{sign} {:<7} ", sheet.safe(&method));
    let rest = " ".repeat(lead.chars().count());
    sheet.verbatim(&[(style, &lead)], &rest, Style::Strong, url);
    let dot = sheet.signs.dot;
    let mut facts = format!("#{}{dot}from {}", fetch.number, fetch.page_origin);
    let mut push = |parts: &[&str]| {
        facts.push_str(dot);
        facts.extend(parts.iter().copied());
    };
    legs(finding, &mut push);
    if is_modified(finding) {
        push(&["modified"]);
    }
    if let Some(more) = more {
        push(&[&more]);
    }
    sheet.verbatim(&[(Style::Plain, &rest)], &rest, Style::Dim, &facts);
    rest
}

const fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Allowed => Tone::Good,
        Standing::Blocked => Tone::Bad,
        Standing::Opaque => Tone::Opaque,
        Standing::DependsOnCredentials | Standing::Unknown => Tone::Unknown,
    }
}

fn is_modified(finding: &Finding) -> bool {
    finding
        .fetch
        .exchanges()
        .any(|exchange| exchange.modified.is_some())
}

/// What each leg came to, in two words.
fn legs(finding: &Finding, push: &mut impl FnMut(&[&str])) {
    for hop in &finding.fetch.hops {
        match &hop.preflight {
            PreflightSeen::Exchange(preflight) => push(&["preflight ", &answer(preflight)]),
            PreflightSeen::Cached(_) if finding.judged.cached_preflight.is_some() => {
                push(&["preflight cached"]);
            }
            PreflightSeen::Cached(_) | PreflightSeen::None => {}
        }
        match &hop.actual {
            Some(actual) => push(&[&answer(actual)]),
            None if finding.judged.standing == Standing::Blocked => push(&["never sent"]),
            None => {}
        }
    }
}

fn answer(exchange: &Exchange) -> Cow<'_, str> {
    match (&exchange.response, &exchange.failure) {
        (Some(response), _) => Cow::Owned(status_words(response.status)),
        (None, Some(failure)) => Cow::Borrowed(failure.net_error.as_ref().unwrap_or(&failure.code)),
        (None, None) => {
            let said = exchange.hints.browser.as_deref();
            let error = said.and_then(|said| said.net_error.as_deref());
            Cow::Borrowed(error.unwrap_or("no answer yet"))
        }
    }
}

fn cause(sheet: &mut Sheet, rest: &str, finding: &Finding) {
    let indent = [(Style::Plain, rest)];
    let Some(first) = finding.diagnostics.iter().find(|it| it.first) else {
        let text = "the browser failed it without showing what came back";
        sheet.prose(&indent, rest, Style::Plain, text);
        return;
    };
    let headline = format!("{} ({})", first.explanation.headline, first.rule.code);
    sheet.prose(&indent, rest, Style::Bad, &headline);
    if let Some(remedy) = first.explanation.remedies.first() {
        remedy_lines(sheet, rest, remedy);
    }
    let behind = finding
        .diagnostics
        .iter()
        .filter(|it| !it.first && it.rule.severity == crate::diagnostic::Severity::Refusal)
        .map(|it| it.rule.code)
        .collect::<Vec<_>>();
    if !behind.is_empty() {
        let text = format!("next you would hit: {}", behind.join(", "));
        sheet.prose(&indent, rest, Style::Dim, &text);
    }
    let sight = finding.sight();
    let document = verdict_document(None, &sight, &finding.diagnostics);
    if let Some(line) = document.console.first() {
        let said = format!("console: {}", sheet.shortened(line, 4));
        sheet.verbatim(&indent, rest, Style::Dim, &said);
    }
}

/// Writes an exchange that CORS has no say in: one line, and what failed below HTTP.
pub fn observed_aside(
    exchange: &Exchange,
    unreadable: Option<&str>,
    options: TextOptions,
) -> String {
    let mut sheet = Sheet::new(options);
    let is_failed = exchange.failure.is_some() && exchange.response.is_none();
    let (sign, style) = if is_failed {
        (sheet.signs.bad, Style::Bad)
    } else {
        (" ", Style::Dim)
    };
    let lead = format!("{sign} {:<7} ", sheet.safe(&exchange.request.method));
    let rest = " ".repeat(lead.chars().count());
    let status = exchange
        .response
        .as_ref()
        .map_or_else(String::new, |response| {
            format!("{}{}", sheet.signs.dot, status_words(response.status))
        });
    let text = format!("{}{status}", exchange.request.url);
    sheet.verbatim(&[(style, &lead)], &rest, Style::Dim, &text);
    if let Some(failure) = exchange.failure.as_ref().filter(|_| is_failed) {
        let indent = [(Style::Plain, &*rest)];
        let text = format!("not CORS: {} ({})", failure.message, failure.code);
        sheet.prose(&indent, &rest, Style::Bad, &text);
    }
    if let Some(reason) = unreadable {
        let text = format!("not judged: {reason}");
        sheet.prose(&[(Style::Plain, &*rest)], &rest, Style::Unknown, &text);
    }
    sheet.finish()
}

/// Writes a sentence: under what was observed, or at the margin.
pub fn note(text: &str, is_under: bool, options: TextOptions) -> String {
    let mut sheet = Sheet::new(options);
    let indent = " ".repeat(if is_under { 10 } else { 0 });
    sheet.prose(&[(Style::Plain, &indent)], &indent, Style::Dim, text);
    sheet.finish()
}
