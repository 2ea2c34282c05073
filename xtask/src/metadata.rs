//! The workspace's crates and what each names in its manifest, from `cargo metadata`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// One crate of the workspace.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// What it depends on, in the manifest's order.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a `[dependencies]` table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The crate's name in the registry, whatever the manifest renames it to.
    pub(crate) name: String,
    /// Whether only tests, examples and benches see it.
    pub(crate) dev: bool,
}

/// Asks cargo for the workspace's crates. Needs no network.
pub(crate) fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    parse(&output.stdout)
}

fn parse(json: &[u8]) -> Result<Vec<Package>, String> {
    let document: Value =
        serde_json::from_slice(json).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = document["packages"]
        .as_array()
        .ok_or("cargo metadata: no packages")?;
    packages.iter().map(package).collect()
}

fn package(package: &Value) -> Result<Package, String> {
    let name = |value: &Value| {
        value["name"]
            .as_str()
            .map(str::to_owned)
            .ok_or("cargo metadata: a crate without a name")
    };
    let dependencies = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let dependencies = dependencies
        .iter()
        .map(|dependency| {
            Ok(Dependency {
                name: name(dependency)?,
                dev: dependency["kind"] == "dev",
            })
        })
        .collect::<Result<_, String>>()?;
    Ok(Package {
        name: name(package)?,
        dependencies,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds_are_read() {
        let json = br#"{"packages": [{"name": "a", "dependencies": [
            {"name": "url", "rename": "web", "kind": null}, {"name": "toml", "kind": "dev"}]}]}"#;
        let dependencies = vec![
            Dependency {
                name: "url".into(),
                dev: false,
            },
            Dependency {
                name: "toml".into(),
                dev: true,
            },
        ];
        assert_eq!(
            parse(json),
            Ok(vec![Package {
                name: "a".into(),
                dependencies
            }])
        );
        assert!(parse(b"{}").is_err());
    }
}
