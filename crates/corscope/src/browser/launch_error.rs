//! Why a browser cannot be launched.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::ProfileError;

/// Why a browser cannot be launched.
#[derive(Debug)]
pub enum LaunchError {
    /// There is no profile for it.
    Profile(ProfileError),
    /// The program that makes Firefox trust a certificate authority is not installed.
    NoCertutil,
    /// That program fails, in its words.
    Certutil(String),
    /// The executable cannot be started.
    Start(PathBuf, io::Error),
    /// It ended before it answered; how, and its last words.
    Ended(PathBuf, String),
    /// It does not answer.
    Silent(PathBuf),
    /// It answers otherwise than expected.
    Refused(PathBuf, String),
    /// This system has no debugging pipe that we can use.
    NoPipe,
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(error) => error.fmt(f),
            Self::NoCertutil => f.write_str(
                "Firefox needs NSS's certutil to trust corscope's certificate authority in this \
                 profile only: install it (Debian, Ubuntu: libnss3-tools; Fedora: nss-tools; Arch, \
                 Homebrew: nss), or use a browser of Chromium's kin, or launch with every \
                 certificate accepted or none of ours; on machines that you manage, \
                 `Certificates.Install` in Firefox's policies.json trusts it for all profiles",
            ),
            Self::Certutil(words) => write!(
                f,
                "certutil cannot make Firefox trust corscope's certificate authority: {words}"
            ),
            Self::Start(path, error) => write!(f, "cannot start {}: {error}", path.display()),
            Self::Ended(path, words) => write!(
                f,
                "{} ended before it could be used: {words}{}",
                path.display(),
                if words.contains("DISPLAY") || words.contains("display") {
                    "\nwithout a screen it must run headless"
                } else {
                    ""
                }
            ),
            Self::Silent(path) => write!(
                f,
                "{} was started but does not answer: close other work, or try another browser",
                path.display()
            ),
            Self::Refused(path, words) => {
                write!(f, "{} cannot be watched: {words}", path.display())
            }
            Self::NoPipe => f.write_str(
                "browsers of Chromium's kin are watched over a pipe that this system does not \
                 have: use Firefox",
            ),
        }
    }
}

impl std::error::Error for LaunchError {}

impl From<ProfileError> for LaunchError {
    fn from(error: ProfileError) -> Self {
        Self::Profile(error)
    }
}
