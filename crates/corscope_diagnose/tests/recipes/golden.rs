//! What each recipe writes, and what it is called.

use std::path::Path;

use corscope_diagnose::recipe::Rendered;
use corscope_diagnose::recipes::RECIPES;
use corscope_fetch::policy::PolicyDocument;

use crate::policies::{build, document, strings};

/// `BLESS=1 cargo test -p corscope_diagnose --test recipes` writes the files under
/// `tests/golden/recipes` anew; read the difference before you commit it.
#[test]
fn each_recipe_is_written_as_the_golden_file_says() {
    let policies = [
        (
            "one-origin",
            document(&["https://app.example.com"], &[], &[]),
        ),
        (
            "full",
            PolicyDocument {
                headers: strings(&["Content-Type", "X-Foo"]),
                expose: strings(&["X-Total", "ETag"]),
                credentials: true,
                max_age: Some(600),
                ..document(
                    &[
                        "https://app.example.com",
                        "https://admin.example.com",
                        "http://localhost:5173",
                    ],
                    &["PUT", "DELETE"],
                    &[],
                )
            },
        ),
        (
            "subdomains",
            PolicyDocument {
                credentials: true,
                ..document(
                    &["https://example.com", "https://*.example.com"],
                    &["PATCH"],
                    &[],
                )
            },
        ),
        ("public", document(&["*"], &["PUT"], &["*"])),
    ];
    let mut differing = Vec::new();
    for (name, document) in policies {
        let policy = build(&document);
        for recipe in RECIPES {
            let Rendered { code, limits } = (recipe.render)(&policy);
            let mut text = code;
            for limit in limits {
                text.push_str("\nlimit: ");
                text.push_str(&limit);
                text.push('\n');
            }
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/golden/recipes")
                .join(name);
            let path = folder.join(format!("{}.txt", recipe.stack));
            if std::env::var_os("BLESS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, text).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
                differing.push(format!("{name}/{}: now\n{text}", recipe.stack));
            }
        }
    }
    let differing = differing.join("\n");
    assert!(
        differing.is_empty(),
        "BLESS=1 writes the files anew\n{differing}"
    );
}

#[test]
fn names_and_aliases_are_their_own() {
    let mut seen = std::collections::BTreeSet::new();
    for recipe in RECIPES {
        for name in recipe.aliases.iter().chain(std::iter::once(&recipe.stack)) {
            assert!(seen.insert(*name), "{name} stands for two recipes");
        }
        assert!(!recipe.pitfalls.is_empty(), "{}", recipe.stack);
    }
}
