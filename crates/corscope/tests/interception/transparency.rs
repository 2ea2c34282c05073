//! A page behaves the same with and without the proxy: each case of `e2e/transparency`, in real
//! browsers, once directly and once through `corscope proxy`; what script saw and what reached the
//! server is compared.

use std::collections::BTreeSet;

use corscope::browser::{LaunchOptions, find, launch};
use corscope_wire::proxy::{Authority, AuthorityConfig};
use serde_json::Value;

use super::origin::Origin;
use super::program::Program;
use super::{BROWSERS, Directory, skipped};

/// A case in which the two runs differ on purpose.
struct Exception {
    case: &'static str,
    reason: &'static str,
}

const ANSWERED: &str = "where there is no response the proxy answers in the server's place, so that \
    script can read what happened; without it script is told nothing";

const EXCEPTIONS: [Exception; 5] = [
    Exception {
        case: "http: broken by hand: no-http",
        reason: ANSWERED,
    },
    Exception {
        case: "https: broken by hand: no-http",
        reason: ANSWERED,
    },
    Exception {
        case: "http: broken by hand: nothing",
        reason: ANSWERED,
    },
    Exception {
        case: "https: broken by hand: nothing",
        reason: ANSWERED,
    },
    Exception {
        case: "http: reset before an answer",
        reason: ANSWERED,
    },
];

/// Runs the page once, and gives the server's report of it.
async fn report(options: LaunchOptions, origin: &mut Origin, name: &str) -> Value {
    let mut launched = launch(LaunchOptions {
        url: origin.page(name),
        headless: true,
        ..options
    })
    .await
    .unwrap_or_else(|error| panic!("{error}"));
    let report = tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            let report = scope.spawn(|| origin.report(name));
            // What the browser tells must be read, or it waits.
            let runtime = tokio::runtime::Handle::current();
            while !report.is_finished() {
                let pause = std::time::Duration::from_millis(50);
                let _ = runtime.block_on(tokio::time::timeout(pause, launched.next_event()));
            }
            report.join().unwrap()
        })
    });
    launched.close().await.unwrap();
    report
}

/// What of a run is compared: for each case what script saw, and what reached the server.
fn compared<'a>(report: &'a Value, case: &str) -> (&'a Value, Vec<String>) {
    let entries = report["served"][case].as_array();
    let mut served: Vec<String> = entries
        .into_iter()
        .flatten()
        .map(|entry| comparable(case, entry))
        .collect();
    if case.ends_with("twenty at once") {
        served.sort(); // nothing says in which order
    }
    (&report["seen"][case], served)
}

fn comparable(case: &str, entry: &Value) -> String {
    let mut entry = entry.clone();
    // Some entries are a word of the server's own.
    if let Some(headers) = entry.get_mut("headers").and_then(Value::as_array_mut) {
        headers.retain(|header| {
            let header = header.as_str().unwrap().to_ascii_lowercase();
            // To a proxy browsers say `Proxy-Connection`, which is not for the server.
            let hop = header == "connection: keep-alive";
            // Firefox changes it with what is in view at the moment.
            let urgency = case.contains("image") && header.starts_with("priority:");
            !(hop || urgency)
        });
        // The `h2` crate writes pseudo-header fields in an order of its own; the others keep theirs.
        headers.sort_by_key(|header| {
            let header = header.as_str().unwrap();
            header.starts_with(':').then(|| header.to_owned()).ok_or(())
        });
    }
    entry.to_string()
}

/// Compares the two runs, printing every case by its name; gives the names of those that differ.
fn differences(browser: &str, direct: &Value, proxied: &Value) -> BTreeSet<String> {
    let cases = direct["seen"].as_object().unwrap();
    assert_eq!(cases.len(), proxied["seen"].as_object().unwrap().len());
    let mut differing = BTreeSet::new();
    for case in cases.keys() {
        let (one, other) = (compared(direct, case), compared(proxied, case));
        let hangs = [&one, &other].map(|(seen, _)| *seen == "TIMED OUT");
        assert_eq!(hangs, [false; 2], "{browser}, {case}: directly, proxied");
        if one == other {
            println!("{browser}, {case}: the same");
            continue;
        }
        println!("{browser}, {case}: DIFFERS");
        if !EXCEPTIONS.iter().any(|it| it.case == case) {
            println!("  directly: {} {:#?}", one.0, one.1);
            println!("  proxied:  {} {:#?}", other.0, other.1);
        }
        differing.insert(case.clone());
    }
    differing
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_behaves_the_same_with_and_without_the_proxy() {
    if skipped() {
        return;
    }
    let directory = Directory::new();
    let mut origin = Origin::start(directory.path());
    let authority = AuthorityConfig::new(directory.join("ca"));
    let mut proxy = Program::start(
        Program::corscope(directory.path())
            .args(["proxy", "--listen", "127.0.0.1:0", "--format", "jsonl"])
            .arg("--ca-dir")
            .arg(&authority.directory)
            .arg("--cacert")
            .arg(&origin.authority),
    );
    let ready = proxy.document("the proxy's address");
    let address = ready["proxy"].as_str().unwrap().parse().unwrap();
    let spki_sha256 = Authority::open(&authority)
        .unwrap()
        .spki_sha256()
        .to_owned();
    for name in BROWSERS {
        let plain = LaunchOptions {
            profile_roots: Some(vec![directory.join("profiles")]),
            ..LaunchOptions::new(find(Some(name)).unwrap(), "")
        };
        let direct = LaunchOptions {
            ca_spki_sha256: Some(origin.spki_sha256.clone()),
            ca_cert_pem: Some(origin.authority.clone()),
            ..plain.clone()
        };
        let direct = report(direct, &mut origin, name).await;
        let proxied = LaunchOptions {
            proxy_addr: Some(address),
            ca_spki_sha256: Some(spki_sha256.clone()),
            ca_cert_pem: Some(Authority::certificate_path(&authority)),
            ..plain
        };
        let proxied = report(proxied, &mut origin, name).await;
        // Otherwise the suite would compare HTTP/1.1 with itself.
        for report in [&direct, &proxied] {
            assert_eq!(report["served"]["h2: GET"][0]["version"], "2.0");
        }
        let differing = differences(name, &direct, &proxied);
        let on_purpose: BTreeSet<String> = EXCEPTIONS.iter().map(|it| it.case.to_owned()).collect();
        for exception in EXCEPTIONS {
            println!("on purpose, {}: {}", exception.case, exception.reason);
        }
        assert_eq!(differing, on_purpose, "{name}: those that differ");
    }
    let ended = proxy.interrupt();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}
