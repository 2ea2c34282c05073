//! Which browsers are installed, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use super::places::{Surroundings, candidates};

/// A browser that corscope knows how to launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Google Chrome.
    Chrome,
    /// Chromium, or any browser made of it.
    Chromium,
    /// Microsoft Edge.
    Edge,
    /// Brave.
    Brave,
    /// Firefox.
    Firefox,
}

impl Kind {
    /// All of them; the first one installed is taken when none is asked for.
    pub const ALL: [Self; 5] = [
        Self::Chrome,
        Self::Chromium,
        Self::Edge,
        Self::Brave,
        Self::Firefox,
    ];

    /// The name that `--browser` takes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chrome => "chrome",
            Self::Chromium => "chromium",
            Self::Edge => "edge",
            Self::Brave => "brave",
            Self::Firefox => "firefox",
        }
    }

    /// Whether it is watched over WebDriver BiDi, and not over the debugging pipe.
    pub const fn is_firefox(self) -> bool {
        matches!(self, Self::Firefox)
    }

    /// The kind that an executable's name betrays; what is unknown is taken for Chromium's kin.
    fn of_executable(path: &Path) -> Self {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_ascii_lowercase())
            .unwrap_or_default();
        let says = |part: &str| name.contains(part);
        if ["firefox", "librewolf", "waterfox"].into_iter().any(says) {
            Self::Firefox
        } else if says("edge") {
            Self::Edge
        } else if says("brave") {
            Self::Brave
        } else if says("chrome") {
            Self::Chrome
        } else {
            Self::Chromium
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An installed browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// What it is.
    pub kind: Kind,
    /// Its executable.
    pub path: PathBuf,
}

/// Why there is no browser to launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindError {
    /// Neither the name of a browser nor a path.
    UnknownName(String),
    /// Nothing can be executed at the path. The source is `--browser` or an environment variable.
    NotExecutable {
        /// Who named it.
        source: &'static str,
        /// What was named.
        path: PathBuf,
    },
    /// Not installed where browsers usually are.
    NotInstalled {
        /// The one asked for; `None` when any would do.
        wanted: Option<Kind>,
        /// Commands and paths that were looked for.
        looked_for: Vec<String>,
    },
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName(name) => write!(
                f,
                "no browser is called '{name}': use one of {}, or the path of an executable",
                Kind::ALL.map(Kind::name).join(", ")
            ),
            Self::NotExecutable { source, path } => write!(
                f,
                "{source} names {}, which is not an executable file: name the browser's executable",
                path.display()
            ),
            Self::NotInstalled { wanted, looked_for } => {
                let what = wanted.map_or("no browser", Kind::name);
                let how = if wanted.is_some() { "is not" } else { "is" };
                write!(
                    f,
                    "{what} {how} installed where browsers usually are: install {}, or name an \
                     executable with --browser PATH (looked for {})",
                    wanted.map_or("chromium or firefox", Kind::name),
                    looked_for.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for FindError {}

/// Finds what `--browser` asks for, a name or a path; without it the first that is installed.
/// `CHROME_PATH` and `FIREFOX_PATH` go before what is installed.
pub fn find(wanted: Option<&str>) -> Result<Browser, FindError> {
    find_in(&Surroundings::of_this_process(), wanted)
}

/// Every browser that is installed, one of a kind.
pub fn installed() -> Vec<Browser> {
    let surroundings = Surroundings::of_this_process();
    Kind::ALL
        .into_iter()
        .filter_map(|kind| look_for(&surroundings, kind, &mut Vec::new()))
        .collect()
}

fn find_in(surroundings: &Surroundings, wanted: Option<&str>) -> Result<Browser, FindError> {
    let kinds = match wanted {
        None => Kind::ALL.to_vec(),
        Some(name) => match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
            Some(kind) => vec![kind],
            None => return at_path(surroundings, name),
        },
    };
    if let Some(overridden) = from_variable(surroundings, &kinds) {
        return overridden;
    }
    let mut looked_for = Vec::new();
    kinds
        .iter()
        .find_map(|kind| look_for(surroundings, *kind, &mut looked_for))
        .ok_or_else(|| FindError::NotInstalled {
            wanted: wanted.and_then(|_| kinds.first().copied()),
            looked_for,
        })
}

fn at_path(surroundings: &Surroundings, given: &str) -> Result<Browser, FindError> {
    let is_path = given.contains(['/', '\\']) || given.ends_with(".exe");
    if !is_path {
        let on_path = surroundings.on_path(given);
        let unknown = || FindError::UnknownName(given.to_owned());
        return on_path.map(of_path).ok_or_else(unknown);
    }
    named(surroundings, "--browser", PathBuf::from(given)).map(of_path)
}

fn of_path(path: PathBuf) -> Browser {
    Browser {
        kind: Kind::of_executable(&path),
        path,
    }
}

fn from_variable(
    surroundings: &Surroundings,
    kinds: &[Kind],
) -> Option<Result<Browser, FindError>> {
    [
        ("CHROME_PATH", Kind::Chrome),
        ("FIREFOX_PATH", Kind::Firefox),
    ]
    .into_iter()
    .filter_map(|(name, kind)| Some((name, kind, surroundings.variable(name)?)))
    .map(|(name, kind, value)| {
        let path = named(surroundings, name, value.into())?;
        let kind = if kind.is_firefox() {
            kind
        } else {
            Kind::of_executable(&path)
        };
        Ok(Browser { kind, path })
    })
    .find(|found| match found {
        Ok(browser) => {
            // CHROME_PATH often names Chromium: both answer to either name.
            let akin = [Kind::Chrome, Kind::Chromium];
            kinds.contains(&browser.kind)
                || akin.contains(&browser.kind) && kinds.iter().any(|kind| akin.contains(kind))
        }
        Err(FindError::NotExecutable { source, .. }) => {
            let is_firefox = *source == "FIREFOX_PATH";
            kinds.iter().any(|kind| kind.is_firefox() == is_firefox)
        }
        Err(_) => true,
    })
}

/// The executable that a person named; a macOS application is a folder that holds it.
fn named(
    surroundings: &Surroundings,
    source: &'static str,
    path: PathBuf,
) -> Result<PathBuf, FindError> {
    let inside = path
        .file_stem()
        .map(|stem| path.join("Contents/MacOS").join(stem));
    [Some(path.clone()), inside]
        .into_iter()
        .flatten()
        .find(|path| surroundings.is_executable(path))
        .ok_or(FindError::NotExecutable { source, path })
}

fn look_for(
    surroundings: &Surroundings,
    kind: Kind,
    looked_for: &mut Vec<String>,
) -> Option<Browser> {
    let (commands, paths) = candidates(surroundings, kind);
    let found = commands
        .iter()
        .find_map(|command| surroundings.on_path(command))
        .or_else(|| {
            let mut paths = paths.iter();
            paths.find(|path| surroundings.is_executable(path)).cloned()
        });
    looked_for.extend(commands.iter().map(|command| (*command).to_owned()));
    looked_for.extend(paths.iter().map(|path| path.display().to_string()));
    found.map(|path| Browser { kind, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::places::System;

    fn linux(executables: &[&str], variables: &[(&str, &str)]) -> Surroundings {
        Surroundings::invented(System::Linux, executables, variables)
    }

    fn found(surroundings: &Surroundings, wanted: Option<&str>) -> (Kind, String) {
        let browser = find_in(surroundings, wanted).unwrap();
        (browser.kind, browser.path.display().to_string())
    }

    #[test]
    fn a_name_finds_the_command_of_any_distribution() {
        let here = linux(
            &["/bin/firefox-esr", "/bin/chromium-browser"],
            &[("PATH", "/bin")],
        );
        assert_eq!(
            found(&here, Some("firefox")),
            (Kind::Firefox, "/bin/firefox-esr".to_owned())
        );
        assert_eq!(
            found(&here, None),
            (Kind::Chromium, "/bin/chromium-browser".to_owned())
        );
    }

    #[test]
    fn a_path_betrays_its_kind() {
        let here = linux(&["/o/firefox/firefox", "/o/msedge", "/o/thorium"], &[]);
        for (path, kind) in [
            ("/o/firefox/firefox", Kind::Firefox),
            ("/o/msedge", Kind::Edge),
            ("/o/thorium", Kind::Chromium),
        ] {
            assert_eq!(found(&here, Some(path)).0, kind);
        }
    }

    #[test]
    fn a_variable_goes_before_what_is_installed() {
        let here = linux(
            &["/bin/google-chrome", "/own/chromium", "/own/ff"],
            &[
                ("PATH", "/bin"),
                ("CHROME_PATH", "/own/chromium"),
                ("FIREFOX_PATH", "/own/ff"),
            ],
        );
        assert_eq!(found(&here, None).1, "/own/chromium");
        assert_eq!(found(&here, Some("chrome")).1, "/own/chromium");
        assert_eq!(found(&here, Some("firefox")).1, "/own/ff");
        let broken = linux(
            &["/bin/google-chrome"],
            &[("PATH", "/bin"), ("CHROME_PATH", "/gone")],
        );
        let error = find_in(&broken, None).unwrap_err().to_string();
        assert!(error.starts_with("CHROME_PATH names /gone"), "{error}");
        assert!(matches!(
            find_in(&broken, Some("firefox")),
            Err(FindError::NotInstalled { .. })
        ));
    }

    #[test]
    fn macos_applications_and_windows_programs_are_found() {
        let chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
        let mac = Surroundings::invented(System::MacOs, &[chrome], &[("HOME", "/Users/u")]);
        assert_eq!(found(&mac, None), (Kind::Chrome, chrome.to_owned()));
        assert_eq!(
            found(&mac, Some("/Applications/Google Chrome.app")).1,
            chrome
        );
        let edge = "C:/Programs/Microsoft/Edge/Application/msedge.exe";
        let windows =
            Surroundings::invented(System::Windows, &[edge], &[("ProgramFiles", "C:/Programs")]);
        assert_eq!(found(&windows, None), (Kind::Edge, edge.to_owned()));
    }

    #[test]
    fn what_is_missing_is_named_with_the_mend() {
        let none = linux(&[], &[("PATH", "/bin")]);
        let error = find_in(&none, Some("brave")).unwrap_err().to_string();
        assert!(error.contains("brave is not installed"), "{error}");
        assert!(error.contains("--browser PATH"), "{error}");
        assert!(error.contains("brave-browser"), "{error}");
        let error = find_in(&none, None).unwrap_err().to_string();
        assert!(error.starts_with("no browser is installed"), "{error}");
        let error = find_in(&none, Some("netscape")).unwrap_err();
        assert_eq!(error, FindError::UnknownName("netscape".to_owned()));
        let error = find_in(&none, Some("./x")).unwrap_err().to_string();
        assert!(error.contains("not an executable file"), "{error}");
    }
}
