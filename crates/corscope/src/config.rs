//! Where the program keeps its own files.

use std::fmt;
use std::path::PathBuf;

/// There is no place for our files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoHome;

impl fmt::Display for NoHome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(
            "no home directory is known: set HOME or XDG_CONFIG_HOME, or name a directory with \
             --ca-dir",
        )
    }
}

impl std::error::Error for NoHome {}

/// The directory of the certificate authority.
///
/// # Errors
/// When neither the environment nor the system names a home directory.
pub fn authority_directory() -> Result<PathBuf, NoHome> {
    configuration_directory().map(|directory| directory.join("ca"))
}

/// Our part of the user's configuration directory.
fn configuration_directory() -> Result<PathBuf, NoHome> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    if let Some(directory) = absolute("XDG_CONFIG_HOME").or_else(|| absolute("APPDATA")) {
        return Ok(directory.join("corscope"));
    }
    let home = absolute("HOME").or_else(|| absolute("USERPROFILE"));
    home.map(|home| home.join(".config").join("corscope"))
        .ok_or(NoHome)
}
