//! The steps of the standard as a table.

use corscope_fetch::{Part, StepResult, TraceEntry};

use super::palette::Style;
use super::sheet::Sheet;
use crate::render::facts;
use crate::render::printable;
use crate::render::report::Report;

/// Writes the table: step, result, where.
pub(super) fn table(sheet: &mut Sheet, report: &Report<'_>) {
    let Some(trace) = &report.sight.play.verdict.trace else {
        return;
    };
    sheet.heading(
        "The steps",
        &format!(
            "Fetch standard, commit {}",
            corscope_fetch::steps::PINNED_COMMIT
        ),
    );
    let widest = trace.iter().map(|entry| entry.step.id.len()).max();
    let column = widest.unwrap_or(4).max(4);
    let head = format!("  {:<column$}  {:<7}  where", "step", "result");
    sheet.line(&[(Style::Dim, &head)]);
    for entry in trace {
        row(sheet, report, entry, column);
    }
}

fn row(sheet: &mut Sheet, report: &Report<'_>, entry: &TraceEntry, column: usize) {
    let (style, result) = match entry.result {
        StepResult::Passed => (Style::Good, "passed"),
        StepResult::Failed(_) => (Style::Bad, "FAILED"),
        StepResult::Skipped(_) => (Style::Dim, "skipped"),
    };
    let step = format!("  {:<column$}  ", entry.step.id);
    let result = format!("{result:<7}  ");
    let rest = " ".repeat(column + 13);
    let text = place(report, entry);
    let lead = [(Style::Plain, &*step), (style, &*result)];
    if sheet.width < rest.len() + 16 {
        sheet.line(&lead);
        sheet.verbatim(&[(Style::Plain, "      ")], "      ", Style::Dim, &text);
    } else {
        sheet.verbatim(&lead, &rest, Style::Plain, &text);
    }
}

fn place(report: &Report<'_>, entry: &TraceEntry) -> String {
    let legs = &report.sight.play.verdict.legs;
    let leg = entry.leg.and_then(|index| legs.get(index));
    let mut text = match entry.result {
        StepResult::Failed(cause) => cause.to_owned(),
        StepResult::Skipped(why) => why.to_owned(),
        StepResult::Passed => String::new(),
    };
    let seen = entry.evidence.first().and_then(|evidence| {
        let leg = legs.get(evidence.leg)?;
        match &evidence.part {
            Part::Status => leg
                .response()
                .map(|response| format!("status {}", response.status)),
            Part::Header(place) => {
                let header = leg.response()?.header_list.line(place.line)?;
                Some(printable::bytes(header.name))
            }
            Part::Absent(name) => Some(format!("no {}", facts::spelled(name))),
            Part::Method => Some(leg.request.method.to_string()),
            Part::Url => Some(leg.request.url.to_string()),
        }
    });
    let title = leg.map(|leg| facts::leg_title(leg).into_owned());
    for part in [seen, title].into_iter().flatten() {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&part);
    }
    text
}
