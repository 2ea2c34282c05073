//! The intercepting debugger as its user meets it: the real program, real browsers, real faults.
//!
//! `CORSCOPE_SKIP_REAL_SERVERS=1` does without browsers and Node.

mod alone;
mod faults;
mod killed;
mod lna;
mod make_pass;
mod open_demo;
mod origin;
mod program;
mod promises;
mod recorded;
mod rounds;
mod saved;
mod terminal;
mod transparency;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const BROWSERS: [&str; 2] = ["chromium", "firefox"];

/// A directory that is removed when this is dropped.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("corscope-i-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&directory); // of an earlier process that had our number
        std::fs::create_dir_all(&directory).unwrap();
        Self(directory)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0); // what is left lies in the scratch space
    }
}

/// Whether browsers and Node are not to be asked for.
pub(crate) fn skipped() -> bool {
    let skipped = std::env::var("CORSCOPE_SKIP_REAL_SERVERS").is_ok_and(|value| value == "1");
    if skipped {
        eprintln!("skipped, since CORSCOPE_SKIP_REAL_SERVERS=1 says so");
    }
    skipped
}
