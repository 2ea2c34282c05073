//! Findings in HAR files as SARIF.

use corscope_diagnose::observed::Standing;
use serde_json::{Value, json};

use super::{Group, HarReport};
use crate::sarif::{log, rules_of, uri};

/// The reports as one SARIF log.
pub fn sarif(reports: &[HarReport]) -> Value {
    let groups = || {
        reports
            .iter()
            .flat_map(|report| report.groups.iter().map(move |group| (report, group)))
    };
    let mut codes: Vec<&'static str> = groups().filter_map(|(_, group)| code_of(group)).collect();
    codes.sort_unstable();
    codes.dedup();
    let results: Vec<Value> = groups()
        .filter_map(|(report, group)| result(report, group))
        .collect();
    log(rules_of(codes.into_iter()), results)
}

fn code_of(group: &Group) -> Option<&'static str> {
    let first = group.first.diagnostics.iter().find(|it| it.first)?;
    Some(first.rule.code)
}

fn result(report: &HarReport, group: &Group) -> Option<Value> {
    let first = group.first.diagnostics.iter().find(|it| it.first)?;
    let finding = &group.first;
    let url = finding
        .fetch
        .lead()
        .map_or("", |exchange| exchange.request.url.as_str());
    let method = finding.fetch.method(0).unwrap_or_default();
    let level = match finding.judged.standing {
        Standing::Blocked => "error",
        _ => "warning",
    };
    let message = format!(
        "{method} {url} from {}: {}",
        finding.fetch.page_origin, first.explanation.headline
    );
    Some(json!({
        "ruleId": first.rule.code,
        "level": level,
        "message": { "text": message },
        "occurrenceCount": group.count,
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri(&report.name) } },
            "logicalLocations": [{ "name": format!("entry {}", finding.fetch.number) }],
        }],
    }))
}
