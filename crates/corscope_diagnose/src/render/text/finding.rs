//! One finding in full: where it is seen, why it counts, what to change.

use corscope_fetch::{Fault, Step};

use super::palette::Style;
use super::sheet::Sheet;
use crate::diagnostic::{Applicability, Confidence, Diagnostic, Remedy, Who};
use crate::render::printable;
use crate::render::report::Report;
use crate::render::{evidence, facts};

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
    lines_at_fault(sheet, report, diagnostic);
    let mut notes = diagnostic.explanation.notes.clone();
    notes.extend(facts::also_possible(report, diagnostic));
    why(sheet, diagnostic.step, &notes);
    remedies(sheet, &diagnostic.explanation.remedies);
}

/// Where a finding is seen: lines of a message with carets.
fn lines_at_fault(sheet: &mut Sheet, report: &Report<'_>, diagnostic: &Diagnostic) {
    let bar = format!("    {} ", sheet.signs.bar);
    let width = sheet.width - printable::width(&bar);
    for block in evidence::blocks(report, diagnostic, width, sheet.options.verbose) {
        sheet.blank();
        let place = format!("{}:", block.place);
        sheet.prose(&[(Style::Plain, "  ")], "  ", Style::Dim, &place);
        for marked in &block.lines {
            let is_absence = marked.text.starts_with('(');
            let style = if is_absence { Style::Bad } else { Style::Plain };
            sheet.line(&[(Style::Dim, &bar), (style, &marked.text)]);
            if !marked.carets.is_empty() {
                sheet.line(&[(Style::Dim, &bar), (Style::Bad, &marked.carets)]);
            }
        }
        if block.more > 0 {
            let text = format!("and {} more lines", block.more);
            sheet.line(&[(Style::Dim, &bar), (Style::Dim, &text)]);
        }
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

/// A finding in short: its headline, its leg, one remedy unless it was `given` before.
pub(super) fn in_short(
    sheet: &mut Sheet,
    report: &Report<'_>,
    sign: (Style, &str),
    diagnostic: &Diagnostic,
    given: &[&Remedy],
) {
    let lead = format!("  {} ", sign.1);
    let rest = " ".repeat(printable::width(&lead));
    let headline = &diagnostic.explanation.headline;
    sheet.prose(&[(sign.0, &lead)], &rest, Style::Plain, headline);
    let remedy = diagnostic.explanation.remedies.first();
    let is_given = remedy.is_some_and(|it| given.iter().any(|given| given.title == it.title));
    let mut place = facts::place_of(report, diagnostic).into_owned();
    if is_given {
        place.push_str(sheet.signs.dot);
        place.push_str("a change above mends it, too");
    }
    let text = format!("{}{}{place}", diagnostic.rule.code, sheet.signs.dot);
    sheet.prose(&[(Style::Plain, &rest)], &rest, Style::Dim, &text);
    if let Some(remedy) = remedy.filter(|_| !is_given) {
        remedy_lines(sheet, &rest, remedy);
    }
}
