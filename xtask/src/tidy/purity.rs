//! The two pure crates reach neither clock, network, files, environment nor randomness. Clippy
//! holds that from each crate's `clippy.toml`; this check holds the `clippy.toml`.

use super::Finding;
use crate::tree::Tree;

const PURE: [&str; 2] = ["crates/corscope_fetch", "crates/corscope_diagnose"];

/// What must at least be disallowed, with a reason.
const DISALLOWED: [&str; 16] = [
    "std::env::args",
    "std::env::current_dir",
    "std::env::var",
    "std::env::var_os",
    "std::fs::File",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::fs::write",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::ToSocketAddrs::to_socket_addrs",
    "std::net::UdpSocket",
    "std::process::Command",
    "std::time::Instant::now",
    "std::time::SystemTime::now",
    "url::Url::socket_addrs",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in PURE {
        let path = format!("{folder}/clippy.toml");
        let Some(text) = tree.text(&path) else {
            findings.push(Finding::of(&path, "is missing: it keeps a pure crate pure"));
            continue;
        };
        for wanted in DISALLOWED {
            let entry = format!("path = \"{wanted}\"");
            match text.lines().position(|line| line.contains(&entry)) {
                None => findings.push(Finding::of(&path, format!("does not disallow `{wanted}`"))),
                Some(line) if !text.lines().nth(line).is_some_and(has_reason) => {
                    let message = format!("disallows `{wanted}` without a reason");
                    findings.push(Finding::at(&path, line + 1, message));
                }
                Some(_) => {}
            }
        }
    }
    findings.extend(twins(tree));
    findings.extend(
        tree.texts()
            .filter(|(path, _)| is_pure_source(path))
            .flat_map(opt_outs),
    );
    findings
}

fn has_reason(line: &str) -> bool {
    line.split_once("reason = \"")
        .is_some_and(|(_, reason)| !reason.starts_with('"'))
}

fn twins(tree: &Tree) -> Option<Finding> {
    let [first, second] = PURE.map(|folder| format!("{folder}/clippy.toml"));
    let (one, other) = (tree.text(&first)?, tree.text(&second)?);
    (one != other).then(|| Finding::of(&second, format!("differs from {first}")))
}

fn is_pure_source(path: &str) -> bool {
    PURE.iter().any(|folder| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with("/src/"))
            && path.ends_with(".rs")
    })
}

fn opt_outs((path, text): (&str, &str)) -> Vec<Finding> {
    let opts_out = |line: &str| line.contains("clippy::disallowed_");
    let lines = text.lines().enumerate().filter(|(_, line)| opts_out(line));
    lines
        .map(|(line, _)| Finding::at(path, line + 1, "a pure crate may not opt out of its purity"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> String {
        DISALLOWED
            .map(|path| format!("{{ path = \"{path}\", reason = \"pure\" }},"))
            .join("\n")
    }

    fn messages(fetch: &str, diagnose: &str, source: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("crates/corscope_fetch/clippy.toml", fetch),
            ("crates/corscope_diagnose/clippy.toml", diagnose),
            ("crates/corscope_fetch/src/lib.rs", source),
        ]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn full_lists_pass() {
        assert_eq!(
            messages(&full(), &full(), "#![warn(missing_docs)]"),
            [""; 0]
        );
    }

    #[test]
    fn a_missing_entry_or_reason_is_found() {
        let gap = full().replace("std::fs::write", "std::fs::rename");
        assert_eq!(
            messages(&gap, &gap, ""),
            [
                "crates/corscope_fetch/clippy.toml: does not disallow `std::fs::write`",
                "crates/corscope_diagnose/clippy.toml: does not disallow `std::fs::write`"
            ]
        );
        let mute = full().replacen("\"pure\"", "\"\"", 1);
        assert_eq!(
            messages(&mute, &mute, "")[0],
            "crates/corscope_fetch/clippy.toml:1: disallows `std::env::args` without a reason"
        );
    }

    #[test]
    fn two_different_lists_are_found() {
        let more = full() + "\n# more";
        assert_eq!(
            messages(&full(), &more, ""),
            [
                "crates/corscope_diagnose/clippy.toml: differs from crates/corscope_fetch/clippy.toml"
            ]
        );
    }

    #[test]
    fn an_opt_out_in_the_source_is_found() {
        let source = "\n#[allow(clippy::disallowed_methods, reason = \"…\")]\nfn now() {}";
        assert_eq!(
            messages(&full(), &full(), source),
            ["crates/corscope_fetch/src/lib.rs:2: a pure crate may not opt out of its purity"]
        );
    }

    #[test]
    fn a_missing_list_is_found() {
        assert_eq!(check(&Tree::of(&[])).len(), 2);
    }
}
