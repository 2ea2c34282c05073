//! `corscope check` through the real binary against real nginx and real Node servers, over
//! HTTP/1.1 in clear, HTTP/1.1 over TLS, and h2. The servers' own files are in `e2e/real_servers`.
//!
//! `cargo test -p corscope --test real_servers -- --ignored --nocapture` prints what `check` says
//! in each case, as a user would read it.

mod actual;
mod case;
mod certificates;
mod healthy;
mod network;
mod preflight;
mod redirect;
mod servers;

use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use case::Case;
use serde_json::Value;
use servers::{Protocol, Servers};

fn cases() -> Vec<Case> {
    [
        actual::cases(),
        preflight::cases(),
        redirect::cases(),
        network::cases(),
        healthy::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn check(servers: &Servers, case: &Case, protocol: Protocol, format: &str) -> Output {
    let corscope = |args: Vec<String>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corscope"));
        command
            .arg("check")
            .args(args)
            .args(["--format", format])
            .output()
            .unwrap()
    };
    if let Some(page) = case.after {
        let mut args = case.args_of(page, servers, protocol);
        args.push("--no-probes".to_owned());
        let output = corscope(args);
        assert!(
            output.status.success(),
            "{page} is not let in by {}",
            case.name
        );
    }
    corscope(case.args(servers, protocol))
}

fn examine(servers: &Servers, case: &Case, protocol: Protocol) -> Result<(), String> {
    let output = check(servers, case, protocol, "json");
    let document: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
    case.examine(&document, output.status.code(), servers, protocol)
}

#[test]
fn check_says_what_is_wrong_with_nginx_and_node() {
    if servers::are_skipped() {
        eprintln!("skipped, since CORSCOPE_SKIP_REAL_SERVERS=1 says so");
        return;
    }
    let servers = Servers::start();
    let cases = cases();
    let runs: Vec<(&Case, Protocol)> = Protocol::ALL
        .into_iter()
        .flat_map(|protocol| cases.iter().map(move |case| (case, protocol)))
        .filter(|(case, protocol)| case.protocols.contains(protocol))
        .collect();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((case, protocol)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(problem) = examine(&servers, case, *protocol) {
                        let failure = format!("{}, {protocol:?}: {problem}", case.name);
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(runs.len() > 200, "only {} runs", runs.len());
    assert!(
        failures.is_empty(),
        "{} of {} runs:\n{}",
        failures.len(),
        runs.len(),
        failures.join("\n")
    );
}

#[test]
#[ignore = "prints for a reader and asserts nothing"]
fn show_what_check_says() {
    let servers = Servers::start();
    for case in cases() {
        let output = check(&servers, &case, case.protocols[0], "text");
        println!(
            "######## {}: {}",
            case.name,
            case.args(&servers, case.protocols[0]).join(" ")
        );
        println!("{}", String::from_utf8_lossy(&output.stdout));
    }
}
