//! `corscope open` ended as nothing can prepare for.

use std::time::{Duration, Instant};

use super::open_demo::users_of;
use super::program::Program;
use super::{BROWSERS, Directory, skipped};

#[test]
fn a_kill_leaves_neither_a_browser_nor_its_profile() {
    if skipped() {
        return;
    }
    for browser in BROWSERS {
        let home = Directory::new();
        let mut program = Program::start(
            Program::corscope(home.path())
                .args(["open", "about:blank", "--headless", "--format", "jsonl"])
                .args(["--browser", browser]),
        );
        let ready = program.document("the browser's start");
        assert!(ready["browser_pid"].is_u64());
        let profiles = || {
            let entries = std::fs::read_dir(home.join("cache/corscope/browsers")).unwrap();
            entries.count()
        };
        assert_eq!(profiles(), 1, "{browser}");
        assert!(!users_of(home.path()).is_empty());
        program.kill();
        // Nobody starts corscope again: what cleans up was there before.
        let until = Instant::now() + Duration::from_secs(30);
        while (profiles() > 0 || !users_of(home.path()).is_empty()) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(users_of(home.path()), [""; 0], "{browser}");
        assert_eq!(profiles(), 0, "{browser}");
    }
}
