//! What the applications need from npm and PyPI, installed once into the build's scratch space.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

static INSTALLING: Mutex<()> = Mutex::new(());

/// Where the applications lie.
pub(crate) fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/frameworks")
}

/// A directory in which `install` has run once for what `list` says.
fn installed(name: &str, list: &str, install: impl FnOnce(&Path)) -> PathBuf {
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let wanted = fs::read_to_string(sources().join(list)).unwrap();
    let stamp = directory.join("installed");
    if fs::read_to_string(&stamp).unwrap_or_default() != wanted {
        let _ = fs::remove_dir_all(&directory); // of an older list
        fs::create_dir_all(&directory).unwrap();
        install(&directory);
        fs::write(&stamp, wanted).unwrap();
    }
    directory
}

/// The directory that holds `node_modules`.
pub(crate) fn node() -> PathBuf {
    installed("framework-node", "package-lock.json", |directory| {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(sources().join(file), directory.join(file)).unwrap();
        }
        // Not `npm ci`: it wants the optional packages of all platforms in the list.
        run(Command::new("npm")
            .args([
                "install",
                "--no-save",
                "--silent",
                "--no-audit",
                "--no-fund",
            ])
            .current_dir(directory));
    })
}

/// The interpreter, and a directory to run it in.
pub(crate) fn python() -> (PathBuf, PathBuf) {
    let directory = installed("framework-python", "requirements.txt", |directory| {
        run(Command::new("python3")
            .args(["-m", "venv", "venv"])
            .current_dir(directory));
        run(Command::new(directory.join("venv/bin/python"))
            .args(["-m", "pip", "install", "--quiet", "-r"])
            .arg(sources().join("requirements.txt"))
            .current_dir(directory));
    });
    (directory.join("venv/bin/python"), directory)
}

/// # Panics
/// When the command fails.
pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; Debian: apt-get install npm python3-venv")
    });
    assert!(
        output.status.success(),
        "{command:?}:\n{}{}\nwithout a network: CORSCOPE_SKIP_REAL_SERVERS=1",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
