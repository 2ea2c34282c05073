//! The folder that a launched browser keeps everything in, made for one run.
//!
//! It stands in a folder of ours that only the user may enter, holds a marker that says it is ours,
//! and goes away with the run. The marker is locked while its run lives; what a killed run left
//! behind is known by its lock being free, and removed at the next start.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Browser;
use super::places::{Surroundings, System, is_snap};
use super::stale;

/// The file that makes a folder ours to delete.
pub(super) const MARKER: &str = "made-by-corscope";

/// How each folder's name begins.
pub(super) const PREFIX: &str = "b-";

/// The whole life of what deletes itself: a browser that is ending still writes.
const REMOVAL_ATTEMPTS: u32 = 20;
const REMOVAL_PAUSE: Duration = Duration::from_millis(25);

/// A socket's path may have 107 bytes; a browser puts up to 50 behind its temporary folder.
const LONGEST_TEMP_FOLDER: usize = 57;

/// Why there is no profile.
#[derive(Debug)]
pub enum ProfileError {
    /// None of our folders can be written.
    NoPlace(Vec<(PathBuf, io::Error)>),
    /// A file in it cannot be written.
    Write(PathBuf, io::Error),
    /// It cannot be deleted.
    Remove(PathBuf, io::Error),
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPlace(tried) => {
                f.write_str(
                    "no folder for the browser's profile can be made: set XDG_CACHE_HOME to a \
                     folder that you may write",
                )?;
                for (path, error) in tried {
                    write!(f, "; {}: {error}", path.display())?;
                }
                Ok(())
            }
            Self::Write(path, error) => write!(f, "cannot write {}: {error}", path.display()),
            Self::Remove(path, error) => write!(
                f,
                "the browser's profile {} cannot be deleted: {error}; the next run tries again",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ProfileError {}

/// A profile of one run. Dropping it deletes it.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    /// Locked as long as it is open.
    marker: File,
    removed: bool,
}

impl Profile {
    /// Makes one in the first of the folders that can be written.
    pub fn create(roots: &[PathBuf]) -> Result<Self, ProfileError> {
        let mut tried = Vec::new();
        for root in roots {
            match Self::create_in(root) {
                Ok(profile) => return Ok(profile),
                Err(error) => tried.push((root.clone(), error)),
            }
        }
        Err(ProfileError::NoPlace(tried))
    }

    fn create_in(root: &Path) -> io::Result<Self> {
        make_root(root)?;
        loop {
            let folder = root.join(format!("{PREFIX}{:016x}", random_number()));
            match private_folder(&folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                made => made?,
            }
            let marker = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(folder.join(MARKER))?;
            match marker.try_lock() {
                // Another run took the new folder for an abandoned one, and is deleting it.
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
                Ok(()) => {}
            }
            let profile = Self {
                folder,
                marker,
                removed: false,
            };
            private_folder(&profile.browser_folder())?;
            for folder in ["t", "h"] {
                private_folder(&profile.folder.join(folder))?;
            }
            return Ok(profile);
        }
    }

    /// All that there is of it.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the browser is told to use.
    pub fn browser_folder(&self) -> PathBuf {
        self.folder.join("p")
    }

    /// Where the browser is to put temporary files; `None` when the path is too long for a socket.
    pub fn temp_folder(&self) -> Option<PathBuf> {
        let folder = self.folder.join("t");
        (folder.as_os_str().len() <= LONGEST_TEMP_FOLDER).then_some(folder)
    }

    /// Notes the browser's process, so that a later run can end it should this one be killed.
    pub fn note_browser(&mut self, pid: u32) -> Result<(), ProfileError> {
        self.marker
            .rewind()
            .and_then(|()| writeln!(self.marker, "{pid}"))
            .map_err(|error| ProfileError::Write(self.folder.join(MARKER), error))
    }

    /// Lets go of it without deleting it, as a killed run does.
    #[cfg(test)]
    pub(super) fn abandon(mut self) {
        self.removed = true;
    }

    /// Deletes it.
    pub fn remove(mut self) -> Result<(), ProfileError> {
        self.removed = true;
        remove_folder(&self.folder)
            .map_err(|error| ProfileError::Remove(self.folder.clone(), error))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        if !self.removed {
            // What stays is removed at the next start.
            let _ = remove_folder(&self.folder);
        }
    }
}

/// Where profiles of this browser may stand, the best first: the user's cache, else the temporary
/// folder. A browser from a snap sees neither, only its own folder.
pub fn roots_for(browser: &Browser) -> Vec<PathBuf> {
    let surroundings = Surroundings::of_this_process();
    let mut roots: Vec<_> = snap_root(&surroundings, &browser.path)
        .into_iter()
        .collect();
    roots.extend(usual_roots(&surroundings));
    roots
}

/// Deletes what killed runs left behind, ending a browser that still uses it. Gives how many.
pub fn remove_stale(roots: &[PathBuf]) -> usize {
    roots.iter().map(|root| stale::remove_in(root)).sum()
}

fn usual_roots(surroundings: &Surroundings) -> Vec<PathBuf> {
    let under_home = |path: &str| surroundings.folder("HOME").map(|home| home.join(path));
    let cache = match surroundings.system {
        System::Linux => surroundings
            .folder("XDG_CACHE_HOME")
            .or_else(|| under_home(".cache")),
        System::MacOs => under_home("Library/Caches"),
        System::Windows => surroundings.folder("LOCALAPPDATA"),
    };
    #[cfg(unix)]
    let own_name = format!("corscope-{}", rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    let own_name = "corscope".to_owned();
    let cache = cache.map(|cache| cache.join("corscope").join("browsers"));
    cache
        .into_iter()
        .chain([std::env::temp_dir().join(own_name)])
        .collect()
}

fn snap_root(surroundings: &Surroundings, executable: &Path) -> Option<PathBuf> {
    let name = executable.file_name().filter(|_| is_snap(executable))?;
    let common = surroundings
        .folder("HOME")?
        .join("snap")
        .join(name)
        .join("common");
    Some(common.join("corscope"))
}

/// Makes the folder that profiles stand in, or makes sure that nobody else can reach into it.
fn make_root(root: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(root)?;
    let metadata = fs::symlink_metadata(root)?;
    if !metadata.is_dir() {
        return Err(io::Error::other("is not a folder, but should be ours"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(io::Error::other("belongs to another user"));
        }
        if metadata.mode() & 0o077 != 0 {
            fs::set_permissions(root, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Deletes a folder that is ours by name and marker. Links in it are not followed.
pub(super) fn remove_folder(folder: &Path) -> io::Result<()> {
    let named_by_us = folder
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    let is_folder = match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        metadata => metadata?.is_dir(),
    };
    if !named_by_us || !is_folder || !folder.join(MARKER).is_file() {
        return Err(io::Error::other("it was not made by corscope"));
    }
    // The marker goes last: what a failure leaves is still ours.
    for attempt in 1.. {
        match remove_all_but_marker(folder) {
            Ok(()) => break,
            Err(error) if attempt == REMOVAL_ATTEMPTS => return Err(error),
            Err(_) => std::thread::sleep(REMOVAL_PAUSE),
        }
    }
    fs::remove_dir_all(folder)
}

fn remove_all_but_marker(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != MARKER {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Not for secrets: only that two runs do not meet.
fn random_number() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
pub(super) fn test_root(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("corscope-test-{name}-{:016x}", random_number()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_private_and_goes_away_when_dropped() {
        let root = test_root("private");
        let profile = Profile::create(std::slice::from_ref(&root)).unwrap();
        let folder = profile.folder().to_owned();
        assert!(profile.browser_folder().is_dir());
        #[cfg(unix)]
        for path in [&root, &folder, &profile.browser_folder()] {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{}", path.display());
        }
        drop(profile);
        assert!(!folder.exists());
        fs::remove_dir(root).unwrap();
    }

    #[test]
    fn a_place_that_cannot_be_written_gives_way_to_the_next() {
        let root = test_root("next");
        // A file where a folder should be refuses even the superuser.
        let blocked = test_root("blocked");
        fs::write(&blocked, "").unwrap();
        let profile = Profile::create(&[blocked.join("x"), root.clone()]).unwrap();
        assert!(profile.folder().starts_with(&root));
        let error = Profile::create(&[blocked.join("x")])
            .unwrap_err()
            .to_string();
        assert!(error.contains("XDG_CACHE_HOME"), "{error}");
        drop(profile);
        fs::remove_file(blocked).unwrap();
        fs::remove_dir(root).unwrap();
    }

    #[test]
    fn a_folder_without_the_marker_or_the_name_is_not_deleted() {
        let root = test_root("foreign");
        for (name, marker) in [("b-0", false), ("other", true)] {
            let folder = root.join(name);
            fs::create_dir_all(&folder).unwrap();
            if marker {
                fs::write(folder.join(MARKER), "").unwrap();
            }
            assert!(remove_folder(&folder).is_err());
            assert!(folder.exists());
        }
        fs::remove_dir_all(root).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_profile_is_not_followed() {
        let root = test_root("link");
        let outside = test_root("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("kept"), "").unwrap();
        let profile = Profile::create(std::slice::from_ref(&root)).unwrap();
        std::os::unix::fs::symlink(&outside, profile.folder().join("away")).unwrap();
        std::os::unix::fs::symlink(&outside, profile.browser_folder().join("away")).unwrap();
        profile.remove().unwrap();
        assert!(outside.join("kept").exists());
        fs::remove_dir_all(outside).unwrap();
        fs::remove_dir(root).unwrap();
    }
}
