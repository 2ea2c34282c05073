//! The project must build anywhere, so no file names a folder of one machine.

use super::Finding;
use crate::tree::Tree;

/// Split in two so that this list does not find itself.
const BANNED: [(&str, &str); 3] = [("/wo", "rk/"), ("/fa", "rm/"), ("/tmp/", "target")];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let banned = BANNED.map(|(start, end)| format!("{start}{end}"));
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        for (line, source) in text.lines().enumerate() {
            for folder in banned.iter().filter(|folder| starts_a_path(source, folder)) {
                findings.push(Finding::at(
                    path,
                    line + 1,
                    format!("names a machine's `{folder}`"),
                ));
            }
        }
    }
    findings
}

/// Whether `folder` stands in `source` other than inside a longer path or URL.
fn starts_a_path(source: &str, folder: &str) -> bool {
    source.match_indices(folder).any(|(at, _)| {
        !source[..at]
            .ends_with(|before: char| before.is_alphanumeric() || "._-~%)}".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machines_folder_is_found_in_any_file() {
        for (start, end) in BANNED {
            for text in [format!("{start}{end}x"), format!("\ncd \"{start}{end}\"")] {
                assert_eq!(check(&Tree::of(&[("Makefile", &text)])).len(), 1, "{text}");
            }
        }
    }

    #[test]
    fn a_folder_inside_a_url_or_a_longer_path_passes() {
        let (start, end) = BANNED[0];
        for before in ["https://a.example", "http://localhost:8000", "~", "home"] {
            let text = format!("{before}{start}{end}");
            assert_eq!(check(&Tree::of(&[("a.md", &text)])), [], "{text}");
        }
    }
}
