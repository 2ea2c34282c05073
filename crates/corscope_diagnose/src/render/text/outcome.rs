//! The verdict line, and what follows from it: the console, what the script gets, what is missing.

use corscope_fetch::Browser;
use corscope_fetch::verdict::{Awaited, Outcome, ResponseType};

use super::palette::Style;
use super::sheet::Sheet;
use crate::render::printable;
use crate::render::report::Report;
use crate::render::{facts, headers, said};

/// Longer console texts and lists are shown by their ends.
const MOST_LINES: usize = 24;

/// The outcome, the browser, the page, the request: in one sentence.
pub(super) fn verdict_lines(sheet: &mut Sheet, report: &Report<'_>) {
    if let Some(title) = report.title {
        sheet.prose(&[], "", Style::Dim, title);
    }
    let said = said::outcome(report);
    let lead = format!("{} {}  ", sheet.signs.of(said.tone), said.word);
    let rest = " ".repeat(printable::width(&lead));
    let lead = [(Style::of(said.tone), &*lead)];
    sheet.verbatim(&lead, &rest, Style::Strong, &said.before);
    let limit = (sheet.width - rest.len()) * 2;
    let target = sheet.safe(&said.target);
    let target = printable::elide(&target, limit, sheet.options.unicode);
    let indent = [(Style::Plain, &*rest)];
    sheet.verbatim(&indent, &rest, Style::Strong, &target);
    if !said.after.is_empty() {
        sheet.verbatim(&indent, &rest, Style::Plain, &said.after);
    }
}

/// What the browser prints on its console.
pub(super) fn console(sheet: &mut Sheet, report: &Report<'_>) {
    let browser = report.sight.play.verdict.browser;
    if browser == Browser::Fetch || report.document.console.is_empty() {
        return;
    }
    let title = format!("{}'s console says", said::browser_name(browser));
    sheet.heading(&title, report.document.browser_code.unwrap_or_default());
    console_lines(sheet, report);
}

pub(super) fn console_lines(sheet: &mut Sheet, report: &Report<'_>) {
    let bar = format!("  {} ", sheet.signs.bar);
    for line in &report.document.console {
        let line = sheet.shortened(line, MOST_LINES);
        sheet.verbatim(&[(Style::Dim, &bar)], &bar, Style::Plain, &line);
    }
}

/// What the script gets of a response that it may read.
pub(super) fn readable(sheet: &mut Sheet, report: &Report<'_>) {
    let Outcome::Readable {
        status,
        response_type,
        visible_headers,
    } = &report.sight.play.verdict.outcome
    else {
        return;
    };
    sheet.heading("What the script gets", "");
    let kind = match response_type {
        ResponseType::Basic => "basic",
        ResponseType::Cors => "cors",
        ResponseType::Opaque => "opaque",
        ResponseType::OpaqueRedirect => "opaqueredirect",
    };
    let rest = " ".repeat(11);
    let status = format!("{} (type {kind})", facts::status_words(*status));
    sheet.prose(&[(Style::Dim, "  status   ")], &rest, Style::Plain, &status);
    let visible = match visible_headers.is_empty() {
        true => "none".to_owned(),
        false => sheet.shortened(&visible_headers.join(", "), MOST_LINES),
    };
    sheet.verbatim(
        &[(Style::Dim, "  headers  ")],
        &rest,
        Style::Plain,
        &visible,
    );
    let hidden = headers::hidden_headers(report);
    if !hidden.is_empty() {
        let lead = [(Style::Dim, "  hidden   ")];
        let names = sheet.shortened(&hidden.join(", "), MOST_LINES);
        sheet.verbatim(&lead, &rest, Style::Plain, &names);
        let why = headers::why_hidden(report, &hidden);
        sheet.prose(&[(Style::Plain, &rest)], &rest, Style::Dim, why);
    }
}

/// What must be known before there can be a verdict.
pub(super) fn next(sheet: &mut Sheet, report: &Report<'_>) {
    let Some(next) = &report.document.next else {
        return;
    };
    sheet.heading("What must be known next", "");
    sheet.prose(&[(Style::Plain, "  ")], "  ", Style::Plain, next);
    if report.sight.play.verdict.outcome == Outcome::Incomplete(Awaited::Preflight) {
        let text = "The request itself is sent only if the preflight's answer allows it.";
        sheet.prose(&[(Style::Plain, "  ")], "  ", Style::Dim, text);
    }
}

/// The diagnostic requests, and what they tell.
pub(super) fn probes(sheet: &mut Sheet, report: &Report<'_>) {
    if report.probes.is_empty() {
        return;
    }
    sheet.heading("Probes sent beside the fetch", "");
    for probe in report.probes {
        let lead = [(Style::Plain, "  ")];
        sheet.prose(&lead, "  ", Style::Strong, &probe.purpose);
        let arrow = format!("    {} ", sheet.signs.to_server);
        let request = sheet.safe(&probe.request);
        let request = printable::elide(&request, 160, sheet.options.unicode);
        sheet.verbatim(&[(Style::Code, &arrow)], "      ", Style::Plain, &request);
        let arrow = format!("    {} ", sheet.signs.to_page);
        sheet.verbatim(
            &[(Style::Code, &arrow)],
            "      ",
            Style::Plain,
            &probe.outcome,
        );
        if !probe.tells.is_empty() {
            sheet.prose(
                &[(Style::Plain, "      ")],
                "      ",
                Style::Plain,
                &probe.tells,
            );
        }
    }
}

/// Sentences about the run.
pub(super) fn notes(sheet: &mut Sheet, report: &Report<'_>) {
    let dropped = headers::dropped_words(report);
    if report.notes.is_empty() && dropped.is_none() {
        return;
    }
    sheet.heading("Notes", "");
    for note in dropped.iter().chain(report.notes) {
        sheet.prose(&[(Style::Plain, "  ")], "  ", Style::Plain, note);
    }
}
