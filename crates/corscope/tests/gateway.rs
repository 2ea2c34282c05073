//! `corscope gateway` as users meet it: on the command line, and from pages in Chromium.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up what it needs must panic"
)]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn gateway(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_corscope"))
        .arg("gateway")
        .args(args)
        .output()
        .unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

#[test]
fn bad_input_is_named_and_ends_with_2() {
    let policy = scratch("gateway-policy").join("p.toml");
    fs::write(&policy, "origins = [\"*\"]\ncredentials = true\n").unwrap();
    let policy = policy.to_str().unwrap();
    let to = ["--to", "http://localhost:3000"];
    let table: [(&[&str], &str); 13] = [
        (&[], "--to"),
        (&["--to", "localhost:3000"], "wanted http://host:port"),
        (&["--to", "ftp://a.test"], "neither http: nor https:"),
        (&["--to", "http://u:p@a.test"], "no user or password"),
        (&["--to", "http://a.test/?q"], "no query"),
        (&["--app", "dist"], "--mount"),
        (
            &["--app", "dist", "--mount", "/"],
            "nothing is left for --app",
        ),
        (&["--app", "/none/such", "--mount", "/api"], "/none/such: "),
        (&["--app", "ftp://x", "--mount", "/api"], "--app ftp://x"),
        (&["--mount", "api"], "\"api\" is no path"),
        (&["--origin", "https://app.test/"], "https://app.test"),
        (
            &["--origin", "*", "--credentials"],
            "wildcard-with-credentials",
        ),
        (&["--policy", policy], "wildcard-with-credentials"),
    ];
    for (args, wanted) in table {
        let has_to = args.is_empty() || args.contains(&"--to");
        let args = if has_to {
            args.to_vec()
        } else {
            [&to, args].concat()
        };
        let output = gateway(&args);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
        assert!(message.contains(wanted), "{args:?}: {message}");
    }
}

#[test]
fn a_port_in_use_is_named_and_ends_with_3() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let output = gateway(&[
        "--to",
        "http://localhost:1",
        "--listen",
        &address.to_string(),
    ]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{message}");
    let wanted = format!("the port {} is in use", address.port());
    assert!(message.contains(&wanted), "{message}");
}

/// The directory that holds `node_modules`, installed once.
fn packages() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gateway-node");
    let list = sources().join("package.json");
    let stamp = directory.join("installed");
    let wanted = fs::read_to_string(&list).unwrap();
    if fs::read_to_string(&stamp).unwrap_or_default() != wanted {
        let _ = fs::remove_dir_all(&directory); // of an older list
        fs::create_dir_all(&directory).unwrap();
        fs::copy(list, directory.join("package.json")).unwrap();
        let installed = Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund"])
            .current_dir(&directory)
            .status()
            .unwrap();
        assert!(
            installed.success(),
            "npm install failed; without a network: CORSCOPE_SKIP_REAL_SERVERS=1"
        );
        fs::write(stamp, wanted).unwrap();
    }
    directory
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/gateway")
}

#[test]
fn pages_in_chromium_use_it() {
    if std::env::var("CORSCOPE_SKIP_REAL_SERVERS").is_ok_and(|value| value == "1") {
        return;
    }
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let output = Command::new("node")
        .arg(sources().join("pages.mjs"))
        .args([packages().as_os_str(), chromium.as_ref()])
        .arg(env!("CARGO_BIN_EXE_corscope"))
        .arg(scratch("gateway-app"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let results: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failed: Vec<String> = results
        .iter()
        .filter(|result| result["holds"] != true)
        .map(|result| format!("{}: got {}", result["check"], result["detail"]))
        .collect();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(failed.is_empty(), "{}\n{errors}", failed.join("\n"));
    assert_eq!(results.len(), 20, "{text}\n{errors}");
}
