//! Several browsers' verdicts on one fetch: a summary, the first refusal in full, and of the others
//! only what differs.

use super::palette::Style;
use super::sheet::Sheet;
use super::{TextOptions, closing, finding, full, outcome};
use crate::diagnostic::{Diagnostic, Remedy};
use crate::render::facts;
use crate::render::printable;
use crate::render::report::Report;
use crate::render::said;

/// Several verdicts on one fetch: by several browsers, or with and without credentials.
pub fn text_all(reports: &[Report<'_>], options: TextOptions) -> String {
    if let [report] = reports {
        return super::text(report, options);
    }
    let mut sheet = Sheet::new(options);
    summary(&mut sheet, reports);
    let Some(shown) = facts::most_telling(reports) else {
        return sheet.finish();
    };
    sheet.blank();
    full(&mut sheet, shown);
    for other in reports {
        if !std::ptr::eq(other, shown) {
            difference(&mut sheet, shown, other);
        }
    }
    closing(&mut sheet, shown);
    sheet.finish()
}

fn label(report: &Report<'_>) -> String {
    let browser = report.sight.play.verdict.browser.name();
    match report.title {
        Some(title) => format!("{browser}, {title}"),
        None => browser.to_owned(),
    }
}

fn summary(sheet: &mut Sheet, reports: &[Report<'_>]) {
    let labels: Vec<String> = reports.iter().map(|it| sheet.safe(&label(it))).collect();
    let widest = labels.iter().map(|label| printable::width(label)).max();
    let column = widest.unwrap_or(7).clamp(7, sheet.width / 3);
    for (report, label) in reports.iter().zip(labels) {
        let said = said::outcome(report);
        let label = printable::elide(&label, column, sheet.options.unicode).into_owned();
        let lead = format!("{label:<column$}  ");
        let sign = sheet.signs.of(said.tone);
        let wide = if sheet.options.unicode { 1 } else { 2 };
        let word = format!("{sign:<wide$} {:<7}  ", said.word);
        let rest = " ".repeat(printable::width(&lead) + printable::width(&word));
        let lead = [(Style::Strong, &*lead), (Style::of(said.tone), &*word)];
        sheet.verbatim(&lead, &rest, Style::Plain, &facts::decided_by(report));
    }
}

/// What another report says otherwise; nothing when it says the same.
fn difference(sheet: &mut Sheet, shown: &Report<'_>, other: &Report<'_>) {
    let (ours, theirs) = (facts::findings(shown), facts::findings(other));
    let code = |found: &facts::Findings<'_>| found.first.map(|first| first.rule.code);
    let decides_otherwise =
        shown.document.outcome != other.document.outcome || code(&ours) != code(&theirs);
    let (our_legs, their_legs) = (sent(shown), sent(other));
    let sends_otherwise = our_legs != their_legs;
    let reads_otherwise = shown.document.visible_headers != other.document.visible_headers;
    if decides_otherwise || sends_otherwise || reads_otherwise {
        sheet.heading(&format!("Not the same: {}", label(other)), "");
    }
    if decides_otherwise {
        let untitled = Report {
            title: None,
            ..*other
        };
        outcome::verdict_lines(sheet, &untitled);
        if let Some(first) = theirs.first {
            let given: Vec<&Remedy> = shown.diagnostics.iter().flat_map(remedies).collect();
            finding::in_short(sheet, other, (Style::Bad, sheet.signs.bad), first, &given);
        }
    }
    let rest = " ".repeat(9);
    if sends_otherwise {
        let text = if their_legs.is_empty() {
            "nothing".to_owned()
        } else {
            their_legs.join(", ")
        };
        let text = printable::elide(&text, 400, sheet.options.unicode).into_owned();
        sheet.verbatim(&[(Style::Dim, "  sends  ")], &rest, Style::Plain, &text);
    }
    if reads_otherwise {
        let names = other.document.visible_headers.join(", ");
        let names = if names.is_empty() {
            "no header"
        } else {
            &names
        };
        sheet.verbatim(&[(Style::Dim, "  reads  ")], &rest, Style::Plain, names);
    }
    if shown.document.console != other.document.console {
        outcome::console(sheet, other);
    }
}

fn remedies(diagnostic: &Diagnostic) -> &[Remedy] {
    &diagnostic.explanation.remedies
}

fn sent(report: &Report<'_>) -> Vec<String> {
    let legs = report.document.sent.iter();
    legs.map(|leg| match leg.preflight {
        true => format!("{} {} (preflight)", leg.method, leg.url),
        false => format!("{} {}", leg.method, leg.url),
    })
    .collect()
}
