//! `corscope rules`: what corscope can find.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use corscope_diagnose::rule::{Group, Rule};
use corscope_diagnose::rules::all;
use serde_json::json;

use super::explain::prose::{beside, bold};
use super::output::{self, ALLOWED, FAILED, fail};

/// Lists the rules: everything that corscope can find, by where it is found
#[derive(Args, Debug)]
#[command(after_help = "corscope explain CODE shows a rule's page.")]
pub(super) struct RulesArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// Exit codes: 0, or 3 when nothing can be written.
pub(super) fn run(args: &RulesArgs) -> ExitCode {
    let text = match args.format {
        Format::Text => text(),
        Format::Json => json_text(),
        Format::Markdown => markdown(),
    };
    match output::print(&text) {
        Ok(()) => ExitCode::from(ALLOWED),
        Err(error) => fail(FAILED, &format!("standard output: {error}")),
    }
}

const fn title(group: Group) -> &'static str {
    match group {
        Group::Actual => "The actual response",
        Group::Preflight => "The preflight",
        Group::Redirect => "Redirects",
        Group::Client => "The page and its code",
        Group::Adjacent => "Not CORS, but taken for it",
    }
}

fn rules_of(group: Group) -> Vec<&'static Rule> {
    let mut rules: Vec<_> = all().filter(|rule| rule.group == group).collect();
    rules.sort_by_key(|rule| rule.code);
    rules
}

fn text() -> String {
    let width = output::width();
    let mut out = String::new();
    for group in Group::ALL {
        let separator = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{separator}{}", bold(title(group))); // a String takes every write
        for rule in rules_of(group) {
            out.push_str(&beside(rule.code, rule.summary, width));
        }
    }
    out.push_str("\ncorscope explain CODE shows a rule's page.\n");
    out
}

fn markdown() -> String {
    let mut out = String::new();
    for group in Group::ALL {
        let separator = if out.is_empty() { "" } else { "\n" };
        let title = title(group);
        let _ = write!(
            out,
            "{separator}## {title}\n\n| rule | what it finds |\n|---|---|\n"
        );
        for rule in rules_of(group) {
            let summary = rule.summary.replace('|', "\\|");
            let _ = writeln!(out, "| `{}` | {summary} |", rule.code);
        }
    }
    out
}

fn json_text() -> String {
    let rules: Vec<_> = Group::ALL
        .into_iter()
        .flat_map(rules_of)
        .map(|rule| {
            json!({
                "code": rule.code,
                "group": rule.group.name(),
                "severity": rule.severity,
                "summary": rule.summary,
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&json!({ "rules": rules }));
    text.unwrap_or_default() + "\n"
}
