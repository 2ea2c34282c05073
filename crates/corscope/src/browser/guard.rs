//! What ends a browser when its owner is killed and can do nothing any more: a process of our own
//! program that only waits for that.
//!
//! Its standard input is a pipe of which we hold the other end, so it hears of our end however that
//! comes. What it does then is what the next start would do.

use std::io::{self, Read};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use super::stale;

/// The command, hidden from help, by which the program is such a process.
pub const COMMAND: &str = "guard-browser";

/// How long what is abandoned may take to be gone: the system closes a killed process's files one by
/// one, and a killed browser still writes for a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// The waiting process. Dropping it ends it: what it guarded was cleaned up.
#[derive(Debug)]
pub(super) struct Guard {
    child: Child,
}

impl Guard {
    /// Starts `program` to guard the profile in `folder`.
    pub(super) fn start(program: &Path, folder: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        // A Ctrl-C in the terminal is for us alone.
        #[cfg(unix)]
        command.process_group(0);
        let child = command
            .arg(COMMAND)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { child })
    }

    /// Ends it, and waits until it is gone.
    pub(super) async fn end(mut self) {
        let _ = self.child.kill().await; // it may have ended
    }
}

/// Waits until `owner` ends, then ends the browser of the profile in `folder` and deletes that.
pub fn guard(mut owner: impl Read, folder: &Path) {
    let _ = io::copy(&mut owner, &mut io::sink()); // an error is an end, too
    let until = Instant::now() + PATIENCE;
    while folder.exists() && !stale::remove_if_abandoned(folder) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::profile::{MARKER, Profile, test_root};

    #[test]
    fn what_is_still_owned_is_left_alone_until_it_is_not() {
        let root = test_root("guard");
        let profile = Profile::create(std::slice::from_ref(&root)).unwrap();
        let folder = profile.folder().to_owned();
        let guarding = {
            let folder = folder.clone();
            std::thread::spawn(move || guard(io::empty(), &folder))
        };
        std::thread::sleep(Duration::from_millis(100));
        assert!(folder.join(MARKER).exists());
        profile.abandon();
        guarding.join().unwrap();
        assert!(!folder.exists());
        std::fs::remove_dir(root).unwrap();
    }
}
