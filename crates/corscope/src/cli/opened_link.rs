//! The user's own browser, opened at a launch link.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::output::{FAILED, fail};

/// The file by which a link was handed to the browser; it goes when this goes, its link is used up by
/// then.
pub(super) struct OpenedLink(PathBuf);

impl OpenedLink {
    /// Opens `link` in the browser that the desktop opens pages with. `None`, and the reason is told,
    /// when that cannot be.
    pub(super) fn open(link: &str) -> Option<Self> {
        match Self::hand_over(link) {
            Ok(opened) => Some(opened),
            Err(error) => {
                let _ = fail(FAILED, &format!("cannot open a browser: {error}"));
                None
            }
        }
    }

    /// By a file that only this user can read: everybody sees a command line.
    fn hand_over(link: &str) -> io::Result<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let name = format!("corscope-{:016x}.html", u64::from_le_bytes(bytes));
        let file = std::env::temp_dir().join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let page =
            format!("<!doctype html><meta http-equiv=\"refresh\" content=\"0; url={link}\">\n");
        options.open(&file)?.write_all(page.as_bytes())?;
        let opened = Self(file);
        let opener = match std::env::consts::OS {
            "macos" => "open",
            "windows" => "explorer",
            _ => "xdg-open",
        };
        Command::new(opener)
            .arg(&opened.0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(opened)
    }
}

impl Drop for OpenedLink {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // what was removed already is no fault
    }
}
