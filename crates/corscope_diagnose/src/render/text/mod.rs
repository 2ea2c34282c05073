//! The terminal's report: what happens, why, what to change. It keeps to the width, tells nothing
//! by colour alone, and lets no foreign byte reach the terminal raw.

mod contract;
mod finding;
mod observed;
mod outcome;
mod palette;
mod recipe;
mod several;
mod sheet;
mod timeline;
mod trace;
mod wrap;

pub use contract::{CaseLine, contract_cases, contract_heading};
pub use observed::{note, observed, observed_again, observed_aside, observed_below};
pub use several::text_all;

use super::facts;
use super::report::Report;
use crate::diagnostic::{Diagnostic, Remedy, Severity};
use palette::Style;
use sheet::Sheet;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Columns to keep to; no report is narrower than 40.
    pub width: usize,
    /// Whether to paint.
    pub color: bool,
    /// Whether the terminal shows more than ASCII.
    pub unicode: bool,
    /// Whether to print the steps of the standard as a table.
    pub trace: bool,
    /// Whether to print all headers in full, and secrets too.
    pub verbose: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            unicode: true,
            trace: false,
            verbose: false,
        }
    }
}

/// One browser's verdict in full.
pub fn text(report: &Report<'_>, options: TextOptions) -> String {
    let mut sheet = Sheet::new(options);
    full(&mut sheet, report);
    closing(&mut sheet, report);
    sheet.finish()
}

/// Everything but what belongs to the whole run.
fn full(sheet: &mut Sheet, report: &Report<'_>) {
    outcome::verdict_lines(sheet, report);
    timeline::timeline(sheet, report);
    let found = facts::findings(report);
    let mut remedies = Vec::new();
    if let Some(first) = found.first {
        finding::in_full(sheet, report, first);
        remedies.extend(&first.explanation.remedies);
    } else if let Some(fault) = found.unexplained {
        finding::unexplained(sheet, fault);
    }
    let title = "Next you would hit";
    list(sheet, report, title, &found.behind, &mut remedies);
    outcome::console(sheet, report);
    outcome::readable(sheet, report);
    let title = "Also worth knowing";
    list(sheet, report, title, &found.also, &mut remedies);
    outcome::next(sheet, report);
    if sheet.options.trace {
        trace::table(sheet, report);
    }
}

fn list<'r>(
    sheet: &mut Sheet,
    report: &Report<'r>,
    title: &str,
    found: &[&'r Diagnostic],
    remedies: &mut Vec<&'r Remedy>,
) {
    if found.is_empty() {
        return;
    }
    sheet.heading(title, "");
    for diagnostic in found {
        let sign = match diagnostic.rule.severity {
            Severity::Refusal => (Style::Bad, sheet.signs.bad),
            Severity::Risk => (Style::Unknown, "!"),
            Severity::Waste => (Style::Unknown, "~"),
            Severity::Note => (Style::Dim, "-"),
        };
        finding::in_short(sheet, report, sign, diagnostic, remedies);
        remedies.extend(diagnostic.explanation.remedies.first());
    }
}

/// What belongs to the run: probes, notes, the recipe, hints.
fn closing(sheet: &mut Sheet, report: &Report<'_>) {
    outcome::probes(sheet, report);
    outcome::notes(sheet, report);
    recipe::recipe(sheet, report);
    if !report.hints.is_empty() {
        sheet.blank();
        for hint in report.hints {
            sheet.prose(&[], "  ", Style::Dim, hint);
        }
    }
}
