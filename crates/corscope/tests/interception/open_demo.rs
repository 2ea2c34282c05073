//! `corscope open` on the demo's page, in real browsers: each endpoint's fetch is explained as the
//! catalogue says, the browser's own verdict never differs, and nothing stays behind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use corscope::demo::{DemoServer, PAGE_ORIGIN, pages};
use serde_json::Value;

use super::program::Program;
use super::{BROWSERS, Directory, skipped};

/// An endpoint that is told otherwise than the catalogue says.
struct Exception {
    browsers: &'static [&'static str],
    endpoint: &'static str,
    /// What may be told, in the words of [`in_words`]; nothing when nothing is told.
    told: &'static [&'static str],
    reason: &'static str,
}

const NOT_SENT: &str =
    "the browser throws before anything is sent, and tells nobody but the script";
const NOT_READ: &str = "which header the script reads is on no wire";
const FIREFOX: &[&str] = &["firefox"];

const fn never_told(endpoint: &'static str) -> Exception {
    Exception {
        browsers: &BROWSERS,
        endpoint,
        told: &[""],
        reason: NOT_SENT,
    }
}

const fn read_unseen(endpoint: &'static str) -> Exception {
    Exception {
        browsers: &BROWSERS,
        endpoint,
        told: &["allowed, root cause none, found []"],
        reason: NOT_READ,
    }
}

const EXCEPTIONS: [Exception; 11] = [
    never_told("mode-same-origin"),
    never_told("no-cors-method-not-allowed"),
    never_told("forbidden-method"),
    never_told("url-has-credentials"),
    Exception {
        browsers: FIREFOX,
        ..never_told("unsafe-port")
    },
    read_unseen("response-header-not-exposed"),
    read_unseen("expose-wildcard-with-credentials"),
    read_unseen("forbidden-response-header"),
    Exception {
        browsers: &BROWSERS,
        endpoint: "authorization-not-covered-by-wildcard",
        told: &["allowed, root cause none, found [authorization-not-covered-by-wildcard]"],
        reason: "browsers only warn; the catalogue speaks of the standard",
    },
    Exception {
        browsers: FIREFOX,
        endpoint: "redirect-mode-error",
        told: &["unknown, root cause none, found []"],
        reason: "Firefox does not say that the script forbade redirects",
    },
    Exception {
        browsers: &BROWSERS,
        endpoint: "slow-head",
        told: &["blocked, root cause request-aborted, found [request-aborted]"],
        reason: "the page gives up after five seconds, before a time limit of ours",
    },
];

/// What was told last of each fetch.
#[derive(Default)]
struct Told {
    fetches: BTreeMap<u64, Value>,
}

impl Told {
    fn take(&mut self, document: Value) {
        if let Some(number) = document["fetch"].as_u64() {
            self.fetches.insert(number, document);
        }
    }

    /// The fetches that asked for that path, or for a stop behind it.
    fn of<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Value> {
        self.fetches.values().filter(move |document| {
            let url = document["url"].as_str().unwrap();
            let asked = url.splitn(4, '/').nth(3).unwrap_or_default();
            asked.split('/').next() == Some(path.trim_start_matches('/'))
        })
    }

    /// The same in words; empty when nothing was told.
    fn words(&self, path: &str) -> String {
        let mut words: Vec<String> = self.of(path).map(in_words).collect();
        words.sort();
        words.join("; ")
    }
}

fn found(document: &Value) -> Vec<&str> {
    let diagnostics = document["verdict"]["diagnostics"].as_array();
    let rules = diagnostics.into_iter().flatten();
    rules.filter_map(|it| it["rule"].as_str()).collect()
}

fn root(document: &Value) -> Option<&str> {
    document["verdict"]["root_cause"]["rule"].as_str()
}

fn in_words(document: &Value) -> String {
    format!(
        "{}, root cause {}, found [{}]",
        document["standing"].as_str().unwrap(),
        root(document).unwrap_or("none"),
        found(document).join(" "),
    )
}

/// Whether a fetch is explained as the catalogue says.
fn is_as_said(document: &Value, endpoint: &Value) -> bool {
    let standing = document["standing"].as_str().unwrap();
    let (wanted, deciding) = match endpoint["outcome"].as_str().unwrap() {
        "readable" => ("allowed", false),
        "opaque" => ("opaque", false),
        _ => ("blocked", true),
    };
    let explained = match endpoint["rule"].as_str() {
        Some(rule) if deciding => root(document) == Some(rule),
        // A response that can be read has no deciding refusal: the finding need only be there.
        Some(rule) => found(document).contains(&rule),
        None => root(document).is_none(),
    };
    // The proxy answers for a server that does not: the page can read that, and is told so.
    standing == wanted && explained
}

fn differences(browser: &str, endpoints: &[Value], told: &Told) -> Vec<String> {
    let mut differing = Vec::new();
    for endpoint in endpoints {
        let path = endpoint["path"].as_str().unwrap();
        let mut fetches = told.of(path).peekable();
        let as_said = fetches.peek().is_some() && fetches.all(|it| is_as_said(it, endpoint));
        let words = told.words(path);
        let exception = exception(browser, path);
        match exception {
            None if as_said => println!("{browser}, {path}: as the catalogue says"),
            None => differing.push(format!(
                "{browser}, {path}: {words}; wanted {}",
                endpoint["rule"]
            )),
            Some(it) if as_said => {
                differing.push(format!(
                    "{browser}, {path}: no longer differs ({})",
                    it.reason
                ));
            }
            Some(it) if it.told.contains(&&*words) => {
                println!("{browser}, {path}: {}", it.reason)
            }
            Some(it) => differing.push(format!("{browser}, {path}: {words}; wanted {:?}", it.told)),
        }
    }
    differing
}

fn exception(browser: &str, path: &str) -> Option<&'static Exception> {
    let is_it = |it: &&Exception| {
        path.trim_start_matches('/') == it.endpoint && it.browsers.contains(&browser)
    };
    EXCEPTIONS.iter().find(is_it)
}

/// Processes that were started for something below `folder`.
pub(crate) fn users_of(folder: &Path) -> Vec<String> {
    let list = Command::new("ps")
        .args(["-eww", "-o", "pid=,args="])
        .output()
        .unwrap();
    String::from_utf8_lossy(&list.stdout)
        .lines()
        .filter(|line| line.contains(&*folder.to_string_lossy()))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn open_explains_every_endpoint_of_the_demo_as_the_catalogue_does() {
    if skipped() {
        return;
    }
    let demo = DemoServer::start([127, 0, 0, 1].into(), 0).await.unwrap();
    let catalogue = pages::catalogue_json(demo.places());
    // The others belong to another page than the demo's, and no page can be somebody else.
    let endpoints: Vec<Value> = catalogue["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|endpoint| endpoint["from"] == PAGE_ORIGIN)
        .cloned()
        .collect();
    let page = format!("{}#all", demo.places().try_page());
    let mut differing = Vec::new();
    for browser in BROWSERS {
        differing.extend(tokio::task::block_in_place(|| {
            open(browser, &page, &endpoints)
        }));
    }
    assert_eq!(differing, [""; 0]);
}

/// What is not as it should be.
fn open(browser: &str, page: &str, endpoints: &[Value]) -> Vec<String> {
    let home = Directory::new();
    let mut program = Program::start(
        Program::corscope(home.path())
            .args(["open", page, "--headless", "--format", "jsonl"])
            .args(["--browser", browser]),
    );
    let ready = program.document("the browser's start");
    assert!(ready["browser_pid"].is_u64() && !users_of(home.path()).is_empty());
    let mut told = Told::default();
    let wanted = |told: &Told| {
        let is_told = |endpoint: &&Value| {
            let path = endpoint["path"].as_str().unwrap();
            // What stays unknown is told at the end.
            let late = |told: &&str| told.is_empty() || told.starts_with("unknown");
            let is_silent = exception(browser, path).is_some_and(|it| it.told.iter().all(late));
            is_silent || told.of(path).next().is_some()
        };
        endpoints.iter().find(|it| !is_told(it)).cloned()
    };
    // A browser that has nothing more to ask of the last one is done with all.
    while let Some(endpoint) = wanted(&told) {
        told.take(program.document(&format!("a word on {}", endpoint["path"])));
    }
    let ended = program.interrupt();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for line in &ended.lines {
        told.take(serde_json::from_str(line).unwrap());
    }
    leaves_nothing(browser, home.path());
    let mut differing = differences(browser, endpoints, &told);
    for document in told.fetches.values() {
        let Some(disagreement) = document["disagreement"].as_str() else {
            continue;
        };
        differing.push(format!("{browser}, {}: {disagreement}", document["url"]));
    }
    differing
}

fn leaves_nothing(browser: &str, home: &Path) {
    // What was killed needs a moment to be gone.
    let until = Instant::now() + Duration::from_secs(20);
    while !users_of(home).is_empty() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(users_of(home), [""; 0], "{browser}");
    let profiles = std::fs::read_dir(home.join("cache/corscope/browsers")).unwrap();
    assert_eq!(profiles.count(), 0, "{browser}");
    // Nor anything beside the profile: crash reports, caches, settings, an empty folder for downloads.
    let mut left: Vec<_> = below(home)
        .chain(
            ["cache", "config"]
                .iter()
                .flat_map(|it| below(&home.join(it))),
        )
        .collect();
    left.retain(|path| {
        !["cache", "config", "corscope"]
            .iter()
            .any(|it| path.ends_with(it))
    });
    assert!(left.is_empty(), "{browser}: {left:?}");
}

fn below(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|it| it.unwrap().path())
}
