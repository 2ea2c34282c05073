//! What the browsers leave behind: nothing.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use corscope::browser::{Launched, profile};

use super::page::PageServer;
use super::{Root, options, skipped, start, until};

const BROWSERS: [&str; 2] = ["chromium", "firefox"];

/// Tells the killed run where to put its profile, and which browser to launch.
const ROOT: &str = "CORSCOPE_TEST_PROFILE_ROOT";
const BROWSER: &str = "CORSCOPE_TEST_BROWSER";

fn uses(folder: &Path) -> Vec<String> {
    let list = Command::new("ps")
        .args(["-eww", "-o", "pid=,stat=,args="])
        .output()
        .unwrap();
    String::from_utf8_lossy(&list.stdout)
        .lines()
        .filter(|line| line.contains(&*folder.to_string_lossy()))
        .map(str::to_owned)
        .collect()
}

async fn page() -> PageServer {
    PageServer::start("<title>here</title>".to_owned()).await
}

async fn opened(browser: &mut Launched) {
    until(browser, "page", |event| event.status == Some(200)).await;
}

#[tokio::test]
async fn after_close_no_process_and_no_profile_remain() {
    if skipped() {
        return;
    }
    let page = page().await;
    for name in BROWSERS {
        let root = Root::new(&format!("{name}-close"));
        let mut browser = start(options(name, &page.url(), &root)).await;
        opened(&mut browser).await;
        assert!(!uses(&root.0).is_empty());
        browser.close().await.unwrap();
        assert_eq!(uses(&root.0), [""; 0], "{name}");
        assert_eq!(root.profiles(), 0, "{name}");
    }
}

#[tokio::test]
async fn dropping_ends_the_browser_too() {
    if skipped() {
        return;
    }
    let page = page().await;
    for name in BROWSERS {
        let root = Root::new(&format!("{name}-drop"));
        let mut browser = start(options(name, &page.url(), &root)).await;
        opened(&mut browser).await;
        drop(browser);
        // What is killed needs a moment to be gone.
        for _ in 0..200 {
            if uses(&root.0).is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(uses(&root.0), [""; 0], "{name}");
        assert_eq!(root.profiles(), 0, "{name}");
    }
}

#[tokio::test]
async fn a_crash_ends_the_stream() {
    if skipped() {
        return;
    }
    let page = page().await;
    for name in BROWSERS {
        let root = Root::new(&format!("{name}-crash"));
        let mut browser = start(options(name, &page.url(), &root)).await;
        opened(&mut browser).await;
        let killed = Command::new("kill")
            .args(["-KILL", &browser.pid().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        let end = async { while browser.next_event().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(60), end)
            .await
            .unwrap();
        browser.close().await.unwrap();
        assert_eq!(uses(&root.0), [""; 0], "{name}");
        assert_eq!(root.profiles(), 0, "{name}");
    }
}

#[tokio::test]
async fn what_a_killed_run_left_is_removed_at_the_next_start() {
    if skipped() {
        return;
    }
    for name in BROWSERS {
        let root = Root::new(&format!("{name}-killed"));
        let mut run = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "left_behind::a_run_that_is_killed", "--ignored"])
            .env(ROOT, &root.0)
            .env(BROWSER, name)
            .spawn()
            .unwrap();
        let ready = root.0.with_extension("ready");
        while !ready.exists() {
            assert_eq!(run.try_wait().unwrap(), None, "{name} did not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        std::fs::remove_file(ready).unwrap();
        assert!(!uses(&root.0).is_empty());
        run.kill().unwrap();
        run.wait().unwrap();
        assert_eq!(root.profiles(), 1);
        assert_eq!(profile::remove_stale(std::slice::from_ref(&root.0)), 1);
        assert_eq!(root.profiles(), 0, "{name}");
        for _ in 0..200 {
            if uses(&root.0).is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(uses(&root.0), [""; 0], "{name}");
    }
}

/// Not a test: what the test above starts and kills.
#[tokio::test]
#[ignore = "is run, and killed, by another test"]
async fn a_run_that_is_killed() {
    let (Ok(root), Ok(name)) = (std::env::var(ROOT), std::env::var(BROWSER)) else {
        return;
    };
    let page = page().await;
    // Forgotten, so that the folder stays.
    let root = std::mem::ManuallyDrop::new(Root(root.into()));
    let mut browser = start(options(&name, &page.url(), &root)).await;
    opened(&mut browser).await;
    std::fs::write(root.0.with_extension("ready"), "").unwrap();
    std::future::pending::<()>().await;
}
