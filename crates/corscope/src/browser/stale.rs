//! What killed runs left behind.

use std::fs::{self, OpenOptions};
use std::io::Read;
use std::path::Path;

use super::process;
use super::profile::{MARKER, PREFIX, remove_folder};

/// Deletes the profiles in `root` whose run is dead, and gives how many. One that cannot be deleted
/// is left for the next time.
pub(super) fn remove_in(root: &Path) -> usize {
    let Ok(entries) = fs::read_dir(root) else {
        return 0;
    };
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX))
        .filter(|entry| remove_if_abandoned(&entry.path()))
        .count()
}

/// Deletes one profile if its run is dead, ending its browser; says whether it did.
pub(super) fn remove_if_abandoned(folder: &Path) -> bool {
    let marker = OpenOptions::new()
        .read(true)
        .write(true)
        .open(folder.join(MARKER));
    let Ok(mut marker) = marker else {
        return false;
    };
    // The lock falls when its holder dies, however it dies.
    if marker.try_lock().is_err() {
        return false;
    }
    let mut noted = String::new();
    let _ = Read::take(&mut marker, 32).read_to_string(&mut noted);
    process::end_users_of(folder, noted.trim().parse().ok());
    remove_folder(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::profile::{Profile, test_root};

    #[test]
    fn only_the_profiles_of_dead_runs_are_removed() {
        let root = test_root("stale");
        let living = Profile::create(std::slice::from_ref(&root)).unwrap();
        let dead = root.join("b-dead");
        let foreign = root.join("b-foreign");
        for folder in [&dead, &foreign] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("Cookies"), "x").unwrap();
        }
        fs::write(dead.join(MARKER), "").unwrap();
        assert_eq!(remove_in(&root), 1);
        assert!(!dead.exists());
        assert!(foreign.exists());
        assert!(living.browser_folder().exists());
        drop(living);
        fs::remove_dir_all(root).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_browser_that_outlived_its_run_is_ended() {
        use std::os::unix::process::{CommandExt, ExitStatusExt};
        let root = test_root("outlived");
        let folder = root.join("b-dead");
        fs::create_dir_all(&folder).unwrap();
        // The shell's second argument is only there to be seen in the list of processes.
        let mut child = std::process::Command::new("/bin/sh")
            .args(["-c", "sleep 60; true"])
            .arg(&folder)
            .process_group(0)
            .spawn()
            .unwrap();
        fs::write(folder.join(MARKER), format!("{}\n", child.id())).unwrap();
        // The system lets us go on before the new program's arguments can be read.
        while !process::users_of(&folder).contains(&child.id()) {
            assert!(child.try_wait().unwrap().is_none());
            std::thread::yield_now();
        }
        assert_eq!(remove_in(&root), 1);
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        fs::remove_dir_all(root).unwrap();
    }
}
