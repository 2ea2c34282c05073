//! The authority's files: one with key and certificate, which is the user's alone, and a copy of the
//! certificate to give away.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::{AuthorityConfig, failure};
use crate::proxy::error::ProxyError;

/// The copy of the certificate.
pub(crate) const CERTIFICATE: &str = "corscope-ca.pem";

/// Key and certificate: in one file, so that they always fit each other.
const AUTHORITY: &str = "authority.pem";

/// The line that says which hosts it is limited to.
const ONLY: &str = "only: ";

/// What is kept.
pub(crate) struct Kept {
    pub(crate) key: String,
    pub(crate) certificate: String,
    pub(crate) only: Vec<String>,
}

/// What is kept; `None` if nothing is.
pub(crate) fn load(config: &AuthorityConfig) -> Result<Option<Kept>, ProxyError> {
    let path = config.directory.join(AUTHORITY);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failure("read", &path, &error)),
    };
    keep_private(&config.directory, 0o700).map_err(|error| failure("protect", &path, &error))?;
    keep_private(&path, 0o600).map_err(|error| failure("protect", &path, &error))?;
    let Some(start) = text.find("-----BEGIN CERTIFICATE-----") else {
        return Err(failure("use", &path, "there is no certificate in it"));
    };
    let Some(key) = text[..start].find("-----BEGIN ") else {
        return Err(failure("use", &path, "there is no key in it"));
    };
    let only = text[..key].lines().find_map(|line| line.strip_prefix(ONLY));
    let only = only.unwrap_or_default().split_whitespace();
    let kept = Kept {
        key: text[key..start].to_owned(),
        certificate: text[start..].to_owned(),
        only: only.map(str::to_owned).collect(),
    };
    // It may be missing: removed by the user, or never written.
    let copy = config.directory.join(CERTIFICATE);
    if fs::read(&copy).ok().as_deref() != Some(kept.certificate.as_bytes()) {
        let _ = fs::write(&copy, &kept.certificate);
    }
    Ok(Some(kept))
}

/// Keeps `kept`, in place of what was there or only if nothing was.
pub(crate) fn save(config: &AuthorityConfig, kept: &Kept, replace: bool) -> Result<(), ProxyError> {
    let path = config.directory.join(AUTHORITY);
    let saved = (|| {
        create_directory(&config.directory)?;
        let fresh = config
            .directory
            .join(format!("{AUTHORITY}.{}", std::process::id()));
        let _ = fs::remove_file(&fresh);
        let mut file = private_file(&fresh)?;
        let Kept {
            key,
            certificate,
            only,
        } = kept;
        write!(file, "{ONLY}{}\n{key}{certificate}", only.join(" "))?;
        file.sync_all()?;
        let placed = if replace {
            fs::rename(&fresh, &path)
        } else {
            // Fails if another process was faster, whose authority is then the one.
            match fs::hard_link(&fresh, &path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                Err(_) => fs::rename(&fresh, &path),
                linked => linked,
            }
        };
        let _ = fs::remove_file(&fresh);
        placed
    })();
    saved.map_err(|error: io::Error| failure("keep", &path, &error))
}

/// Removes all of it; whether there was anything.
pub(crate) fn remove(config: &AuthorityConfig) -> Result<bool, ProxyError> {
    let mut any = false;
    for name in [AUTHORITY, CERTIFICATE] {
        let path = config.directory.join(name);
        match fs::remove_file(&path) {
            Ok(()) => any = true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failure("remove", &path, &error)),
        }
    }
    // Only if nothing else is in it.
    let _ = fs::remove_dir(&config.directory);
    Ok(any)
}

fn create_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    keep_private(path, 0o700)
}

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn keep_private(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let found = fs::metadata(path)?.permissions().mode() & 0o777;
    if found & !mode != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_private(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}
