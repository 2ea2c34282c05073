//! A HAR's report for people.

use corscope_diagnose::render::markdown::{code_in_cell, prose};
use corscope_diagnose::render::{self, TextOptions};

use crate::har::{Group, HarReport, Summary};

/// For a terminal.
pub(super) fn text(reports: &[HarReport], options: TextOptions) -> String {
    let mut text = String::new();
    for report in reports {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("{}: {}\n", report.name, counts(&report.summary)));
        for group in report.groups.iter() {
            text.push('\n');
            text.push_str(&render::observed(&group.first, options));
            for line in more(group) {
                text.push_str(&render::note(&line, true, options));
            }
        }
        let notes = notes(report);
        if !notes.is_empty() {
            text.push('\n');
        }
        for note in notes {
            text.push_str(&render::note(&note, false, options));
        }
    }
    text
}

/// For an issue or a pull request.
pub(super) fn markdown(reports: &[HarReport]) -> String {
    let mut text = String::new();
    for report in reports {
        let name = prose(&report.name);
        text.push_str(&format!("## {name}\n\n{}\n\n", counts(&report.summary)));
        if report.groups.iter().next().is_some() {
            text.push_str("| times | request | from | what is wrong | fix |\n");
            text.push_str("|---:|---|---|---|---|\n");
        }
        for group in report.groups.iter() {
            text.push_str(&row(group));
        }
        let notes = notes(report);
        if !notes.is_empty() {
            text.push('\n');
        }
        for note in notes {
            text.push_str(&format!("- {}\n", prose(&note)));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn row(group: &Group) -> String {
    let finding = &group.first;
    let url = finding
        .fetch
        .lead()
        .map_or("", |exchange| exchange.request.url.as_str());
    let request = format!("{} {url}", finding.fetch.method(0).unwrap_or_default());
    let first = finding.diagnostics.iter().find(|it| it.first);
    let (wrong, fix) = match first {
        Some(first) => (
            format!("{} (`{}`)", first.explanation.headline, first.rule.code),
            first
                .explanation
                .remedies
                .first()
                .map_or(String::new(), |remedy| remedy.title.clone()),
        ),
        None => (
            finding.judged.standing.name().to_owned(),
            "`corscope check` asks the server".to_owned(),
        ),
    };
    let page = code_in_cell(&finding.fetch.page_origin);
    let [wrong, fix] = [wrong, fix].map(|text| prose(&text).replace('|', "\\|"));
    let request = code_in_cell(&request);
    format!(
        "| {} | {request} | {page} | {wrong} | {fix} |\n",
        group.count
    )
}

fn counts(summary: &Summary) -> String {
    let mut parts = vec![format!("{} blocked", summary.blocked)];
    for (count, word) in [
        (summary.depends_on_credentials, "blocked with credentials"),
        (summary.unknown, "not known"),
        (summary.allowed, "allowed"),
        (summary.opaque, "opaque"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    format!(
        "{} entries, {} cross-origin requests: {}",
        summary.entries,
        summary.fetches(),
        parts.join(", ")
    )
}

/// The others of a group.
fn more(group: &Group) -> Vec<String> {
    if group.count == 1 {
        return Vec::new();
    }
    let mut lines = vec![format!("and {} more like it:", group.count - 1)];
    lines.extend(group.others.iter().map(|url| format!("  {url}")));
    if group.others.is_empty() {
        lines[0] = format!("and {} more of the same URL", group.count - 1);
    }
    lines
}

fn notes(report: &HarReport) -> Vec<String> {
    let mut notes = report.summary.gaps();
    if report.groups.left_out() > 0 {
        notes.push(format!(
            "{} more findings are of kinds that did not fit here; --format jsonl has all",
            report.groups.left_out()
        ));
    }
    for fault in report
        .faults
        .iter()
        .filter(|fault| !fault.is_final())
        .take(3)
    {
        notes.push(format!("{fault}; {}", fault.mend()));
    }
    let others = report
        .faults
        .iter()
        .filter(|fault| !fault.is_final())
        .count() as u64
        + report.more_faults;
    if others > 3 {
        notes.push(format!("{} more entries could not be read", others - 3));
    }
    notes
}
