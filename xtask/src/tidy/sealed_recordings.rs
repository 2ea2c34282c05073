//! What the browsers did is evidence: no row is edited to make a test pass. `conformance/SHA256SUMS`
//! seals the recordings; a new recording is sealed anew, in a commit of its own.

use super::Finding;
use crate::sha256;
use crate::tree::Tree;

const FOLDER: &str = "conformance/";
const SEALS: &str = "conformance/SHA256SUMS";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let seals = tree.text(SEALS).unwrap_or_default();
    let seals: Vec<_> = seals
        .lines()
        .filter_map(|line| line.split_once("  "))
        .collect();
    let mut findings = Vec::new();
    for path in tree.paths().filter(|path| is_recording(path)) {
        let name = &path[FOLDER.len()..];
        let sealed = seals.iter().find(|(_, sealed)| *sealed == name);
        let Some((digest, _)) = sealed else {
            findings.push(Finding::of(path, format!("is not sealed in {SEALS}")));
            continue;
        };
        if tree
            .bytes(path)
            .is_none_or(|bytes| sha256::hex(bytes) != *digest)
        {
            findings.push(Finding::of(path, "differs from what was recorded"));
        }
    }
    for (_, name) in &seals {
        if !tree.holds(&format!("{FOLDER}{name}")) {
            findings.push(Finding::of(
                SEALS,
                format!("seals `{name}`, which is not there"),
            ));
        }
    }
    findings
}

fn is_recording(path: &str) -> bool {
    path.starts_with(FOLDER) && path.ends_with(".jsonl")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files))
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn a_sealed_recording_passes() {
        let seal = format!("{}  chromium.jsonl\n", sha256::hex(b"{}"));
        let files = [
            (SEALS, seal.as_str()),
            ("conformance/chromium.jsonl", "{}"),
            ("conformance/x.toml", ""),
        ];
        assert_eq!(messages(&files), [""; 0]);
    }

    #[test]
    fn a_changed_an_unsealed_and_a_lost_recording_are_found() {
        let seal = format!(
            "{}  a.jsonl\n{}  b.jsonl\n",
            sha256::hex(b"{}"),
            sha256::hex(b"{}")
        );
        let files = [
            (SEALS, seal.as_str()),
            ("conformance/a.jsonl", "{ }"),
            ("conformance/c.jsonl", "{}"),
        ];
        assert_eq!(
            messages(&files),
            [
                "differs from what was recorded",
                "is not sealed in conformance/SHA256SUMS",
                "seals `b.jsonl`, which is not there"
            ]
        );
    }
}
