//! Several browsers' verdicts on one fetch: a summary, the first refusal in full, and of the others
//! only what differs.

use super::palette::Style;
use super::sheet::Sheet;
use super::{TextOptions, closing, finding, full, outcome};
use crate::render::facts;
use crate::render::printable;
use crate::render::report::Report;
use crate::render::said::{self, Tone};

/// Several verdicts on one fetch: by several browsers, or with and without credentials.
pub fn text_all(reports: &[Report<'_>], options: TextOptions) -> String {
    if let [report] = reports {
        return super::text(report, options);
    }
    let mut sheet = Sheet::new(options);
    summary(&mut sheet, reports);
    let is_bad = |report: &&Report<'_>| said::outcome(report).tone != Tone::Good;
    let Some(shown) = reports.iter().find(is_bad).or(reports.first()) else {
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
        let word = format!("{:<2} {:<7}  ", sheet.signs.of(said.tone), said.word);
        let rest = " ".repeat(printable::width(&lead) + printable::width(&word));
        let lead = [(Style::Strong, &*lead), (Style::of(said.tone), &*word)];
        sheet.verbatim(&lead, &rest, Style::Plain, &facts::decided_by(report));
    }
}

fn difference(sheet: &mut Sheet, shown: &Report<'_>, other: &Report<'_>) {
    let title = sheet.safe(&label(other));
    sheet.heading(&title, "");
    let (ours, theirs) = (facts::findings(shown), facts::findings(other));
    let code = |found: &facts::Findings<'_>| found.first.map(|first| first.rule.code);
    let mut same = true;
    if shown.document.outcome != other.document.outcome || code(&ours) != code(&theirs) {
        same = false;
        outcome::verdict_lines(
            sheet,
            &Report {
                title: None,
                ..*other
            },
        );
        if let Some(first) = theirs.first {
            finding::in_short(sheet, other, (Style::Bad, sheet.signs.bad), first);
        }
    }
    let sent = |report: &Report<'_>| -> Vec<(String, bool)> {
        let legs = report.document.sent.iter();
        legs.map(|it| (format!("{} {}", it.method, it.url), it.preflight))
            .collect()
    };
    let legs = sent(other);
    if sent(shown) != legs {
        same = false;
        let words: Vec<String> = legs
            .iter()
            .map(|(line, preflight)| {
                if *preflight {
                    format!("{line} (preflight)")
                } else {
                    line.clone()
                }
            })
            .collect();
        let text = match words.is_empty() {
            true => "nothing".to_owned(),
            false => words.join(", "),
        };
        sheet.verbatim(
            &[(Style::Dim, "  sends  ")],
            "         ",
            Style::Plain,
            &text,
        );
    }
    if shown.document.visible_headers != other.document.visible_headers {
        same = false;
        let text = other.document.visible_headers.join(", ");
        sheet.verbatim(
            &[(Style::Dim, "  reads  ")],
            "         ",
            Style::Plain,
            &text,
        );
    }
    let says_more = shown.document.console != other.document.console;
    if says_more && !other.document.console.is_empty() {
        outcome::console_lines(sheet, other);
    } else if same {
        sheet.line(&[(Style::Dim, "  the same")]);
    }
}
