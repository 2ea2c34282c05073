//! A file or module is named for what it holds; some names hold anything.

use super::Finding;
use crate::tree::Tree;

const BANNED: [&str; 17] = [
    "common", "data", "handler", "handlers", "helper", "helpers", "info", "infos", "manager",
    "managers", "misc", "model", "models", "service", "services", "util", "utils",
];

/// Words that spoil a longer name too: `http_utils`, `test_helpers`.
const BANNED_ENDS: [&str; 6] = [
    "_helper", "_helpers", "_manager", "_misc", "_util", "_utils",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for path in tree.paths().filter(|path| is_code(path)) {
        if let Some(part) = path.split('/').find(|part| is_banned(stem(part))) {
            findings.push(Finding::of(
                path,
                format!("`{part}` says nothing: name what it holds"),
            ));
        }
    }
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".rs")) {
        for (line, name) in modules(text).filter(|(_, name)| is_banned(name)) {
            let message = format!("module `{name}` says nothing: name what it holds");
            findings.push(Finding::at(path, line, message));
        }
    }
    findings
}

fn is_code(path: &str) -> bool {
    [".rs", ".ts", ".svelte", ".sh", ".css", ".sql"]
        .iter()
        .any(|end| path.ends_with(end))
}

fn stem(part: &str) -> &str {
    part.split('.').next().unwrap_or(part)
}

fn is_banned(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    BANNED.contains(&name.as_str()) || BANNED_ENDS.iter().any(|end| name.ends_with(end))
}

/// Line and name of every module a Rust file declares.
fn modules(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(line, source)| {
        let source = source.trim_start();
        let source = match source.strip_prefix("pub") {
            Some(rest) if rest.starts_with('(') => rest.split_once(')')?.1.trim_start(),
            Some(rest) => rest.trim_start(),
            None => source,
        };
        let name = source
            .strip_prefix("mod ")?
            .trim_end_matches([' ', '{', '}', ';']);
        Some((line + 1, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)]))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn names_that_hold_anything_are_found_in_files_and_folders() {
        for path in [
            "a/src/utils.rs",
            "a/src/common/mod.rs",
            "ui/src/Helpers.ts",
            "a/http-utils.rs",
        ] {
            assert_eq!(findings(path, "").len(), 1, "{path}");
        }
    }

    #[test]
    fn the_standards_words_pass() {
        for path in [
            "a/src/service_worker.rs",
            "a/src/data_url.rs",
            "docs/common.md",
        ] {
            assert_eq!(findings(path, ""), [""; 0], "{path}");
        }
    }

    #[test]
    fn modules_are_found_whatever_their_visibility() {
        let text = "mod origin;\npub mod utils;\n  pub(crate) mod helpers {\nmod misc {}\n";
        let lines: Vec<_> = modules(text).collect();
        assert_eq!(
            lines,
            [(1, "origin"), (2, "utils"), (3, "helpers"), (4, "misc")]
        );
        assert_eq!(findings("a.rs", text).len(), 3);
    }
}
