//! "Make it pass" on the demo in real browsers: each failure that changed answers can mend is blocked at
//! first, and readable once it was mended.

use std::collections::{BTreeMap, BTreeSet};

use corscope::demo::{DemoServer, PAGE_ORIGIN, pages};
use serde_json::Value;

use super::program::Program;
use super::{BROWSERS, Directory, skipped};

/// The page loads itself again and again: by a line that a rewrite puts before its script.
const RELOADED: &str = r#"
[[rewrite]]
name = "load the page again"
match = { path = ["/try.js"] }
do = [{ replace-in-response-body = { pattern = '\A', with = "setTimeout(() => location.reload(), 15000);" } }]
"#;

/// Endpoints that are mended in every browser, at the least.
const MENDED: usize = 50;

/// Of so many the server's part is told; the others' mistake is not the server's policy.
const TOLD: usize = 45;

/// What stays as it was: the answer that decides it lies in the browser's own HTTP cache, which later
/// answers do not change.
const IN_CACHE: &str = "cache-missing-vary-origin";

fn path_of(document: &Value) -> Option<String> {
    let url = document["url"].as_str()?;
    let path = url.splitn(4, '/').nth(3)?;
    Some(path.split('/').next()?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_to_pass_passes_in_the_browser() {
    if skipped() {
        return;
    }
    let demo = DemoServer::start([127, 0, 0, 1].into(), 0).await.unwrap();
    let catalogue = pages::catalogue_json(demo.places());
    let page = format!("{}#all", demo.places().try_page());
    let blocked: BTreeSet<String> = catalogue["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["from"] == PAGE_ORIGIN)
        .filter(|it| !["readable", "opaque"].contains(&it["outcome"].as_str().unwrap()))
        .map(|it| {
            it["path"]
                .as_str()
                .unwrap()
                .trim_start_matches('/')
                .to_owned()
        })
        .collect();
    for browser in BROWSERS {
        tokio::task::block_in_place(|| mend(browser, &page, &blocked));
    }
}

fn mend(browser: &str, page: &str, blocked: &BTreeSet<String>) {
    let home = Directory::new();
    let rules = home.join("rules.toml");
    std::fs::write(&rules, RELOADED).unwrap();
    let mut command = Program::corscope(home.path());
    command.args(["open", page, "--headless", "--format", "jsonl", "--fix"]);
    command.args(["--browser", browser, "--rules"]).arg(&rules);
    let mut program = Program::start(&mut command);
    program.document("the browser's start");
    // Which endpoint a fetch was for, what was said of mending it, and which passed after that.
    let mut fetches: BTreeMap<u64, String> = BTreeMap::new();
    let mut mended: BTreeMap<String, (u64, String)> = BTreeMap::new();
    let mut green: BTreeSet<String> = BTreeSet::new();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(240);
    while mended.len() < MENDED || green.len() < mended.len() {
        let document = program.document("the next word");
        if let (Some(number), Some(path)) = (document["fetch"].as_u64(), path_of(&document)) {
            fetches.insert(number, path.clone());
            let passes = ["allowed", "opaque"].contains(&document["standing"].as_str().unwrap());
            let is_later = mended.get(&path).is_some_and(|(first, _)| *first < number);
            if passes && is_later {
                assert!(document["disagreement"].is_null(), "{browser}: {document}");
                green.insert(path);
            }
        } else if document["passes"] == true {
            let number = document["of"].as_u64().unwrap();
            let text = document["fix"].as_str().unwrap().to_owned();
            let path = fetches[&number].clone();
            if path == IN_CACHE {
                continue;
            }
            mended.entry(path).or_insert((number, text));
        }
        let mut red = mended.keys().filter(|it| !green.contains(*it));
        assert!(
            std::time::Instant::now() < until,
            "{browser}: {} mended, not green: {:?}",
            mended.len(),
            red.by_ref().collect::<Vec<_>>()
        );
    }
    let ended = program.interrupt();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    println!("{browser}: {} endpoints are green", green.len());
    for path in mended.keys() {
        assert!(blocked.contains(path), "{browser}, {path}: was not blocked");
    }
    let told = ["On the server", "What mends it", "lets more in"];
    let is_told = |text: &str| told.iter().any(|it| text.contains(it));
    let count = mended.values().filter(|(_, text)| is_told(text)).count();
    assert!(
        count >= TOLD,
        "{browser}: of {count} the server's part is told"
    );
}
