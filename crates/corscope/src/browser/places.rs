//! Where browsers usually are: commands on Linux, applications and programs elsewhere.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Kind;

/// A kind of operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Linux,
    MacOs,
    Windows,
}

/// What a search depends on, so that a test can invent it.
#[derive(Debug)]
pub(super) struct Surroundings {
    pub(super) system: System,
    variables: HashMap<String, OsString>,
    is_executable: IsExecutable,
}

#[derive(Debug)]
enum IsExecutable {
    OnDisk,
    #[cfg(test)]
    In(Vec<PathBuf>),
}

/// Whether an executable comes from a snap, which sees only folders of its own.
pub(super) fn is_snap(executable: &Path) -> bool {
    let is_it = |path: &Path| path.starts_with("/snap") || path.ends_with("bin/snap");
    is_it(executable) || std::fs::canonicalize(executable).is_ok_and(|real| is_it(&real))
}

const VARIABLES: [&str; 8] = [
    "PATH",
    "HOME",
    "CHROME_PATH",
    "FIREFOX_PATH",
    "XDG_CACHE_HOME",
    "ProgramFiles",
    "ProgramFiles(x86)",
    "LOCALAPPDATA",
];

impl Surroundings {
    pub(super) fn of_this_process() -> Self {
        let system = if cfg!(windows) {
            System::Windows
        } else if cfg!(target_os = "macos") {
            System::MacOs
        } else {
            System::Linux
        };
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            system,
            variables: VARIABLES
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), set(name)?)))
                .collect(),
            is_executable: IsExecutable::OnDisk,
        }
    }

    #[cfg(test)]
    pub(super) fn invented(
        system: System,
        executables: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        Self {
            system,
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.into()))
                .collect(),
            is_executable: IsExecutable::In(executables.iter().map(PathBuf::from).collect()),
        }
    }

    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        self.variables.get(name).cloned()
    }

    pub(super) fn folder(&self, variable: &str) -> Option<PathBuf> {
        self.variable(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute() || self.system == System::Windows)
    }

    /// The first executable file of that name in `PATH`.
    pub(super) fn on_path(&self, command: &str) -> Option<PathBuf> {
        let folders = self.variable("PATH")?;
        std::env::split_paths(&folders)
            .map(|folder| folder.join(command))
            .find(|path| self.is_executable(path))
    }

    pub(super) fn is_executable(&self, path: &Path) -> bool {
        match &self.is_executable {
            IsExecutable::OnDisk => is_executable_file(path),
            #[cfg(test)]
            IsExecutable::In(paths) => paths.iter().any(|one| one == path),
        }
    }
}

fn is_executable_file(path: &Path) -> bool {
    let Ok(metadata) = std::fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    metadata.is_file() && may_run
}

/// The commands and the full paths of a browser, the likeliest first.
pub(super) fn candidates(
    surroundings: &Surroundings,
    kind: Kind,
) -> (&'static [&'static str], Vec<PathBuf>) {
    match surroundings.system {
        System::Linux => {
            let (commands, paths): (&[_], &[_]) = match kind {
                Kind::Chrome => (
                    &["google-chrome-stable", "google-chrome", "chrome"],
                    &["/opt/google/chrome/chrome"],
                ),
                Kind::Chromium => (
                    &["chromium", "chromium-browser", "ungoogled-chromium"],
                    &["/snap/bin/chromium"],
                ),
                Kind::Edge => (
                    &["microsoft-edge-stable", "microsoft-edge"],
                    &["/opt/microsoft/msedge/msedge"],
                ),
                Kind::Brave => (
                    &["brave-browser-stable", "brave-browser", "brave"],
                    &["/opt/brave.com/brave/brave", "/snap/bin/brave"],
                ),
                Kind::Firefox => (
                    &["firefox", "firefox-esr", "firefox-developer-edition"],
                    &["/snap/bin/firefox"],
                ),
            };
            (commands, paths.iter().map(PathBuf::from).collect())
        }
        System::MacOs => {
            let names: &[&str] = match kind {
                Kind::Chrome => &["Google Chrome"],
                Kind::Chromium => &["Chromium"],
                Kind::Edge => &["Microsoft Edge"],
                Kind::Brave => &["Brave Browser"],
                Kind::Firefox => &["Firefox", "Firefox Developer Edition"],
            };
            let own = surroundings
                .folder("HOME")
                .map(|home| home.join("Applications"));
            let roots = [Some(PathBuf::from("/Applications")), own];
            let paths = names.iter().flat_map(|name| {
                // Every Firefox calls its executable the same.
                let executable = if kind.is_firefox() { "firefox" } else { name };
                let inside = format!("{name}.app/Contents/MacOS/{executable}");
                roots.iter().flatten().map(move |root| root.join(&inside))
            });
            (&[], paths.collect())
        }
        System::Windows => {
            let inside = match kind {
                Kind::Chrome => "Google/Chrome/Application/chrome.exe",
                Kind::Chromium => "Chromium/Application/chrome.exe",
                Kind::Edge => "Microsoft/Edge/Application/msedge.exe",
                Kind::Brave => "BraveSoftware/Brave-Browser/Application/brave.exe",
                Kind::Firefox => "Mozilla Firefox/firefox.exe",
            };
            let paths = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"]
                .into_iter()
                .filter_map(|variable| surroundings.folder(variable))
                .map(|root| root.join(inside));
            (&[], paths.collect())
        }
    }
}
