//! A saved capture read again: listed, filtered, written as a HAR, also while it is being written.

use std::path::Path;

use serde_json::Value;

use super::Directory;
use super::faults::{ask, origin, proxy, raw_origin, run};
use super::program::Program;

const ALLOWED: &[u8] = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\
    Content-Length: 2\r\nConnection: close\r\n\r\nxx";

fn urls(home: &Path, args: &[&str]) -> Vec<String> {
    let ended = run(home, &[args, &["--format", "jsonl"]].concat());
    assert!(ended.code < Some(2), "{ended:?}");
    ended
        .lines
        .iter()
        .map(|line| {
            let document: Value = serde_json::from_str(line).unwrap();
            let url = document["url"].as_str().unwrap();
            url.rsplit('/').next().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn a_saved_capture_is_listed_filtered_and_written_as_a_har() {
    let home = Directory::new();
    let (path, har) = (home.join("capture.db"), home.join("out.har"));
    let file = path.to_str().unwrap();
    let (program, address) = proxy(Program::corscope(home.path()).args(["proxy", "--save", file]));
    let (blocked, allowed) = (origin(2), raw_origin(ALLOWED));
    for number in 1..=3 {
        ask(
            &address,
            blocked,
            &format!("/blocked-{number}?token=secret"),
        );
    }
    ask(&address, allowed, "/allowed");
    // What is committed can be read beside the one who writes.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while urls(home.path(), &["har", file]).len() < 4 {
        assert!(std::time::Instant::now() < until, "never written");
    }
    assert_eq!(program.interrupt().code, Some(0));

    let fails = ["har", file, "--filter", "cors:fail -path:blocked-2"];
    let listed = urls(home.path(), &fails);
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(listed[0].starts_with("blocked-1") && listed[1].starts_with("blocked-3"));
    assert_eq!(run(home.path(), &fails).code, Some(1));
    let passes = run(home.path(), &["har", file, "--filter", "cors:ok"]);
    assert_eq!(passes.code, Some(0), "{passes:?}");
    let list = run(home.path(), &["har", file, "--format", "list"]);
    let text = list.lines.join("\n");
    assert!(
        text.contains("/allowed") && text.contains("acao-missing"),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");

    let out = har.to_str().unwrap();
    let written = run(home.path(), &[&fails[..], &["--write", out]].concat());
    assert!(
        written.stderr.contains("2 exchanges, without secrets"),
        "{written:?}"
    );
    let document = std::fs::read_to_string(&har).unwrap();
    assert!(!document.contains("secret"), "{document}");
    let document: Value = serde_json::from_str(&document).unwrap();
    let entries = document["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["_corscope"]["standing"], "blocked");
    assert_eq!(urls(home.path(), &["har", out]).len(), 2);
}

#[test]
fn what_is_no_capture_and_no_filter_is_named() {
    let home = Directory::new();
    let path = home.join("x.har");
    std::fs::write(
        &path,
        r#"{"log":{"version":"1.2","creator":{},"entries":[]}}"#,
    )
    .unwrap();
    let file = path.to_str().unwrap();
    for (args, said) in [
        (
            vec!["har", file, "--write", "y.har"],
            "no capture of --save",
        ),
        (vec!["har", file, "--filter", "corz:fail"], "cors"),
        (vec!["proxy", "--filter", "status:x"], "status"),
    ] {
        let ended = run(home.path(), &args);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(said), "{ended:?}");
    }
    // A capture that is cut off is no less a capture.
    let mut broken = b"SQLite format 3\0".to_vec();
    broken.resize(5000, 7);
    std::fs::write(&path, broken).unwrap();
    let ended = run(home.path(), &["har", file]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains(file), "{ended:?}");
}

#[test]
fn a_live_run_looks_only_at_what_its_filter_lets_pass() {
    let home = Directory::new();
    let har = home.join("all.har");
    let mut command = Program::corscope(home.path());
    command.args(["proxy", "--all", "--fail-on", "cors"]);
    command
        .args(["--filter", "path:=/b"])
        .arg("--har")
        .arg(&har);
    let (mut program, address) = proxy(&mut command);
    let (blocked, allowed) = (origin(2), raw_origin(ALLOWED));
    ask(&address, blocked, "/a");
    ask(&address, allowed, "/b");
    let told = program.document("the one that passes");
    assert!(told["url"].as_str().unwrap().ends_with("/b"), "{told}");
    let ended = program.interrupt();
    // What was blocked is none that was asked for; the HAR holds it all the same.
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.lines, [""; 0]);
    let written: Value = serde_json::from_slice(&std::fs::read(har).unwrap()).unwrap();
    assert_eq!(written["log"]["entries"].as_array().unwrap().len(), 2);
}
