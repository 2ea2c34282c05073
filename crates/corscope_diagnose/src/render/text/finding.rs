//! One finding in full: where it is seen, why it counts, what to change.

use std::ops::Range;

use corscope_fetch::{Fault, Leg, Message, Part, Step};

use super::carets::{self, Marked};
use super::palette::Style;
use super::sheet::Sheet;
use crate::diagnostic::{Applicability, Confidence, Diagnostic, Remedy, Who};
use crate::render::facts;
use crate::render::printable;
use crate::render::report::Report;

/// More lines at fault than this are counted.
const MOST_LINES: usize = 5;

/// Writes the deciding finding.
pub(super) fn in_full(sheet: &mut Sheet, report: &Report<'_>, diagnostic: &Diagnostic) {
    let confidence = match diagnostic.explanation.confidence {
        Confidence::Certain => "",
        Confidence::Likely => "likely: ",
        Confidence::Possible => "possibly: ",
    };
    let right = format!("{confidence}{}", diagnostic.rule.code);
    sheet.heading("What is wrong", &right);
    let style = Style::Strong;
    let headline = &diagnostic.explanation.headline;
    sheet.prose(&[(Style::Plain, "  ")], "  ", style, headline);
    evidence(sheet, report, diagnostic);
    why(sheet, diagnostic.step, &diagnostic.explanation.notes);
    remedies(sheet, &diagnostic.explanation.remedies);
}

/// Where a finding is seen: lines of a message with carets.
pub(super) fn evidence(sheet: &mut Sheet, report: &Report<'_>, diagnostic: &Diagnostic) {
    let legs = &report.sight.whole().legs;
    let mut place = None;
    let mut shown = 0;
    let mut lines: Vec<(usize, Message, usize, Vec<Range<usize>>)> = Vec::new();
    for evidence in &diagnostic.evidence {
        let Part::Header(header) = &evidence.part else {
            continue;
        };
        let same = lines.iter_mut().find(|(leg, message, line, _)| {
            (*leg, *message, *line) == (evidence.leg, evidence.message, header.line)
        });
        match same {
            Some((_, _, _, spans)) => spans.push(header.span.clone()),
            None => {
                let spans = vec![header.span.clone()];
                lines.push((evidence.leg, evidence.message, header.line, spans));
            }
        }
    }
    for evidence in &diagnostic.evidence {
        let Some(leg) = legs.get(evidence.leg) else {
            continue;
        };
        let marked = match &evidence.part {
            Part::Header(header) => {
                let key = (evidence.leg, evidence.message, header.line);
                let at = lines
                    .iter()
                    .position(|(leg, message, line, _)| (*leg, *message, *line) == key);
                let Some(at) = at else { continue };
                let (_, message, line, spans) = lines.swap_remove(at);
                let Some(marked) = header_line(sheet, leg, message, line, &spans) else {
                    continue;
                };
                marked
            }
            Part::Absent(name) => Marked {
                text: format!("(no {} header)", facts::spelled(name)),
                carets: String::new(),
            },
            Part::Status => {
                let status = leg.response().map_or(0, |response| response.status);
                let text = facts::status_words(status);
                carets::plain(&text, 0..text.len(), room(sheet))
            }
            Part::Method | Part::Url => {
                let method = leg.request.method.len();
                let text = sheet.safe(&format!("{} {}", leg.request.method, leg.request.url));
                let span = match evidence.part {
                    Part::Method => 0..method,
                    _ => method + 1..text.len(),
                };
                carets::plain(&text, span, room(sheet))
            }
        };
        let here = (evidence.leg, evidence.message);
        if place != Some(here) {
            place = Some(here);
            where_line(sheet, leg, evidence.leg, evidence.message);
        }
        shown += 1;
        if shown > MOST_LINES {
            continue;
        }
        marked_lines(sheet, &marked);
    }
    if shown > MOST_LINES {
        let text = format!("{} more lines at fault", shown - MOST_LINES);
        let bar = format!("    {} ", sheet.signs.bar);
        sheet.line(&[(Style::Dim, &bar), (Style::Dim, &text)]);
    }
}

fn where_line(sheet: &mut Sheet, leg: &Leg, index: usize, message: Message) {
    sheet.blank();
    let message = match message {
        Message::Request => "in",
        Message::Response => "in the answer to",
    };
    let title = facts::leg_title(leg);
    let text = format!("  {message} {} ({title}):", index + 1);
    sheet.line(&[(Style::Dim, &text)]);
}

fn room(sheet: &Sheet) -> usize {
    sheet.width - 6
}

fn header_line(
    sheet: &Sheet,
    leg: &Leg,
    message: Message,
    line: usize,
    spans: &[Range<usize>],
) -> Option<Marked> {
    let header = match message {
        Message::Request => leg.request.header_list.line(line),
        Message::Response => leg.response()?.header_list.line(line),
    }?;
    Some(carets::header(
        header.name,
        header.value,
        spans,
        room(sheet),
    ))
}

fn marked_lines(sheet: &mut Sheet, marked: &Marked) {
    let bar = format!("    {} ", sheet.signs.bar);
    let is_marked = marked.text.starts_with('(');
    let style = if is_marked { Style::Bad } else { Style::Plain };
    sheet.line(&[(Style::Dim, &bar), (style, &marked.text)]);
    if !marked.carets.is_empty() {
        sheet.line(&[(Style::Dim, &bar), (Style::Bad, &marked.carets)]);
    }
}

fn why(sheet: &mut Sheet, step: Option<&Step>, notes: &[String]) {
    if step.is_none() && notes.is_empty() {
        return;
    }
    sheet.heading("Why", "");
    let indent = [(Style::Plain, "  ")];
    for note in notes {
        sheet.prose(&indent, "  ", Style::Plain, note);
    }
    if let Some(step) = step {
        let standard = facts::standard_name(step.anchor);
        let says = format!("{standard}: {}", step.sentence);
        sheet.prose(&indent, "  ", Style::Plain, &says);
        let place = format!("{}  {}", step.id, step.anchor);
        sheet.verbatim(&indent, "  ", Style::Dim, &place);
    }
}

/// Writes the deciding fault where no rule explains it.
pub(super) fn unexplained(sheet: &mut Sheet, fault: &Fault) {
    sheet.heading("What is wrong", "");
    let text = format!("`{}`", fault.cause.name());
    sheet.prose(&[(Style::Plain, "  ")], "  ", Style::Strong, &text);
    why(sheet, Some(fault.step), &[]);
}

fn remedies(sheet: &mut Sheet, remedies: &[Remedy]) {
    if remedies.is_empty() {
        return;
    }
    sheet.heading("What to change", "");
    for remedy in remedies {
        remedy_lines(sheet, "  ", remedy);
    }
}

/// One remedy: who, what, and how far it reaches.
pub(super) fn remedy_lines(sheet: &mut Sheet, indent: &str, remedy: &Remedy) {
    let who = format!("{indent}{:<8}", who_lead(remedy.who));
    let rest = " ".repeat(who.len());
    let mut text = remedy.title.clone();
    let aside = match (remedy.proved, remedy.applicability) {
        (true, Applicability::Widens) => " (proved; lets more in than this page)",
        (true, _) => " (proved)",
        (false, Applicability::Widens) => " (lets more in than this page)",
        (false, _) => "",
    };
    text.push_str(aside);
    sheet.prose(&[(Style::Good, &who)], &rest, Style::Plain, &text);
}

const fn who_lead(who: Who) -> &'static str {
    match who {
        Who::Nobody => "-",
        who => facts::who_word(who),
    }
}

/// A finding in short: its headline, its leg, one remedy.
pub(super) fn in_short(
    sheet: &mut Sheet,
    report: &Report<'_>,
    sign: (Style, &str),
    diagnostic: &Diagnostic,
) {
    let lead = format!("  {} ", sign.1);
    let rest = " ".repeat(printable::width(&lead));
    let headline = &diagnostic.explanation.headline;
    sheet.prose(&[(sign.0, &lead)], &rest, Style::Plain, headline);
    let leg = diagnostic
        .leg_index
        .and_then(|index| report.sight.whole().legs.get(index));
    let place = leg.map_or("before anything is sent".into(), facts::leg_title);
    let text = format!("{}{}{place}", diagnostic.rule.code, sheet.signs.dot);
    sheet.prose(&[(Style::Plain, &rest)], &rest, Style::Dim, &text);
    if let Some(remedy) = diagnostic.explanation.remedies.first() {
        remedy_lines(sheet, &rest, remedy);
    }
}
