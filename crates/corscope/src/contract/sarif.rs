//! Broken cases as SARIF: each where its case begins.

use std::collections::BTreeSet;

use corscope_diagnose::root_cause;
use serde_json::{Value, json};

use super::{CaseRun, Standing};
use crate::sarif::{log, rules_of, uri};

/// The code of what no rule explains: a request passes that should not, or an expectation of detail.
const BROKEN: &str = "contract-broken";

/// The runs as one SARIF log.
pub fn sarif(runs: &[CaseRun]) -> Value {
    let broken = || runs.iter().filter(|run| run.standing() == Standing::Broken);
    let codes: BTreeSet<&'static str> = broken().map(code).collect();
    let mut rules = rules_of(codes.iter().copied());
    if codes.contains(BROKEN) {
        rules.push(json!({
            "id": BROKEN,
            "shortDescription": { "text": "a contract is not kept" },
        }));
    }
    let results: Vec<Value> = broken().map(result).collect();
    let failures: Vec<Value> = runs.iter().filter_map(failure).collect();
    let mut log = log(rules, results);
    log["runs"][0]["invocations"] = json!([{
        "executionSuccessful": failures.is_empty(),
        "toolExecutionNotifications": failures,
    }]);
    log
}

fn code(run: &CaseRun) -> &'static str {
    let broken = run.browsers.iter().find(|it| !it.broken.is_empty());
    let is_refusal = broken.is_some_and(|it| it.play.verdict.blocked_by().is_some());
    broken
        .filter(|_| is_refusal)
        .and_then(|it| root_cause(&it.diagnostics))
        .map_or(BROKEN, |root| root.rule)
}

fn result(run: &CaseRun) -> Value {
    let mut text = format!("{}: ", run.case.name);
    let broken: Vec<String> = run
        .broken()
        .iter()
        .map(|(broken, browsers)| {
            format!(
                "{} {}: expected {}, is {}",
                broken.expectation,
                run.where_broken(browsers),
                broken.expected,
                broken.actual
            )
        })
        .collect();
    text.push_str(&broken.join("; "));
    for line in reasons(run) {
        text.push_str(". ");
        text.push_str(&line);
    }
    json!({
        "ruleId": code(run),
        "level": "error",
        "message": { "text": text },
        "locations": [location(run)],
    })
}

fn failure(run: &CaseRun) -> Option<Value> {
    let error = run.error.as_ref()?;
    Some(json!({
        "level": "error",
        "message": { "text": format!("{}: {error}", run.case.name) },
        "locations": [location(run)],
    }))
}

fn location(run: &CaseRun) -> Value {
    let (line, column) = run.case.position;
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&run.file) },
            "region": { "startLine": line, "startColumn": column },
        },
        "logicalLocations": [{ "name": run.case.name }],
    })
}

/// Why a browser refuses, and what is proved to mend it, in a line each.
pub(super) fn reasons(run: &CaseRun) -> Vec<String> {
    let Some(browser) = run.browsers.iter().find(|it| !it.broken.is_empty()) else {
        return Vec::new();
    };
    let Some(first) = browser.diagnostics.iter().find(|it| it.first) else {
        return Vec::new();
    };
    let mut lines = vec![format!(
        "{}: {}",
        first.rule.code, first.explanation.headline
    )];
    let proved = first.explanation.remedies.iter().find(|it| it.proved);
    lines.extend(proved.map(|remedy| format!("To mend it: {}", remedy.title)));
    lines
}
