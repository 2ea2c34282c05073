//! [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html): findings for code
//! scanning services.

use std::path::Path;

use corscope_diagnose::observed::Standing;
use corscope_diagnose::rules;
use serde_json::{Value, json};
use url::Url;

use super::{Group, HarReport};

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
    let rules: Vec<Value> = codes
        .iter()
        .filter_map(|code| rules::by_code(code))
        .map(|rule| {
            json!({
                "id": rule.code,
                "shortDescription": { "text": rule.summary },
            })
        })
        .collect();
    let results: Vec<Value> = groups()
        .filter_map(|(report, group)| result(report, group))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "corscope",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "results": results,
        }],
    })
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

/// A file's name as a URI reference: where it is relative, it stays so.
fn uri(name: &str) -> String {
    if Path::new(name).is_absolute()
        && let Ok(url) = Url::from_file_path(name)
    {
        return url.into();
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    name.bytes()
        .map(|byte| match byte {
            b'\\' if cfg!(windows) => "/".to_owned(),
            byte if is_plain(byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_uri_references() {
        for (name, wanted) in [
            ("captures/a.har", "captures/a.har"),
            ("a b.har", "a%20b.har"),
            ("100%.har", "100%25.har"),
            ("x:y.har", "x%3Ay.har"),
        ] {
            assert_eq!(uri(name), wanted);
        }
        #[cfg(unix)]
        assert_eq!(uri("/tmp/a b.har"), "file:///tmp/a%20b.har");
    }
}
