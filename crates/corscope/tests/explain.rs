//! `corscope explain` and `corscope rules` as they are used.
#![allow(
    clippy::expect_used,
    reason = "a program that cannot be run fails its test"
)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: Option<&str>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_corscope"))
        .args(arguments)
        .env("COLUMNS", "80")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that does not read its input may have closed it.
    let _ = stdin.write_all(input.unwrap_or_default().as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const MESSAGE: &str = "Access to fetch at 'https://api.example.com/items?a=1&b=2' from origin \
    'http://localhost:3000' has been blocked by CORS policy: Method PUT is not allowed by \
    Access-Control-Allow-Methods in preflight response.";

#[test]
fn a_message_is_explained() {
    let output = run(&["explain", MESSAGE], None);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    for wanted in [
        "Chromium",
        "http://localhost:3000",
        "https://api.example.com/items?a=1&b=2",
        "PUT",
        "the preflight",
        "acam-method-missing",
        "corscope check 'https://api.example.com/items?a=1&b=2' --from http://localhost:3000 --request PUT",
    ] {
        assert!(text.contains(wanted), "{wanted}:\n{text}");
    }
    for line in text.lines().filter(|line| !line.contains("corscope check")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_console_comes_in_by_a_pipe() {
    let console =
        format!("index.html:1 {MESSAGE}\nTypeError: Failed to fetch\n    at app.js:1:2\n");
    for arguments in [&["explain"][..], &["explain", "-"]] {
        let output = run(arguments, Some(&console));
        assert_eq!(output.status.code(), Some(1));
        assert!(stdout(&output).starts_with("Blocked at the preflight"));
    }
}

#[test]
fn json_holds_the_facts() {
    let output = run(&["explain", "--format", "json", MESSAGE], None);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for (name, wanted) in [
        ("browser", "chromium"),
        ("browser_code", "MethodDisallowedByPreflightResponse"),
        ("leg", "preflight"),
        ("page_origin", "http://localhost:3000"),
        ("url", "https://api.example.com/items?a=1&b=2"),
        ("method", "PUT"),
    ] {
        assert_eq!(document[name], wanted, "{document:#}");
    }
    assert_eq!(document["causes"][0], "acam-method-missing");
    assert!(document["not_cors"].is_null() && document["status"].is_null());
    assert!(
        document["next"]
            .as_str()
            .is_some_and(|next| next.starts_with("corscope check "))
    );
}

#[test]
fn lines_are_answered_one_by_one() {
    let lines = format!(
        "{}\nnot json\n{}\n",
        serde_json::json!({ "id": "a", "text": MESSAGE }),
        serde_json::json!({ "id": "b", "text": "Unbekannter Fehler" })
    );
    let output = run(&["explain", "--jsonl"], Some(&lines));
    assert_eq!(output.status.code(), Some(2));
    let rows: Vec<serde_json::Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&rows[0]["id"], &rows[0]["leg"]),
        (&"a".into(), &"preflight".into())
    );
    assert!(rows[1]["error"].is_string());
    assert_eq!(
        (&rows[2]["id"], &rows[2]["browser"]),
        (&"b".into(), &"unknown".into())
    );
}

#[test]
fn a_code_gives_its_page() {
    for code in ["acao-missing", "acao_missing", "ACAO-MISSING"] {
        let output = run(&["explain", code], None);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).starts_with("acao-missing\n"));
    }
    let markdown = run(&["explain", "--format", "markdown", "acao-missing"], None);
    assert!(stdout(&markdown).starts_with("# acao-missing\n"));
}

#[test]
fn what_is_unknown_is_said_and_helped() {
    let code = run(&["explain", "acao-mising"], None);
    assert_eq!(code.status.code(), Some(2));
    assert!(
        stderr(&code).contains("did you mean acao-missing"),
        "{}",
        stderr(&code)
    );
    let text = run(&["explain", "my tea is cold\u{1b}[2J"], None);
    assert_eq!(text.status.code(), Some(2));
    let said = stderr(&text);
    assert!(said.contains("corscope check URL --from ORIGIN"), "{said}");
    assert!(!said.contains('\u{1b}'));
    let empty = run(&["explain"], Some(""));
    assert_eq!(empty.status.code(), Some(2));
}

#[test]
fn a_warning_is_no_finding() {
    let output = run(
        &["explain", "Refused to set unsafe header \"Cookie\""],
        None,
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("nothing was blocked"));
}

#[test]
fn a_check_follows_at_once() {
    // Nobody listens there: the check is done, and says so.
    let message = MESSAGE.replace(
        "https://api.example.com/items?a=1&b=2",
        "http://127.0.0.1:1/x",
    );
    let output = run(&["explain", "--check", &message], None);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.starts_with("Blocked at the preflight"), "{text}");
    assert!(
        text.contains("unsafe-port") || text.contains("port 1"),
        "{text}"
    );
    let bare = run(&["explain", "--check", "TypeError: Failed to fetch"], None);
    assert_eq!(bare.status.code(), Some(2));
    assert!(
        stderr(&bare).contains("--url URL and --from ORIGIN"),
        "{}",
        stderr(&bare)
    );
}

#[test]
fn rules_are_listed() {
    let output = run(&["rules"], None);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.contains("The preflight\n") && text.contains("  acao-missing "));
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    let json: serde_json::Value =
        serde_json::from_slice(&run(&["rules", "--format", "json"], None).stdout).expect("JSON");
    let rules = json["rules"].as_array().expect("a list");
    assert!(rules.len() > 50);
    assert!(rules.iter().all(|rule| rule["summary"].is_string()));
    assert!(stdout(&run(&["rules", "--format", "markdown"], None)).contains("| `acao-missing` |"));
}
