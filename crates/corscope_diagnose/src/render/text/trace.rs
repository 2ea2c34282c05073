//! The steps of the standard as a table.

use corscope_fetch::{StepResult, TraceEntry};

use super::palette::Style;
use super::sheet::Sheet;
use crate::render::report::Report;
use crate::render::trace;

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
    if !is_narrow(sheet, column) {
        let head = format!("  {:<column$}  {:<7}  where", "step", "result");
        sheet.line(&[(Style::Dim, &head)]);
    }
    for entry in trace {
        row(sheet, report, entry, column);
    }
}

fn row(sheet: &mut Sheet, report: &Report<'_>, entry: &TraceEntry, column: usize) {
    let result = trace::result(entry);
    let style = match entry.result {
        StepResult::Passed => Style::Good,
        StepResult::Failed(_) => Style::Bad,
        StepResult::Skipped(_) => Style::Dim,
    };
    let step = format!("  {:<column$}  ", entry.step.id);
    let result = format!("{result:<7}  ");
    let rest = " ".repeat(column + 13);
    let text = trace::place(report, entry);
    let lead = [(Style::Plain, &*step), (style, &*result)];
    if is_narrow(sheet, column) {
        sheet.prose(&[], "  ", style, &format!("{step}{result}"));
        if text.is_empty() {
            return;
        }
        sheet.verbatim(&[(Style::Plain, "      ")], "      ", Style::Dim, &text);
    } else {
        sheet.verbatim(&lead, &rest, Style::Plain, &text);
    }
}

/// Whether there is no room for three columns.
const fn is_narrow(sheet: &Sheet, column: usize) -> bool {
    sheet.width < column + 13 + 16
}
