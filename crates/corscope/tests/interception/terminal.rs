//! A live run steered from its terminal: what waits at a breakpoint is edited, answered, dropped, and
//! its HAR keeps both what came and what went on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread::JoinHandle;

use serde_json::Value;

use super::Directory;
use super::faults::{ANY_PORT, raw_origin};
use super::program::Program;

const RULES: &str = r#"
[[breakpoint]]
name = "requests"
on = ["request"]
match = { path = ["/request"] }

[[breakpoint]]
name = "responses"
on = ["response"]
match = { path = ["/response"] }
"#;

/// Asks for `path` through the proxy, on a thread, since the answer may be held.
fn ask(proxy: &str, server: u16, path: &str) -> JoinHandle<String> {
    let mut stream = TcpStream::connect(proxy).unwrap();
    let request = format!(
        "POST http://127.0.0.1:{server}{path} HTTP/1.1\r\nHost: 127.0.0.1:{server}\r\n\
         Origin: http://localhost:5173\r\nX-Old: 1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
    );
    std::thread::spawn(move || {
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer); // what is dropped ends in an error
        answer
    })
}

#[test]
fn what_is_held_is_edited_from_the_terminal_and_both_versions_are_kept() {
    let home = Directory::new();
    let (rules, har) = (home.join("rules.toml"), home.join("capture.har"));
    std::fs::write(&rules, RULES).unwrap();
    std::fs::write(home.join("body.txt"), "from a file").unwrap();
    let server = raw_origin(
        b"HTTP/1.1 500 Oh\r\nX-Old: 1\r\nX-Gone: 1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nold",
    );
    let mut command = Program::corscope(home.path());
    command.args(["proxy", "--no-ui", "--rules"]).arg(&rules);
    command.arg("--har").arg(&har).args(ANY_PORT);
    let mut program = Program::start(&mut command);
    let address = program.line_with("listening on");
    let address = address.rsplit(' ').next().unwrap();

    let asked = ask(address, server, "/response");
    let held = program.line_with("held:");
    assert!(
        held.contains("response of POST") && held.contains("(by breakpoint responses)"),
        "{held}"
    );
    program.say("show 1");
    program.line_with("    500");
    program.line_with("X-Gone: 1");
    program.line_with("old");
    program.say("go 1 --status 9");
    program.line_with("status");
    program.say(&format!(
        "go 1 --status 201 --set 'X-Old: 2' --add \"X-New: a b\" --remove x-gone --body @{}",
        home.join("body.txt").display()
    ));
    let answer = asked.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nfrom a file"), "{answer}");
    assert!(
        answer.contains("X-Old: 2\r\n") && answer.contains("X-New: a b\r\n"),
        "{answer}"
    );
    assert!(answer.contains("Content-Length: 11\r\n"), "{answer}");
    assert!(!answer.contains("X-Gone"), "{answer}");

    let asked = ask(address, server, "/request");
    program.line_with("request of POST");
    program.say("go #2 --method PUT --set 'X-Old: 3' --body changed");
    assert!(asked.join().unwrap().starts_with("HTTP/1.1 500"));

    let asked = ask(address, server, "/request");
    program.line_with("request of POST");
    program.say("go 3 --status 204");
    program.line_with("`answer`");
    program.say("answer 3 --status 418 --set 'X-By: hand'");
    let answer = asked.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 418"), "{answer}");
    assert!(answer.contains("X-By: hand\r\n"), "{answer}");

    let asked = ask(address, server, "/response");
    program.line_with("response of POST");
    program.say("held");
    program.line_with("  4  response of POST");
    program.say("drop 4");
    assert_eq!(asked.join().unwrap(), "");
    program.say("go 4");
    program.line_with("nothing waits under 4");
    program.say("quit");
    assert_eq!(program.end().code, Some(0));

    let written: Value = serde_json::from_slice(&std::fs::read(har).unwrap()).unwrap();
    let entries = written["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 4);
    assert_eq!(entries[0]["response"]["status"], 201);
    let original = &entries[0]["_corscope_modified"];
    assert_eq!(original["response"]["status"], 500, "{original}");
    assert_eq!(entries[1]["request"]["method"], "PUT");
    let original = &entries[1]["_corscope_modified"];
    assert_eq!(original["request"]["method"], "POST", "{original}");
}

#[test]
fn the_guides_rules_file_is_one() {
    let home = Directory::new();
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/debugger.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let rules = home.join("rules.toml");
    std::fs::write(&rules, rest.split_once("```").unwrap().0).unwrap();
    let mut command = Program::corscope(home.path());
    command.args(["proxy", "--no-ui", "--rules"]).arg(&rules);
    let mut program = Program::start(command.args(ANY_PORT));
    program.line_with("listening on");
    program.say("list");
    program.line_with("let the app in");
    program.line_with("answer without the server");
    program.say("quit");
    assert_eq!(program.end().code, Some(0));
}
