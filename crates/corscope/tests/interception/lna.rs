//! Local Network Access: what the proxy hides is told, and the faithful mode lets it happen.
//!
//! The page is on a public address, for which it needs a network of its own that leads nowhere.

use std::path::Path;

use serde_json::Value;

use super::alone::{on_own_network, own_network};
use super::program::Program;
use super::{Directory, skipped};

/// Somebody's public address, which leads nowhere else there.
const PUBLIC: &str = "8.8.4.4";

/// Opens the page in Chromium, and gives what is told of its request.
fn told(home: &Path, more: &str) -> Value {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/lna/serve.mjs");
    let script = format!(
        "ip addr add {PUBLIC}/32 dev lo && exec node {} {PUBLIC} \"$0\" open '{{page}}' --headless \
         --format jsonl --browser chromium {more}",
        server.display()
    );
    let mut program = Program::start(&mut own_network(home, &script));
    program.document("the browser's start");
    let document = loop {
        let document = program.document("the request");
        let is_it = document["url"]
            .as_str()
            .is_some_and(|it| it.ends_with("/item"));
        if is_it && !document["fetch"].is_null() {
            break document;
        }
    };
    let ended = program.interrupt();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    document
}

#[test]
fn what_local_network_access_would_deny_is_told_and_the_faithful_mode_denies_it() {
    let home = Directory::new();
    if skipped() || on_own_network(home.path(), "true").is_none() {
        return;
    }
    let hidden = told(home.path(), "");
    assert_eq!(hidden["standing"], "allowed", "{hidden}");
    let cause = hidden["hidden_by_proxy"].as_str().unwrap();
    let notes = hidden["notes"].to_string();
    assert!(
        notes.contains("denied without the proxy") && notes.contains(cause),
        "{hidden}"
    );

    let denied = told(home.path(), "--lna-faithful");
    assert_eq!(denied["standing"], "blocked", "{denied}");
    assert!(denied["hidden_by_proxy"].is_null(), "{denied}");
    assert!(denied["disagreement"].is_null(), "{denied}");
    // What was computed is what the browser does.
    assert_eq!(denied["verdict"]["blocked_by"]["cause"], cause, "{denied}");
    assert!(
        denied["verdict"]["root_cause"]["rule"].is_string(),
        "{denied}"
    );
}
