//! [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html): findings for code
//! scanning services. Here is what all logs have alike.

use std::path::Path;

use corscope_diagnose::rules;
use serde_json::{Value, json};
use url::Url;

/// A log of one run.
pub(crate) fn log(rules: Vec<Value>, results: Vec<Value>) -> Value {
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

/// The rules that results name.
pub(crate) fn rules_of<'c>(codes: impl Iterator<Item = &'c str>) -> Vec<Value> {
    codes
        .filter_map(rules::by_code)
        .map(|rule| {
            json!({
                "id": rule.code,
                "shortDescription": { "text": rule.summary },
            })
        })
        .collect()
}

/// A file's name as a URI reference: where it is relative, it stays so.
pub(crate) fn uri(name: &str) -> String {
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
