//! A source file is a thing one person can read at a sitting.

use super::{Finding, Severity};
use crate::page_types;
use crate::tree::Tree;

/// Past this many lines a file is split by reason to change, or listed below.
const BUDGET: usize = 400;

/// Past this many lines nothing helps.
const HARD: usize = 600;

/// Files that may stand between the two limits, each with its reason.
pub(super) const EXCEPTIONS: &[(&str, &str)] = &[];

pub(super) fn check(tree: &Tree, exceptions: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings: Vec<_> = tree
        .texts()
        .filter(|(path, _)| is_source(path))
        .filter_map(|(path, text)| {
            let listed = exceptions.iter().any(|(exception, _)| *exception == path);
            of_one(path, text.lines().count(), listed)
        })
        .collect();
    for (path, reason) in exceptions {
        if tree
            .text(path)
            .is_none_or(|text| text.lines().count() <= BUDGET)
        {
            findings.push(Finding::of(
                path,
                "needs no exception from the file budget any more",
            ));
        }
        if reason.is_empty() {
            findings.push(Finding::of(
                path,
                "is excepted from the file budget without a reason",
            ));
        }
    }
    findings
}

/// What a person reads and edits: not the types that are written from the Rust documents, which a
/// test holds to what is generated.
fn is_source(path: &str) -> bool {
    path != page_types::TARGET
        && [".rs", ".ts", ".svelte", ".sh"]
            .iter()
            .any(|end| path.ends_with(end))
}

fn of_one(path: &str, lines: usize, listed: bool) -> Option<Finding> {
    if lines > HARD {
        return Some(Finding::of(
            path,
            format!("{lines} lines; {HARD} is the most a file may have"),
        ));
    }
    (lines > BUDGET && !listed).then(|| Finding {
        severity: Severity::Warning,
        ..Finding::of(
            path,
            format!("{lines} lines, over {BUDGET}: split it, or list it in EXCEPTIONS"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(lines: usize, exceptions: &[(&str, &str)]) -> Vec<(Severity, String)> {
        let text = "x\n".repeat(lines);
        let tree = Tree::of(&[("a.rs", &text), ("table.json", &"x\n".repeat(9_000))]);
        check(&tree, exceptions)
            .into_iter()
            .map(|f| (f.severity, f.message))
            .collect()
    }

    #[test]
    fn up_to_the_budget_nothing_is_said() {
        assert_eq!(findings(400, &[]), []);
    }

    #[test]
    fn a_generated_file_has_no_budget() {
        let tree = Tree::of(&[(page_types::TARGET, &"x\n".repeat(9_000))]);
        assert!(check(&tree, &[]).is_empty());
    }

    #[test]
    fn between_the_limits_a_file_is_warned_about_unless_listed() {
        assert_eq!(findings(401, &[])[0].0, Severity::Warning);
        assert_eq!(findings(600, &[("a.rs", "one table")]), []);
    }

    #[test]
    fn past_the_hard_limit_no_exception_helps() {
        assert_eq!(findings(601, &[])[0].0, Severity::Failure);
        assert_eq!(
            findings(601, &[("a.rs", "one table")])[0].0,
            Severity::Failure
        );
    }

    #[test]
    fn an_exception_must_be_needed_and_say_why() {
        assert_eq!(
            findings(400, &[("a.rs", "one table")])[0].0,
            Severity::Failure
        );
        assert_eq!(
            findings(9, &[("gone.rs", "one table")])[0].0,
            Severity::Failure
        );
        assert_eq!(findings(401, &[("a.rs", "")])[0].0, Severity::Failure);
    }
}
