//! A home of its own: what a browser writes beside its profile goes into folders that go away with it.
//!
//! Crash reports, caches, dconf's settings, downloads, the certificates of `~/.pki`: each has a
//! variable of its own that moves it, and all of them follow `HOME`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Profile;
use super::places::is_snap;

/// The variables that move a browser's home into `profile`. `executable` is the browser's.
pub(super) fn environment(executable: &Path, profile: &Profile) -> Vec<(&'static str, OsString)> {
    let home = profile.folder().join("h");
    let mut variables = vec![
        ("XDG_CONFIG_HOME", home.join(".config").into()),
        ("XDG_CACHE_HOME", home.join(".cache").into()),
        ("XDG_DATA_HOME", home.join(".local/share").into()),
        ("XDG_STATE_HOME", home.join(".local/state").into()),
    ];
    if let Some(folder) = profile.temp_folder() {
        // Sockets and locks that a killed browser would leave in the system's folder.
        variables.push(("TMPDIR", folder.into()));
    }
    // A snap has a home of its own already and refuses another; macOS finds its keychain by it.
    if cfg!(all(unix, not(target_os = "macos"))) && !is_snap(executable) {
        if let Some(cookie) = x11_cookie() {
            variables.push(("XAUTHORITY", cookie.into()));
        }
        variables.push(("HOME", home.into()));
    }
    variables
}

/// What lets us onto an X11 screen, where only `HOME` tells of it.
fn x11_cookie() -> Option<PathBuf> {
    if std::env::var_os("XAUTHORITY").is_some() {
        return None;
    }
    let cookie = PathBuf::from(std::env::var_os("HOME")?).join(".Xauthority");
    cookie.is_file().then_some(cookie)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::profile::test_root;

    #[test]
    fn whatever_a_browser_writes_lies_in_what_is_deleted() {
        let root = test_root("home");
        let profile = Profile::create(std::slice::from_ref(&root)).unwrap();
        let variables = environment(Path::new("/usr/bin/chromium"), &profile);
        for (name, value) in &variables {
            let is_ours = Path::new(value).starts_with(profile.folder());
            assert!(is_ours || *name == "XAUTHORITY", "{name}: {value:?}");
        }
        let is_set = |wanted: &str| variables.iter().any(|(name, _)| *name == wanted);
        assert_eq!(is_set("HOME"), cfg!(all(unix, not(target_os = "macos"))));
        let of_snap = environment(Path::new("/snap/bin/chromium"), &profile);
        assert!(of_snap.iter().all(|(name, _)| *name != "HOME"));
        drop(profile);
        std::fs::remove_dir(root).unwrap();
    }
}
