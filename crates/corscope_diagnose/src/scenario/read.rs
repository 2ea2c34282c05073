//! Reading scenario documents, with errors that say where and how to mend.

use serde::de::DeserializeOwned;

use super::{Scenario, ScenarioError, Sequence};

/// The longest line or document that is read, in bytes.
pub const LINE_LIMIT: usize = 10 * 1024 * 1024;

/// Reads one scenario from JSON.
///
/// # Errors
/// What is wrong, and where.
pub fn scenario_from_json(text: &[u8]) -> Result<Scenario, ScenarioError> {
    from_json(text)
}

/// Reads a sequence from JSON.
///
/// # Errors
/// What is wrong, and where.
pub fn sequence_from_json(text: &[u8]) -> Result<Sequence, ScenarioError> {
    from_json(text)
}

/// Reads one scenario from TOML.
///
/// # Errors
/// What is wrong, and where.
pub fn scenario_from_toml(text: &[u8]) -> Result<Scenario, ScenarioError> {
    from_toml(text)
}

/// Reads a sequence from TOML.
///
/// # Errors
/// What is wrong, and where.
pub fn sequence_from_toml(text: &[u8]) -> Result<Sequence, ScenarioError> {
    from_toml(text)
}

fn check_size_and_encoding(text: &[u8]) -> Result<&str, ScenarioError> {
    if text.len() > LINE_LIMIT {
        return Err(ScenarioError::too_long());
    }
    str::from_utf8(text).map_err(|error| {
        let message = format!(
            "not UTF-8 at byte {}; save the file as UTF-8, and write a header's other bytes as \
             \\u00XX",
            error.valid_up_to()
        );
        ScenarioError::new("not-utf8", "", message)
    })
}

fn from_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, ScenarioError> {
    let text = check_size_and_encoding(text)?;
    // The fast reader knows no paths; a document that fails is read once more for its place.
    if let Ok(document) = serde_json::from_str(text) {
        return Ok(document);
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let failed = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(error) => {
            let at = error.path().to_string();
            (known_path(at), error.into_inner())
        }
        Ok(document) => match reader.end() {
            Ok(()) => return Ok(document),
            Err(error) => (String::new(), error),
        },
    };
    let (at, error) = failed;
    let code = match error.classify() {
        serde_json::error::Category::Data => data_code(&error.to_string()),
        _ => "invalid-json",
    };
    let mut report = ScenarioError::new(code, at, without_position(&error.to_string()));
    if error.line() > 0 {
        report.position = Some((error.line(), error.column()));
        if code == "invalid-json" {
            report.message = format!(
                "{} at line {}, column {}",
                report.message,
                error.line(),
                error.column()
            );
        }
    }
    Err(report)
}

fn from_toml<T: DeserializeOwned>(text: &[u8]) -> Result<T, ScenarioError> {
    let text = check_size_and_encoding(text)?;
    let failed = |at: String, error: &toml::de::Error| {
        let message = error.message().to_owned();
        let code = match data_code(&message) {
            "invalid-value" if at.is_empty() => "invalid-toml",
            code => code,
        };
        let mut report = ScenarioError::new(code, at, message);
        report.position = error.span().map(|span| position(text, span.start));
        if code == "invalid-toml"
            && let Some((line, column)) = report.position
        {
            report.message = format!("{} at line {line}, column {column}", report.message);
        }
        report
    };
    let reader = toml::Deserializer::parse(text).map_err(|error| failed(String::new(), &error))?;
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let at = error.path().to_string();
        failed(known_path(at), error.inner())
    })
}

/// A path without what the reader does not know: nothing for the document as a whole.
pub(crate) fn known_path(path: String) -> String {
    if path == "." || path == "?" {
        String::new()
    } else {
        path.trim_end_matches(".?").to_owned()
    }
}

pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |line| line.chars().count())
        + 1;
    (line, column)
}

fn data_code(message: &str) -> &'static str {
    if message.starts_with("unknown field") {
        "unknown-field"
    } else if message.starts_with("missing field") {
        "missing-field"
    } else {
        "invalid-value"
    }
}

fn without_position(message: &str) -> String {
    message
        .rfind(" at line ")
        .map_or(message, |end| &message[..end])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> (String, String) {
        let error = scenario_from_json(text.as_bytes()).unwrap_err();
        (error.code.to_owned(), error.at)
    }

    #[test]
    fn errors_name_the_place() {
        let page = r#""page":{"origin":"https://a.test"}"#;
        for (text, code, at) in [
            ("{".to_owned(), "invalid-json", ""),
            ("[]".to_owned(), "invalid-value", ""),
            (format!(r#"{{{page}}}"#), "missing-field", ""),
            (
                format!(r#"{{{page},"request":{{"url":"x","methud":"GET"}}}}"#),
                "unknown-field",
                "request.methud",
            ),
            (
                format!(r#"{{{page},"request":{{"url":"x","headers":[["a","1"],["b"]]}}}}"#),
                "invalid-value",
                "request.headers[1]",
            ),
            (
                format!(r#"{{{page},"request":{{"url":"x","mode":"korz"}}}}"#),
                "invalid-value",
                "request.mode",
            ),
            (
                format!(
                    r#"{{{page},"request":{{"url":"x"}},"responses":[{{"status":200,"headers":[["a","\u0100"]]}}]}}"#
                ),
                "invalid-value",
                "responses[0].headers[0][1]",
            ),
            (
                format!(r#"{{{page},"request":{{"url":"x"}}}} x"#),
                "invalid-json",
                "",
            ),
        ] {
            assert_eq!(error(&text), (code.to_owned(), at.to_owned()), "{text}");
        }
        assert_eq!(scenario_from_json(b"\xff").unwrap_err().code, "not-utf8");
        assert_eq!(
            scenario_from_json(&vec![b' '; LINE_LIMIT + 1])
                .unwrap_err()
                .code,
            "too-long"
        );
    }

    #[test]
    fn toml_reads_the_same_document() {
        let text = "[page]\norigin = 'https://a.test'\n[request]\nurl = 'https://b.test'\n\
                    headers = [['X-A', '1']]\n[[responses]]\nstatus = 200\nheaders = []\n";
        let scenario = scenario_from_toml(text.as_bytes()).unwrap();
        assert_eq!(
            scenario.request.headers,
            [("X-A".to_owned(), "1".to_owned())]
        );
        assert_eq!(scenario.responses.len(), 1);
        let error = scenario_from_toml(b"[page]\norigan = 'x'\n").unwrap_err();
        assert_eq!((error.code, &*error.at), ("unknown-field", "page.origan"));
        assert_eq!(
            scenario_from_toml(b"page = ").unwrap_err().code,
            "invalid-toml"
        );
    }
}
