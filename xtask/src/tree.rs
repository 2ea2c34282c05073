//! The project's files, read once, so that every check works on a plain map.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Folders that hold what tools made, never what people wrote.
const SKIPPED: [&str; 4] = [".git", "target", "node_modules", "artifacts"];

/// The files of the project by their path from the root, with `/` between the parts.
#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// The tracked files under `root`; every file when this is no git work tree (a source
    /// archive).
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let paths = match tracked(root) {
            Some(paths) => paths,
            None => {
                let mut paths = Vec::new();
                walk(root, "", &mut paths)?;
                paths
            }
        };
        let mut tree = Self::default();
        for path in paths {
            // A file that is tracked but deleted is on its way out.
            if let Ok(bytes) = std::fs::read(root.join(&path)) {
                tree.files.insert(path, bytes);
            }
        }
        Ok(tree)
    }

    /// A tree made of `files`: path and text.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).into(), text.as_bytes().to_vec()));
        Self {
            files: files.collect(),
        }
    }

    /// Every path, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// The text of a file; `None` when there is none or it is not UTF-8.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.bytes(path)?).ok()
    }

    /// Path and text of every UTF-8 file.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.paths()
            .filter_map(|path| Some((path, self.text(path)?)))
    }

    /// Whether `path` is a file, or a folder that holds one.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        path.is_empty()
            || self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(p, _)| p.starts_with(&folder))
    }
}

fn tracked(root: &Path) -> Option<Vec<String>> {
    // The checkout may belong to another user than the one who runs the tests in a container.
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z"])
        .current_dir(root)
        .output()
        .ok()?;
    let listed = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<_> = listed
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    (output.status.success() && !paths.is_empty()).then_some(paths)
}

fn walk(root: &Path, folder: &str, paths: &mut Vec<String>) -> Result<(), String> {
    let at = root.join(folder);
    let entries = std::fs::read_dir(&at).map_err(|error| format!("{}: {error}", at.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let path = if folder.is_empty() {
            name
        } else {
            format!("{folder}/{name}")
        };
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(root, &path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn a_tree_holds_its_files_and_their_folders_and_nothing_else() {
        let tree = Tree::of(&[("a/b.md", ""), ("a-z/c.md", "")]);
        for path in ["a", "a/", "a/b.md", "a-z"] {
            assert!(tree.holds(path), "{path}");
        }
        for path in ["b.md", "a/b", "a/b.md/x", "a-"] {
            assert!(!tree.holds(path), "{path}");
        }
    }
}
