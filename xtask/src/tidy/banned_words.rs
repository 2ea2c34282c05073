//! Unfinished work and debugging prints do not get in, not even where clippy does not look.

use super::Finding;
use crate::tree::Tree;

/// Split in two so that this list does not find itself.
const BANNED: [(&str, &str); 4] = [
    ("todo", "!("),
    ("dbg", "!("),
    ("unimplemented", "!("),
    ("FIX", "ME"),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".rs")) {
        for (line, source) in text.lines().enumerate() {
            for (word, end) in BANNED {
                if has_word(source, &format!("{word}{end}")) {
                    findings.push(Finding::at(
                        path,
                        line + 1,
                        format!("`{word}{end}` left behind"),
                    ));
                }
            }
        }
    }
    findings
}

fn has_word(source: &str, wanted: &str) -> bool {
    source.match_indices(wanted).any(|(at, _)| {
        !source[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_found_where_it_stands() {
        for (word, end) in BANNED {
            let text = format!("fn a() {{\n    {word}{end}1)\n}}");
            let findings = check(&Tree::of(&[("fuzz/a.rs", &text)]));
            assert_eq!(findings.len(), 1, "{word}");
            assert_eq!(findings[0].line, Some(2));
        }
    }

    #[test]
    fn longer_words_and_other_files_pass() {
        let (word, end) = BANNED[1];
        assert_eq!(
            check(&Tree::of(&[("a.rs", &format!("my_{word}{end}1)"))])),
            []
        );
        assert_eq!(check(&Tree::of(&[("a.md", &format!("{word}{end}1)"))])), []);
    }
}
