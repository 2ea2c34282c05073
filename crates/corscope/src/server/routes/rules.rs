//! `GET /api/rules`, `GET /api/rules/{code}`: what corscope can find.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use corscope_diagnose::diagnostic::Severity;
use corscope_diagnose::rule::{Group, Rule};
use corscope_diagnose::rules::{all, by_code};
use serde::Serialize;

use crate::server::fault::Fault;
use crate::server::reply::json;

/// A rule without its page.
#[derive(Serialize)]
pub(in crate::server) struct RuleEntry {
    /// Its code.
    code: &'static str,
    /// Where it belongs.
    group: &'static str,
    /// How bad it is.
    severity: Severity,
    /// One line about it.
    summary: &'static str,
}

/// A rule's page.
#[derive(Serialize)]
pub(in crate::server) struct RulePage {
    /// The rule.
    rule: RuleEntry,
    /// The page, in Markdown; its `scenario` blocks are scenarios.
    docs: &'static str,
}

pub(super) async fn list() -> Response {
    let mut rules: Vec<&Rule> = all().collect();
    let place = |group: Group| Group::ALL.iter().position(|it| *it == group);
    rules.sort_by_key(|rule| (place(rule.group), rule.code));
    let entries: Vec<RuleEntry> = rules.into_iter().map(entry).collect();
    json(&entries)
}

pub(super) async fn page(Path(code): Path<String>) -> Result<Response, Fault> {
    let rule = by_code(&code).ok_or_else(|| {
        Fault::new(
            StatusCode::NOT_FOUND,
            "no-such-rule",
            "there is no rule of that name",
            "choose one from the list of rules",
        )
    })?;
    Ok(json(&RulePage {
        rule: entry(rule),
        docs: rule.docs,
    }))
}

fn entry(rule: &Rule) -> RuleEntry {
    RuleEntry {
        code: rule.code,
        group: rule.group.name(),
        severity: rule.severity,
        summary: rule.summary,
    }
}
