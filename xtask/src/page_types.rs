//! The web page's types, read from the Rust documents that the server writes: their `serde`
//! attributes say what the JSON looks like.

mod names;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use syn::Item;

/// Where the types go.
pub(crate) const TARGET: &str = "ui/src/engine/types.ts";

/// The files whose types the page may need.
const SOURCES: &[&str] = &[
    "crates/corscope_fetch/src/client.rs",
    "crates/corscope_fetch/src/evidence.rs",
    "crates/corscope_fetch/src/local_network_access.rs",
    "crates/corscope_fetch/src/policy/document.rs",
    "crates/corscope_fetch/src/request_init.rs",
    "crates/corscope_fetch/src/user_agent.rs",
    "crates/corscope_fetch/src/verdict.rs",
    "crates/corscope_diagnose/src/console/read/message.rs",
    "crates/corscope_diagnose/src/contract/expectation.rs",
    "crates/corscope_diagnose/src/diagnostic.rs",
    "crates/corscope_diagnose/src/scenario/document.rs",
    "crates/corscope_diagnose/src/verdict_document.rs",
    "crates/corscope_diagnose/src/observed/fetch_document.rs",
    "crates/corscope_wire/src/proxy/stages/action_document.rs",
    "crates/corscope_wire/src/proxy/stages/document.rs",
    "crates/corscope/src/cli/explain/document.rs",
    "crates/corscope/src/server/answers_that_work.rs",
    "crates/corscope/src/server/fault.rs",
    "crates/corscope/src/server/legs.rs",
    "crates/corscope/src/server/routes/body.rs",
    "crates/corscope/src/server/routes/captures.rs",
    "crates/corscope/src/server/routes/check.rs",
    "crates/corscope/src/server/routes/contract.rs",
    "crates/corscope/src/server/routes/detail.rs",
    "crates/corscope/src/server/routes/events.rs",
    "crates/corscope/src/server/routes/explain.rs",
    "crates/corscope/src/server/routes/groups.rs",
    "crates/corscope/src/server/routes/holds.rs",
    "crates/corscope/src/server/routes/input.rs",
    "crates/corscope/src/server/routes/matrix.rs",
    "crates/corscope/src/server/routes/policy.rs",
    "crates/corscope/src/server/routes/program.rs",
    "crates/corscope/src/server/routes/recipes.rs",
    "crates/corscope/src/server/routes/rewrites.rs",
    "crates/corscope/src/server/routes/rows.rs",
    "crates/corscope/src/server/routes/rules.rs",
    "crates/corscope/src/server/routes/settings.rs",
    "crates/corscope/src/server/routes/simulate.rs",
];

/// What goes over the wire; the types in them follow.
const ROOTS: &[&str] = &[
    "Scenario",
    "Simulation",
    "Checked",
    "ContractOrder",
    "WrittenContract",
    "Explanations",
    "Understood",
    "Program",
    "RuleEntry",
    "RulePage",
    "RecipeEntry",
    "RecipeOrder",
    "RenderedRecipe",
    "FindingDocument",
    "PolicyQuestion",
    "PolicyAnswer",
    "FaultReply",
    "CaptureDocument",
    "RowWindow",
    "GroupedWindow",
    "Matrix",
    "Completions",
    "Detail",
    "ShownBody",
    "Messages",
    "PassedDocument",
    "CaptureEvent",
    "HoldsEvent",
    "RewritesEvent",
    "RewriteList",
    "HeldList",
    "HeldMessage",
    "Decision",
    "SettingsDocument",
    "OpenOrder",
];

/// Whether the page's types are those of the documents.
pub(crate) fn check(root: &Path) -> Result<bool, String> {
    let wanted = generate(root)?;
    let found = fs::read_to_string(root.join(TARGET)).unwrap_or_default();
    if found == wanted {
        return Ok(true);
    }
    println!("{TARGET} is not what the documents say: cargo run -p xtask -- types --write");
    Ok(false)
}

/// Renews the page's types.
pub(crate) fn write(root: &Path) -> Result<bool, String> {
    let path = root.join(TARGET);
    fs::write(&path, generate(root)?).map_err(|error| format!("{TARGET}: {error}"))?;
    Ok(true)
}

fn generate(root: &Path) -> Result<String, String> {
    let mut items = BTreeMap::new();
    for source in SOURCES {
        let text =
            fs::read_to_string(root.join(source)).map_err(|error| format!("{source}: {error}"))?;
        let file = syn::parse_file(&text).map_err(|error| format!("{source}: {error}"))?;
        for item in file.items {
            let name = match &item {
                Item::Struct(it) => it.ident.to_string(),
                Item::Enum(it) => it.ident.to_string(),
                _ => continue,
            };
            items.entry(name).or_insert(item);
        }
    }
    write::types(&items, ROOTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_types_are_those_of_the_documents() {
        assert_eq!(check(crate::root()), Ok(true));
    }
}
