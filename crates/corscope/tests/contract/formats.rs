//! What people and CI get.

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value;

use super::{Folder, test_in};

/// Two that are kept, two that are not, without any server.
const CONTRACT: &str = r#"version = 1
[defaults]
page.origin = "https://app.example.com"

[[case]]
name = "the app may read items"
request.url = "https://api.example.com/items"
responses = [{ status = 200, headers = [["Access-Control-Allow-Origin", "*"]] }]
expect = "allowed"

[[case]]
name = "https://evil.example stays blocked"
page.origin = "https://evil.example"
request.url = "https://api.example.com/items"
responses = [{ status = 200, headers = [["Access-Control-Allow-Origin", "https://app.example.com"]] }]
expect.rule = "acao-host-mismatch"

[[case]]
name = "the app may save items & more <now>"
request = { method = "PUT", url = "https://api.example.com/items/7", headers = [["X-Tenant", "blue"]] }
preflight = { status = 204, headers = [["Access-Control-Allow-Origin", "https://app.example.com"], ["Access-Control-Allow-Methods", "GET, PUT"]] }
expect = "preflight-allowed"

[[case]]
name = "another site stays blocked, and this name is so long that it needs more than a line"
page.origin = "https://other.example"
request.url = "https://api.example.com/items"
responses = [{ status = 200, headers = [["Access-Control-Allow-Origin", "*"]] }]
expect = { outcome = "blocked", vary_origin = true }
"#;

fn run(format: &str) -> super::Ended {
    let folder = Folder::new();
    folder.write("cors.toml", CONTRACT);
    let ended = test_in(&folder.0, &["cors.toml", "--format", format], &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    ended
}

/// Public behaviour: BLESS=1 renews it.
#[test]
fn the_text_is_the_golden_one() {
    let ended = run("text");
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/contract/golden/text.txt"
    );
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &ended.out).unwrap();
    }
    assert_eq!(ended.out, std::fs::read_to_string(path).unwrap());
    for line in ended.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(!ended.out.contains('\u{1b}'));
}

#[test]
fn json_has_every_verdict_and_what_is_broken() {
    let document = run("json").json();
    assert_eq!(document["version"], 1);
    assert_eq!(
        (&document["kept"], &document["broken"], &document["errors"]),
        (&2.into(), &2.into(), &0.into())
    );
    let cases = document["cases"].as_array().unwrap();
    let kept: Vec<&Value> = cases.iter().map(|case| &case["kept"]).collect();
    assert_eq!(
        kept,
        [
            &Value::Bool(true),
            &true.into(),
            &false.into(),
            &false.into()
        ]
    );
    assert_eq!(cases[0]["file"], "cors.toml");
    assert_eq!(cases[0]["line"], 5);
    assert_eq!(cases[2]["expect"], "preflight-allowed");
    let browsers: Vec<&str> = cases[2]["browsers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["browser"].as_str().unwrap())
        .collect();
    assert_eq!(browsers, ["fetch", "chromium", "firefox", "webkit"]);
    let chromium = &cases[2]["browsers"][1];
    assert_eq!(chromium["broken"][0]["expectation"], "outcome");
    assert_eq!(chromium["broken"][0]["expected"], "preflight-allowed");
    assert_eq!(chromium["verdict"]["outcome"], "error");
    let remedies = &chromium["verdict"]["diagnostics"][0]["remedies"];
    assert_eq!(remedies[0]["proved"], true, "{remedies}");
    // Two expectations of one case, each told.
    assert_eq!(
        cases[3]["browsers"][0]["broken"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn junit_is_read_back_by_its_own_reader() {
    let report = Report::deserialize_from_str(&run("junit").out).unwrap();
    assert_eq!((report.tests, report.failures, report.errors), (4, 2, 0));
    let suite = &report.test_suites[0];
    assert_eq!(suite.name.as_str(), "cors.toml");
    let names: Vec<&str> = suite
        .test_cases
        .iter()
        .map(|case| case.name.as_str())
        .collect();
    assert_eq!(names[2], "the app may save items & more <now>");
    assert!(matches!(
        suite.test_cases[0].status,
        TestCaseStatus::Success { .. }
    ));
    let TestCaseStatus::NonSuccess {
        kind,
        message,
        description,
        ..
    } = &suite.test_cases[2].status
    else {
        panic!("{suite:?}")
    };
    assert_eq!(*kind, NonSuccessKind::Failure);
    let message = message.as_ref().unwrap().as_str();
    assert!(
        message.starts_with("expected preflight-allowed, is blocked by"),
        "{message}"
    );
    let told = description.as_ref().unwrap().as_str();
    assert!(told.contains("To mend it: answer the preflight"), "{told}");
}

#[test]
fn a_server_that_is_not_there_is_an_error_and_no_failure() {
    let folder = Folder::new();
    // A port of ours at which nobody listens any more.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let text = format!(
        "version = 1\n[[case]]\nname = 'a'\nexpect = 'blocked'\npage.origin = 'https://a.test'\n\
         browsers = ['chromium']\nrequest.url = 'http://{address}/'\n"
    );
    folder.write("cors.toml", &text);
    let ended = test_in(&folder.0, &["cors.toml", "--format", "junit"], &[]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let report = Report::deserialize_from_str(&ended.out).unwrap();
    assert_eq!((report.tests, report.failures, report.errors), (1, 0, 1));
    let ended = test_in(&folder.0, &["cors.toml", "--format", "sarif"], &[]);
    let invocation = &ended.json()["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert_eq!(notification["level"], "error");
    assert!(
        notification["message"]["text"]
            .as_str()
            .unwrap()
            .contains("refused"),
        "{notification}"
    );
    let ended = test_in(&folder.0, &["cors.toml"], &[]);
    assert!(
        ended.out.contains("1 case: 0 kept, 1 not tested"),
        "{ended:?}"
    );
    assert!(ended.out.contains("refused"), "{ended:?}");
}

#[test]
fn sarif_names_the_rule_and_the_place() {
    let log = run("sarif").json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let of = |index: usize| results[index]["ruleId"].as_str().unwrap();
    assert_eq!((of(0), of(1)), ("acah-header-missing", "contract-broken"));
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        assert!(
            rules.iter().any(|rule| rule["id"] == result["ruleId"]),
            "{result}"
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "cors.toml");
    }
    assert_eq!(
        results[0]["locations"][0]["physicalLocation"]["region"]["startLine"],
        18
    );
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn the_report_goes_to_a_file_and_the_text_to_people() {
    let folder = Folder::new();
    folder.write("cors.toml", CONTRACT);
    let args = ["cors.toml", "--format", "junit", "--output", "report.xml"];
    let ended = test_in(&folder.0, &args, &[]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.out.ends_with("4 cases: 2 kept, 2 broken\n"),
        "{ended:?}"
    );
    assert!(Report::deserialize_from_str(&folder.read("report.xml")).is_ok());
    let args = ["cors.toml", "--output", "no/such/folder.txt"];
    assert_eq!(test_in(&folder.0, &args, &[]).code, Some(3));
}
