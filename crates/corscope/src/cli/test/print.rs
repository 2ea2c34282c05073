//! Printing what tests came to.

use std::fs;

use corscope_diagnose::contract::said_outcome;
use corscope_diagnose::render::{self, CaseLine, Report, TextOptions};
use corscope_diagnose::{Diagnostic, VerdictDocument, root_cause};
use corscope_fetch::Outcome;

use super::{Format, TestArgs};
use crate::cli::output;
use crate::contract::{BrowserRun, CaseRun, ContractDocument, Counts, junit, sarif};

/// Prints; an error is what could not be written.
pub(super) fn print(args: &TestArgs, runs: &[CaseRun]) -> Result<(), String> {
    let options = output::text_options(false, false);
    let report = match args.format {
        Format::Text => text(runs, options),
        Format::Json => render::json::pretty(&ContractDocument::of(runs)).unwrap_or_default(),
        Format::Sarif => render::json::pretty(&sarif::sarif(runs)).unwrap_or_default(),
        Format::Junit => junit(runs).map_err(|error| format!("JUnit: {error}"))?,
    };
    let Some(file) = &args.output else {
        return printed(&report);
    };
    // A file takes no colour.
    let report = match args.format {
        Format::Text => text(
            runs,
            TextOptions {
                color: false,
                ..options
            },
        ),
        _ => report,
    };
    fs::write(file, report).map_err(|error| format!("{}: {error}", file.display()))?;
    printed(&text(runs, options))
}

fn printed(text: &str) -> Result<(), String> {
    output::print(text).map_err(|error| format!("standard output: {error}"))
}

fn text(runs: &[CaseRun], options: TextOptions) -> String {
    let mut out = String::new();
    for of_file in runs.chunk_by(|one, other| one.file == other.file) {
        out.push_str(&cases(of_file, options));
        out.push('\n');
    }
    for run in runs {
        let broken: Vec<&BrowserRun> = run
            .browsers
            .iter()
            .filter(|it| !it.broken.is_empty())
            .collect();
        // Where only a detail is not kept, the line has said it all.
        if broken.iter().any(|it| is_explained(it)) {
            out.push_str(&render::contract_heading(&run.case.name, options));
            out.push('\n');
            out.push_str(&report(&broken, options));
            out.push('\n');
        }
    }
    out.push_str(&summary(Counts::of(runs)));
    out
}

/// Whether the renderer for verdicts has something to say about what is broken.
fn is_explained(run: &BrowserRun) -> bool {
    let is_known = !matches!(run.play.verdict.outcome, Outcome::Incomplete(_));
    let is_found = root_cause(&run.diagnostics).is_some();
    is_known
        && run.broken.iter().any(|it| match it.expectation {
            "outcome" | "clean" => true,
            "rule" | "readable_headers" => is_found,
            _ => false,
        })
}

fn cases(runs: &[CaseRun], options: TextOptions) -> String {
    let broken: Vec<Vec<_>> = runs
        .iter()
        .map(|run| {
            let told = |(broken, browsers): (_, Vec<&str>)| (broken, run.where_broken(&browsers));
            run.broken().into_iter().map(told).collect()
        })
        .collect();
    let told: Vec<String> = runs.iter().map(told).collect();
    let lines: Vec<CaseLine<'_>> = runs
        .iter()
        .enumerate()
        .map(|(index, run)| CaseLine {
            name: &run.case.name,
            told: &told[index],
            broken: &broken[index],
            error: run.error.as_deref(),
            notes: &run.notes,
        })
        .collect();
    let heading = runs.first().map_or("", |run| &run.file);
    render::contract_cases(heading, &lines, options)
}

/// What a kept case came to: in the browsers' common word, or in each one's.
fn told(run: &CaseRun) -> String {
    if run.error.is_some() {
        return "not tested".to_owned();
    }
    if !run.broken().is_empty() {
        return String::new();
    }
    let mut words: Vec<String> = run
        .browsers
        .iter()
        .map(|it| said_outcome(&run.case, &it.sight(), &it.diagnostics))
        .map(|word| match word.starts_with("not known") {
            true => "the preflight is allowed".to_owned(),
            false => word,
        })
        .collect();
    words.dedup();
    words.join(", ")
}

fn report(runs: &[&BrowserRun], options: TextOptions) -> String {
    let documents: Vec<VerdictDocument<'_>> = runs.iter().map(|run| run.document()).collect();
    let reports: Vec<Report<'_>> = runs
        .iter()
        .zip(&documents)
        .map(|(run, document)| {
            let diagnostics: &[Diagnostic] = &run.diagnostics;
            Report {
                exchanges: &run.exchanges,
                ..Report::new(run.sight(), diagnostics, document)
            }
        })
        .collect();
    render::text_all(&reports, options)
}

fn summary(counts: Counts) -> String {
    let Counts {
        kept,
        broken,
        errors,
    } = counts;
    let all = kept + broken + errors;
    let mut text = format!(
        "{all} {}: {kept} kept",
        if all == 1 { "case" } else { "cases" }
    );
    if broken > 0 {
        text.push_str(&format!(", {broken} broken"));
    }
    if errors > 0 {
        text.push_str(&format!(", {errors} not tested"));
    }
    text.push('\n');
    text
}
