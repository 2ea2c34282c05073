//! One rule is one `.rs` and one `.md` of the same name: the page is its documentation and its
//! tests, so neither may stand alone.

use super::Finding;
use crate::tree::Tree;

const RULES: &str = "crates/corscope_diagnose/src/rules/";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.paths().filter_map(|path| lonely(tree, path)).collect()
}

fn lonely(tree: &Tree, path: &str) -> Option<Finding> {
    let (group, file) = path.strip_prefix(RULES)?.split_once('/')?;
    let (name, missing) = match file.rsplit_once('.')? {
        ("mod", "rs") => return None,
        (name, "rs") => (name, "md"),
        (name, "md") => (name, "rs"),
        _ => return None,
    };
    let missing = format!("{RULES}{group}/{name}.{missing}");
    (!tree.holds(&missing)).then(|| Finding::of(path, format!("has no {missing} beside it")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lonely(files: &[&str]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|file| format!("{RULES}{file}")).collect();
        let files: Vec<_> = files.iter().map(|file| (file.as_str(), "")).collect();
        check(&Tree::of(&files))
            .into_iter()
            .map(|finding| finding.path[RULES.len()..].into())
            .collect()
    }

    #[test]
    fn a_pair_passes_and_so_do_the_lists() {
        let files = [
            "mod.rs",
            "origin/mod.rs",
            "origin/acao_missing.rs",
            "origin/acao_missing.md",
        ];
        assert_eq!(lonely(&files), [""; 0]);
    }

    #[test]
    fn either_half_alone_is_found() {
        assert_eq!(
            lonely(&["origin/a.rs", "origin/b.md", "method/a.md"]),
            ["method/a.md", "origin/a.rs", "origin/b.md"]
        );
    }
}
