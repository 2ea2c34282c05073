//! HARs as each tool writes them, in `hars/`: the same three requests (one without
//! `Access-Control-Allow-Origin`, one whose preflight forbids its method, one that is allowed), with
//! what each tool is known to add, bend and leave out.

use serde_json::Value;

use super::Directory;
use super::faults::run;

/// The tool, and what is found of the request whose preflight forbids its method.
const TOOLS: [(&str, &str); 6] = [
    ("chrome", "blocked acam-method-missing"),
    ("firefox", "blocked acam-method-missing"),
    // It lists no preflights, so the reason is in no HAR of its.
    ("safari", "unknown none"),
    ("http_toolkit", "blocked acam-method-missing"),
    ("charles", "blocked acam-method-missing"),
    ("mitmproxy", "blocked acam-method-missing"),
];

fn file(tool: &str) -> String {
    let directory = env!("CARGO_MANIFEST_DIR");
    format!("{directory}/tests/interception/hars/{tool}.har")
}

#[test]
fn the_hars_of_all_tools_are_judged_alike() {
    let home = Directory::new();
    for (tool, put) in TOOLS {
        let file = file(tool);
        let ended = run(home.path(), &["har", &file, "--format", "jsonl"]);
        assert_eq!(ended.code, Some(1), "{tool}: {ended:?}");
        let mut found: Vec<String> = ended
            .lines
            .iter()
            .map(|line| {
                let document: Value = serde_json::from_str(line).unwrap();
                let text = |it: &Value| it.as_str().unwrap_or("none").to_owned();
                let url = text(&document["url"]);
                format!(
                    "{} {}: {} {}",
                    text(&document["method"]),
                    url.trim_start_matches("https://api.example.com"),
                    text(&document["standing"]),
                    text(&document["verdict"]["root_cause"]["rule"]),
                )
            })
            .collect();
        found.sort();
        let wanted = [
            "GET /items: blocked acao-missing".to_owned(),
            "GET /ok: allowed none".to_owned(),
            format!("PUT /items/1: {put}"),
        ];
        assert_eq!(found, wanted, "{tool}");
    }
}

#[test]
fn what_fails_the_run_is_for_the_user_to_say() {
    let home = Directory::new();
    let file = file("chrome");
    for (more, code) in [
        (&["--fail-on", "cors"][..], 1),
        (&["--fail-on", "never"], 0),
        (&["--fail-on", "cors", "--filter", "cors:ok"], 0),
    ] {
        let ended = run(home.path(), &[&["har", &file][..], more].concat());
        assert_eq!(ended.code, Some(code), "{more:?}: {ended:?}");
        // There is no terminal, so nothing moves on it.
        assert_eq!(ended.stderr, "", "{more:?}");
    }
}

#[test]
fn the_sarif_is_one() {
    let home = Directory::new();
    let files: Vec<String> = TOOLS.iter().map(|(tool, _)| file(tool)).collect();
    let mut args = vec!["har", "--format", "sarif"];
    args.extend(files.iter().map(String::as_str));
    let ended = run(home.path(), &args);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let log: Value = serde_json::from_str(&ended.lines.join("\n")).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif"), "{log}");
    let mut results_seen = 0;
    for run in log["runs"].as_array().unwrap() {
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "corscope");
        let rules: Vec<&str> = driver["rules"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| {
                assert!(rule["shortDescription"]["text"].is_string(), "{rule}");
                rule["id"].as_str().unwrap()
            })
            .collect();
        let mut once = rules.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), rules.len(), "a rule is there twice: {rules:?}");
        for result in run["results"].as_array().unwrap() {
            results_seen += 1;
            let rule = result["ruleId"].as_str().unwrap();
            assert!(rules.contains(&rule), "{rule} of {rules:?}");
            if let Some(index) = result["ruleIndex"].as_u64() {
                assert_eq!(rules[index as usize], rule, "{result}");
            }
            let level = result["level"].as_str().unwrap();
            assert!(
                ["none", "note", "warning", "error"].contains(&level),
                "{result}"
            );
            assert!(
                !result["message"]["text"].as_str().unwrap().is_empty(),
                "{result}"
            );
            for location in result["locations"].as_array().unwrap() {
                let place = &location["physicalLocation"]["artifactLocation"]["uri"];
                let place = place.as_str().unwrap();
                // A URI reference: no space, no backslash.
                assert!(
                    !place.is_empty() && !place.contains([' ', '\\']),
                    "{result}"
                );
            }
        }
    }
    assert!(results_seen >= 11, "{results_seen}");
}
