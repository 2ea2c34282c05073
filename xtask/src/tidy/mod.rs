//! The checks of the project's shape: one file each, this is the one list.

mod banned_words;
mod crate_arrows;
mod file_budget;
mod links;
mod machine_paths;
mod names;
mod purity;
mod rule_pairs;
mod sealed_recordings;

use std::fmt;
use std::path::Path;

use crate::metadata::{self, Package};
use crate::tree::Tree;

/// Something in the tree that breaks a rule of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    /// Counted from 1; absent when the whole file is meant.
    line: Option<usize>,
    message: String,
    severity: Severity,
}

/// Whether a finding fails the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Failure,
    Warning,
}

impl Finding {
    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::of(path, message)
        }
    }

    fn of(path: &str, message: impl Into<String>) -> Self {
        let (path, message) = (path.into(), message.into());
        Self {
            path,
            line: None,
            message,
            severity: Severity::Failure,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.severity == Severity::Warning {
            out.write_str("warning: ")?;
        }
        write!(out, "{}:", self.path)?;
        if let Some(line) = self.line {
            write!(out, "{line}:")?;
        }
        write!(out, " {}", self.message)
    }
}

/// Every finding of every check.
fn findings(tree: &Tree, packages: &[Package]) -> Vec<Finding> {
    let mut findings = crate_arrows::check(packages);
    findings.extend(purity::check(tree));
    findings.extend(file_budget::check(tree, file_budget::EXCEPTIONS));
    findings.extend(names::check(tree));
    findings.extend(rule_pairs::check(tree));
    findings.extend(banned_words::check(tree));
    findings.extend(machine_paths::check(tree));
    findings.extend(sealed_recordings::check(tree));
    findings.extend(links::check(tree));
    findings
}

/// Checks the project under `root` and prints what is wrong; `Ok(false)` when something is.
pub(crate) fn run(root: &Path) -> Result<bool, String> {
    let findings = findings(&Tree::read(root)?, &metadata::packages(root)?);
    for finding in &findings {
        eprintln!("{finding}");
    }
    let failures = findings
        .iter()
        .filter(|f| f.severity == Severity::Failure)
        .count();
    match failures {
        0 => println!("tidy: nothing to mend"),
        1 => println!("tidy: 1 thing to mend"),
        _ => println!("tidy: {failures} things to mend"),
    }
    Ok(failures == 0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_project_is_tidy() {
        assert_eq!(
            super::run(crate::root()),
            Ok(true),
            "what is wrong stands above"
        );
    }
}
