//! The command line through the real binary: exit codes, errors that name the place and the mend,
//! documents as the format says.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn corscope(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_corscope"))
        .args(args)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80")
        .env_remove("http_proxy")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The child may exit without reading: a broken pipe is no failure of the test.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const ALLOWED: &str = r#"{"id":"ok","page":{"origin":"https://a.test"},"request":{"url":"https://b.test/x"},"responses":[{"status":200,"headers":[["Access-Control-Allow-Origin","*"]]}]}"#;
const BLOCKED: &str = r#"{"id":"no","page":{"origin":"https://a.test"},"request":{"url":"https://b.test/x"},"responses":[{"status":200}]}"#;
const UNKNOWN: &str = r#"{"id":"?","page":{"origin":"https://a.test"},"request":{"url":"https://b.test/x","method":"PUT"}}"#;

#[test]
fn simulate_exits_0_for_allowed_and_1_for_blocked_or_unknown() {
    for (scenario, code) in [(ALLOWED, 0), (BLOCKED, 1), (UNKNOWN, 1)] {
        for args in [
            vec!["simulate"],
            vec!["simulate", "--format", "json"],
            vec!["simulate", "--jsonl"],
        ] {
            let output = corscope(&args, scenario.as_bytes());
            assert_eq!(output.status.code(), Some(code), "{args:?} {scenario}");
            assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
            assert!(!output.stdout.is_empty());
        }
    }
}

#[test]
fn the_verdict_document_has_the_fields_that_the_format_names() {
    let output = corscope(
        &["simulate", "--format", "json", "--browser", "chromium"],
        BLOCKED.as_bytes(),
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["id"], "no");
    assert_eq!(document["browser"], "chromium");
    assert_eq!(document["outcome"], "error");
    assert_eq!(document["browser_code"], "MissingAllowOriginHeader");
    assert_eq!(
        document["blocked_by"],
        serde_json::json!({ "leg": "actual", "cause": "acao_missing" })
    );
    assert_eq!(document["root_cause"]["rule"], "acao-missing");
    assert_eq!(document["root_cause"]["who"], "server");
    assert_eq!(document["sent"][0]["headers"]["origin"], "https://a.test");
    assert_eq!(document["diagnostics"][0]["first"], true);
    assert!(
        document["diagnostics"][0]["why"][0]["anchor"]
            .as_str()
            .unwrap()
            .starts_with("https://fetch.spec.whatwg.org/#")
    );
    assert_eq!(
        document["console"][0],
        "Access to fetch at 'https://b.test/x' from origin 'https://a.test' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
    );
}

#[test]
fn the_default_profile_of_json_is_the_standard() {
    let output = corscope(&["simulate", "--jsonl"], BLOCKED.as_bytes());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["browser"], "fetch");
    assert_eq!(document["console"], serde_json::json!([]));
}

#[test]
fn all_browsers_give_one_verdict_each() {
    let output = corscope(
        &["simulate", "--jsonl", "--browser", "all"],
        BLOCKED.as_bytes(),
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let browsers: Vec<&str> = document["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["browser"].as_str().unwrap())
        .collect();
    assert_eq!(browsers, ["fetch", "chromium", "firefox", "webkit"]);
    assert_eq!(document["id"], "no");
}

#[test]
fn an_unknown_credentials_mode_gives_both_verdicts() {
    let scenario = ALLOWED.replace(
        r#""url":"https://b.test/x""#,
        r#""url":"https://b.test/x","credentials":"unknown""#,
    );
    let output = corscope(&["simulate", "--jsonl"], scenario.as_bytes());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["verdicts"][0]["credentials"], "include");
    assert_eq!(document["verdicts"][0]["outcome"], "error");
    assert_eq!(document["verdicts"][1]["credentials"], "same-origin");
    assert_eq!(document["verdicts"][1]["outcome"], "readable");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_incomplete_verdict_says_what_must_come_next() {
    let output = corscope(&["simulate", "--format", "json"], UNKNOWN.as_bytes());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["outcome"], "incomplete");
    assert!(
        document["next"]
            .as_str()
            .unwrap()
            .contains("preflight OPTIONS https://b.test/x")
    );
}

#[test]
fn a_sequence_shares_one_cache_and_one_clock() {
    let sequence = r#"{"id":"s","page":{"origin":"https://a.test"},"steps":[
        {"request":{"url":"https://b.test/x","method":"PUT"},"preflight":{"status":204,"headers":[["Access-Control-Allow-Origin","*"],["Access-Control-Allow-Methods","PUT"]]},"responses":[{"status":200,"headers":[["Access-Control-Allow-Origin","*"]]}]},
        {"wait":4999,"request":{"url":"https://b.test/x","method":"PUT"},"responses":[{"status":200,"headers":[["Access-Control-Allow-Origin","*"]]}]},
        {"wait":1,"request":{"url":"https://b.test/x","method":"PUT"},"responses":[{"status":200,"headers":[["Access-Control-Allow-Origin","*"]]}]}]}"#;
    let output = corscope(
        &["simulate", "--sequence", "--format", "json"],
        sequence.as_bytes(),
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let outcomes: Vec<&str> = document["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["readable", "readable", "incomplete"]);
}

#[test]
fn toml_means_the_same_as_json() {
    let toml = "[page]\norigin = 'https://a.test'\n[request]\nurl = 'https://b.test/x'\n[[responses]]\nstatus = 200\nheaders = [['Access-Control-Allow-Origin', '*']]\n";
    let output = corscope(&["simulate", "--format", "json"], toml.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn a_bad_line_is_answered_in_place_and_makes_the_exit_code_2() {
    let input = format!("{ALLOWED}\nnot json\n{ALLOWED}\n");
    let output = corscope(&["simulate", "--jsonl"], input.as_bytes());
    let stdout = text(&output.stdout);
    let lines: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["line"], 2);
    assert_eq!(lines[1]["error"]["code"], "invalid-json");
    assert_eq!(lines[2]["outcome"], "readable");
    assert_eq!(output.status.code(), Some(2));
}

/// Every kind of bad input: exit code 2, an error that names the place and the mend, no panic.
#[test]
fn bad_input_names_the_place_and_the_mend() {
    let check = |args: &[&'static str]| [&["check"], args].concat();
    let url = "http://127.0.0.1:1/x";
    let from = ["--from", "http://localhost:3000"];
    let cases: Vec<(Vec<&str>, &str, &str)> = vec![
        (check(&["not a url", from[0], from[1]]), "URL", "http"),
        (
            check(&["api.example.com/x", from[0], from[1]]),
            "URL",
            "https://api.example.com/x",
        ),
        (
            check(&["localhost:3000/x", from[0], from[1]]),
            "URL",
            "http://localhost:3000/x",
        ),
        (check(&[url]), "--from", "--from http"),
        (
            check(&[url, "--from", "https://a.example/"]),
            "--from",
            "https://a.example",
        ),
        (
            check(&[url, "--from", "https://a.example/path"]),
            "--from",
            "https://a.example",
        ),
        (check(&[url, "--from", "*"]), "--from", "http"),
        (
            check(&[url, "--from", "a.example"]),
            "--from",
            "https://a.example",
        ),
        (
            check(&[url, from[0], from[1], "-H", "no colon"]),
            "-H #1",
            "Name: value",
        ),
        (
            check(&[url, from[0], from[1], "-H", "A: 1", "-H", "X: a\r\nB: 2"]),
            "-H #2",
            "line",
        ),
        (
            check(&[url, from[0], from[1], "-H", "X Y: 1"]),
            "-H #1",
            "name",
        ),
        (
            check(&[url, from[0], from[1], "-X", "G ET"]),
            "-X",
            "method",
        ),
        (
            check(&[url, from[0], from[1], "--resolve", "nonsense"]),
            "--resolve",
            "HOST:PORT:ADDRESS",
        ),
        (
            check(&[url, from[0], from[1], "--proxy", "socks5://x"]),
            "--proxy",
            "http://HOST:PORT",
        ),
        (
            check(&[url, from[0], from[1], "--cookie", "a\nb"]),
            "--cookie",
            "one line",
        ),
        (
            check(&[url, from[0], from[1], "--max-time", "-3"]),
            "--max-time",
            "seconds",
        ),
        (
            check(&[url, from[0], from[1], "--nonsense"]),
            "--nonsense",
            "help",
        ),
        (
            check(&[url, from[0], from[1], "--cacert", "/nonexistent.pem"]),
            "/nonexistent.pem",
            "",
        ),
        (check(&["--curl", "wget http://x"]), "cURL", "curl"),
        (
            check(&["--fetch-snippet", "/nonexistent.js"]),
            "--fetch-snippet",
            "readable file",
        ),
        (
            vec!["simulate", "/nonexistent.json"],
            "/nonexistent.json",
            "",
        ),
        (
            vec!["simulate", "--jsonl", "--format", "text"],
            "--jsonl",
            "--format",
        ),
        (vec!["nonsense"], "nonsense", "help"),
    ];
    for (args, place, mend) in cases {
        let output = corscope(&args, b"");
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(
            stderr.contains(place),
            "{args:?} does not name {place}: {stderr}"
        );
        assert!(
            stderr.contains(mend),
            "{args:?} does not say {mend}: {stderr}"
        );
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert!(
            output.stdout.is_empty(),
            "{args:?}: {}",
            text(&output.stdout)
        );
    }
}

#[test]
fn bad_scenarios_name_the_field() {
    for (scenario, place) in [
        (
            r#"{"page":{"origin":"https://a.test/"},"request":{"url":"x"}}"#,
            "page.origin",
        ),
        (
            r#"{"page":{"origin":"https://*"},"request":{"url":"x"}}"#,
            "page.origin",
        ),
        (r#"{"page":{},"request":{"url":"x"}}"#, "page"),
        (
            r#"{"page":{"origin":"null"},"request":{"url":"x","methud":"GET"}}"#,
            "request.methud",
        ),
        (
            r#"{"page":{"origin":"null"},"request":{"url":"x"},"responses":[{"status":99}]}"#,
            "responses[0].status",
        ),
        (
            r#"{"page":{"origin":"null"},"request":{"url":"x","headers":[["a"]]}}"#,
            "request.headers[0]",
        ),
        (
            r#"{"page":{"origin":"null"},"request":{"url":"x"},"extra":1}"#,
            "extra",
        ),
        ("[page]\norigin = 3\n", "page.origin"),
        ("{", "column"),
        ("", ""),
    ] {
        let output = corscope(&["simulate"], scenario.as_bytes());
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{scenario}: {stderr}");
        assert!(
            stderr.contains(place),
            "{scenario} does not name {place}: {stderr}"
        );
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
    let output = corscope(&["simulate", "--jsonl"], b"\xff\n");
    assert_eq!(output.status.code(), Some(2));
    let long = [
        vec![b' '; 10 * 1024 * 1024 + 1],
        b"\n".to_vec(),
        ALLOWED.into(),
    ]
    .concat();
    let output = corscope(&["simulate", "--jsonl"], &long);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout).lines().count(), 2);
}

#[test]
fn text_fits_80_columns_without_colour() {
    for scenario in [ALLOWED, BLOCKED, UNKNOWN] {
        for extra in [&[][..], &["--trace"], &["--browser", "all"]] {
            let output = corscope(&[&["simulate"], extra].concat(), scenario.as_bytes());
            let stdout = text(&output.stdout);
            assert!(!stdout.contains('\u{1b}'), "colour without a terminal");
            for line in stdout.lines() {
                assert!(
                    line.chars().count() <= 80,
                    "{} columns: {line}",
                    line.chars().count()
                );
            }
        }
    }
}

#[test]
fn a_refused_connection_is_a_verdict_not_a_failure() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("http://127.0.0.1:{port}/");
    let output = corscope(
        &[
            "check",
            &url,
            "--from",
            "http://localhost:3000",
            "--format",
            "json",
        ],
        b"",
    );
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(document["blocked_by"]["cause"], "network_error");
    assert_eq!(
        document["exchanges"][0]["error"]["code"],
        "connection-refused"
    );
}
