//! A scenario as a case: what is written is read as the same, without its secrets.

use corscope_diagnose::contract::{
    ExpectedOutcome, NewCase, VERSION_LINE, case_text, contract_from_toml, usual_outcome,
};
use corscope_diagnose::scenario::{Scenario, scenario_from_json};

const FULL: &str = r#"{
    "page": { "url": "https://app.test/a", "csp": "connect-src *" },
    "request": { "method": "PUT", "url": "https://u:p4ss@api.test/x?q=\"1\"", "credentials": "include",
        "headers": [["Content-Type", "application/json"], ["Authorization", "Bearer s3cret"], ["Cookie", "sid=s3cret"], ["X-Multi", "a\\b'c"]],
        "body": { "type": "string", "data": "{\n}" } },
    "reads": ["X-Total"],
    "preflight": { "status": 204, "headers": [["Access-Control-Allow-Origin", " *"]] },
    "responses": [{ "status": 308, "headers": [["Location", "/y"]], "preflight": { "status": 200, "headers": [] } }, { "status": 200, "headers": [["X", "\u00e9"]], "body": "b" }]
}"#;

fn scenario(text: &str) -> Scenario {
    scenario_from_json(text.as_bytes()).unwrap()
}

fn written(
    scenario: &Scenario,
    outcome: ExpectedOutcome,
    keeps_answers: bool,
    sends: bool,
) -> String {
    let is_secret =
        |name: &str| ["authorization", "cookie"].contains(&name.to_ascii_lowercase().as_str());
    let new = NewCase {
        scenario,
        outcome,
        keeps_answers,
        sends,
        is_secret: &is_secret,
    };
    case_text(&new).unwrap()
}

fn read(text: &str) -> Scenario {
    let text = format!("{VERSION_LINE}\n{text}");
    let contract = contract_from_toml(text.as_bytes(), None)
        .unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
    contract.cases[0].scenario.clone()
}

#[test]
fn what_is_written_is_read_as_the_same() {
    let mut given = scenario(FULL);
    given.request.url = "https://api.test/x?q=\"1\"".to_owned();
    given
        .request
        .headers
        .retain(|(name, _)| name.starts_with("X-") || name.starts_with("Content"));
    let text = written(&given, ExpectedOutcome::Blocked, true, false);
    assert_eq!(read(&text), given, "{text}");
    let text = written(&given, ExpectedOutcome::Blocked, false, false);
    let live = Scenario {
        preflight: None,
        responses: Vec::new(),
        ..given
    };
    assert_eq!(read(&text), live, "{text}");
}

#[test]
fn no_secret_is_written() {
    let text = written(&scenario(FULL), ExpectedOutcome::Allowed, true, false);
    assert!(!text.contains("s3cret") && !text.contains("p4ss"), "{text}");
    assert!(
        text.contains(r#"["Authorization", "Bearer ${API_TOKEN}"]"#),
        "{text}"
    );
    assert!(text.contains(r#"["Cookie", "${COOKIE}"]"#), "{text}");
}

#[test]
fn what_changes_something_is_sent_only_where_that_was_said() {
    let put = scenario(
        r#"{"page":{"origin":"https://a.test"},"request":{"method":"put","url":"https://b.test"}}"#,
    );
    let text = written(&put, ExpectedOutcome::Allowed, false, false);
    assert!(text.starts_with("# PUT itself is not sent"), "{text}");
    assert!(
        text.contains("expect = \"preflight-allowed\"") && !text.contains("\nsend"),
        "{text}"
    );
    let text = written(&put, ExpectedOutcome::Allowed, false, true);
    assert!(
        text.contains("expect = \"allowed\"\nsend = true\n"),
        "{text}"
    );
    let text = written(&put, ExpectedOutcome::Blocked, false, false);
    assert!(text.contains("expect = \"blocked\"\n"), "{text}");
    assert!(
        text.contains("name = \"PUT https://b.test from https://a.test stays blocked\""),
        "{text}"
    );
}

#[test]
fn the_usual_expectation_is_what_it_comes_to_now() {
    for (rest, expected) in [
        (r#""responses":[{"status":200}]"#, ExpectedOutcome::Blocked),
        (
            r#""responses":[{"status":200,"headers":[["Access-Control-Allow-Origin","*"]]}]"#,
            ExpectedOutcome::Allowed,
        ),
        (r#""reads":[]"#, ExpectedOutcome::Allowed),
    ] {
        let text = format!(
            r#"{{"page":{{"origin":"https://a.test"}},"request":{{"url":"https://b.test"}},{rest}}}"#
        );
        assert_eq!(usual_outcome(&scenario(&text)).unwrap(), expected, "{rest}");
    }
    let text = r#"{"page":{"origin":"https://a.test"},"request":{"url":"https://b.test","mode":"no-cors"},"responses":[{"status":200}]}"#;
    assert_eq!(
        usual_outcome(&scenario(text)).unwrap(),
        ExpectedOutcome::Opaque
    );
}
