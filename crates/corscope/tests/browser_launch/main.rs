//! Launches the installed Chromium and Firefox without windows, and compares what they say about
//! the demo server's endpoints with what is known of them; then looks for what they leave behind.
//!
//! `CORSCOPE_SKIP_REAL_SERVERS=1` does without these tests.

mod left_behind;
mod page;
mod says;
mod trust;

use std::path::PathBuf;
use std::time::Duration;

use corscope::browser::{BrowserEvent, LaunchOptions, Launched, find, launch};

/// Where a test's profiles stand; removed with it.
pub(crate) struct Root(pub(crate) PathBuf);

impl Root {
    pub(crate) fn new(name: &str) -> Self {
        let folder = format!("corscope-launch-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(folder))
    }

    /// How many profiles stand there.
    pub(crate) fn profiles(&self) -> usize {
        std::fs::read_dir(&self.0).map_or(0, Iterator::count)
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn skipped() -> bool {
    let skipped = std::env::var("CORSCOPE_SKIP_REAL_SERVERS").is_ok_and(|value| value == "1");
    if skipped {
        eprintln!("skipped, since CORSCOPE_SKIP_REAL_SERVERS=1 says so");
    }
    skipped
}

pub(crate) fn options(browser: &str, url: &str, root: &Root) -> LaunchOptions {
    let browser = find(Some(browser)).unwrap();
    LaunchOptions {
        headless: true,
        profile_roots: Some(vec![root.0.clone()]),
        ..LaunchOptions::new(browser, url)
    }
}

pub(crate) async fn start(options: LaunchOptions) -> Launched {
    launch(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Reads on until `is_it` holds for what is known of a request.
pub(crate) async fn until(
    browser: &mut Launched,
    what: &str,
    mut is_it: impl FnMut(&BrowserEvent) -> bool,
) -> BrowserEvent {
    let mut seen = Vec::new();
    let reading = async {
        while let Some(event) = browser.next_event().await {
            if is_it(&event) {
                return Some(event);
            }
            seen.push(event);
        }
        None
    };
    // Far more than it takes: only a failure waits that long.
    let found = tokio::time::timeout(Duration::from_secs(60), reading).await;
    match found {
        Ok(Some(event)) => event,
        Ok(None) => panic!("the browser ended before {what}; it told {seen:#?}"),
        Err(_) => panic!("no {what}; it told {seen:#?}"),
    }
}
