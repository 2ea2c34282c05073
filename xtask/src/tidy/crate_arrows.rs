//! Which crate may depend on which, and how little the two pure crates may depend on at all.

use super::Finding;
use crate::metadata::Package;

/// Each crate of the workspace with the members it may name: the walls of ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    ("corscope_fetch", &[]),
    ("corscope_diagnose", &["corscope_fetch"]),
    ("corscope_capture", &["corscope_fetch"]),
    ("corscope_wire", &["corscope_fetch"]),
    (
        "corscope",
        &[
            "corscope_fetch",
            "corscope_diagnose",
            "corscope_capture",
            "corscope_wire",
            "recipe_apps",
        ],
    ),
    ("recipe_apps", &["corscope_fetch", "corscope_diagnose"]),
    ("conformance", &["corscope_fetch", "corscope_diagnose"]),
    ("xtask", &[]),
];

/// What a pure crate may take from outside; its tests may take more.
const PURE: &[(&str, &[&str])] = &[
    ("corscope_fetch", &["psl", "serde", "sha2", "url"]),
    (
        "corscope_diagnose",
        &[
            "foldhash",
            "serde",
            "serde_json",
            "serde_path_to_error",
            "toml",
            "url",
        ],
    ),
];

pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    packages
        .iter()
        .flat_map(|package| of_one(package, packages))
        .collect()
}

fn of_one(package: &Package, all: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some((_, arrows)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
        let message = "has no place among the crate arrows (ARROWS in xtask/src/tidy)";
        return vec![Finding::of(&package.name, message)];
    };
    let pure = PURE.iter().find(|(name, _)| *name == package.name);
    for dependency in &package.dependencies {
        let name = dependency.name.as_str();
        if all.iter().any(|member| member.name == name) {
            if !arrows.contains(&name) {
                findings.push(Finding::of(
                    &package.name,
                    format!("must not know `{name}`"),
                ));
            }
        } else if let Some((_, allowed)) = pure
            && !dependency.dev
            && !allowed.contains(&name)
        {
            let allowed = allowed.join("`, `");
            let message = format!("is pure: it may depend on `{allowed}`, not on `{name}`");
            findings.push(Finding::of(&package.name, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    fn package(name: &str, dependencies: &[&str]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|name| Dependency {
                name: name.trim_start_matches("dev:").into(),
                dev: name.starts_with("dev:"),
            })
            .collect();
        Package {
            name: name.into(),
            dependencies,
        }
    }

    fn messages(packages: &[Package]) -> Vec<String> {
        check(packages).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_arrows_of_the_architecture_pass() {
        let packages = [
            package("corscope_fetch", &["serde", "url", "dev:toml"]),
            package(
                "corscope_diagnose",
                &["corscope_fetch", "serde", "serde_json"],
            ),
            package("corscope_wire", &["corscope_fetch", "tokio"]),
            package(
                "corscope",
                &[
                    "corscope_fetch",
                    "corscope_diagnose",
                    "corscope_wire",
                    "clap",
                ],
            ),
            package("xtask", &["serde_json"]),
        ];
        assert_eq!(messages(&packages), [""; 0]);
    }

    #[test]
    fn siblings_do_not_know_each_other_even_in_tests() {
        let packages = [
            package("corscope_diagnose", &["dev:corscope_wire"]),
            package("corscope_wire", &["corscope_diagnose"]),
        ];
        assert_eq!(
            messages(&packages),
            [
                "corscope_diagnose: must not know `corscope_wire`",
                "corscope_wire: must not know `corscope_diagnose`"
            ]
        );
    }

    #[test]
    fn a_pure_crate_takes_nothing_else_from_outside() {
        let found = messages(&[package("corscope_fetch", &["url", "tokio", "dev:toml"])]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("corscope_fetch: is pure:"),
            "{found:?}"
        );
        assert!(found[0].ends_with("not on `tokio`"), "{found:?}");
    }

    #[test]
    fn a_new_crate_must_be_placed() {
        assert_eq!(messages(&[package("corscope_extra", &[])]).len(), 1);
    }
}
