//! Links between the project's pages lead somewhere.

use super::Finding;
use crate::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".md")) {
        for (line, target) in targets(text) {
            let wanted = resolve(path, target);
            if !wanted.as_deref().is_some_and(|wanted| tree.holds(wanted)) {
                findings.push(Finding::at(
                    path,
                    line,
                    format!("the link `{target}` leads nowhere"),
                ));
            }
        }
    }
    findings
}

/// Line and target of every link to a file; code is no text.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut targets = Vec::new();
    let mut fenced = false;
    for (line, source) in text.lines().enumerate() {
        if source.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let prose = source.split('`').step_by(2);
            targets.extend(prose.flat_map(of_prose).map(|target| (line + 1, target)));
        }
    }
    targets
}

fn of_prose(prose: &str) -> impl Iterator<Item = &str> {
    let parts = prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    parts
        .map(|(target, _)| target.split(['#', ' ']).next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':'))
}

/// `target` seen from the page `path`, from the root; `None` when it leaves the project.
fn resolve(path: &str, target: &str) -> Option<String> {
    let mut parts: Vec<_> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(text: &str) -> Vec<(Option<usize>, String)> {
        let tree = Tree::of(&[
            ("docs/guide/a.md", text),
            ("docs/b.md", ""),
            ("README.md", ""),
        ]);
        check(&tree)
            .into_iter()
            .map(|finding| (finding.line, finding.message))
            .collect()
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let text = "[a](a.md) [b](../b.md#part) [c](../../README.md \"title\") [d](#here)\n\
                    [e](https://example.com/x) [f](mailto:a@example.com) [g](../) [h](../..)";
        assert_eq!(dead(text), []);
    }

    #[test]
    fn dead_links_and_links_out_of_the_project_are_found() {
        let found = dead("\n[a](b.md) and [b](../../../README.md)\n");
        assert_eq!(
            found,
            [
                (Some(2), "the link `b.md` leads nowhere".into()),
                (
                    Some(2),
                    "the link `../../../README.md` leads nowhere".into()
                )
            ]
        );
    }

    #[test]
    fn code_holds_no_links() {
        assert_eq!(dead("`[a](x.md)`\n```\n[a](x.md)\n```\n"), []);
    }
}
