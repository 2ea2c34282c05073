//! What `serde` attributes say about names.

use syn::{Attribute, LitStr};

/// The attributes of one item, field or variant.
#[derive(Default)]
pub(super) struct Serde {
    pub(super) rename: Option<String>,
    pub(super) rename_all: Option<String>,
    /// Whether it may be left out.
    pub(super) is_optional: bool,
    pub(super) is_skipped: bool,
    pub(super) is_flat: bool,
    /// Whether a choice of values is told by their shape alone.
    pub(super) is_untagged: bool,
}

impl Serde {
    pub(super) fn read(attributes: &[Attribute]) -> Self {
        let mut found = Self::default();
        for attribute in attributes.iter().filter(|it| it.path().is_ident("serde")) {
            // What is not understood here does not concern names.
            let _ = attribute.parse_nested_meta(|meta| {
                let value =
                    || -> syn::Result<String> { Ok(meta.value()?.parse::<LitStr>()?.value()) };
                if meta.path.is_ident("rename") {
                    found.rename = Some(value()?);
                } else if meta.path.is_ident("rename_all") {
                    found.rename_all = Some(value()?);
                } else if meta.path.is_ident("skip") {
                    found.is_skipped = true;
                } else if meta.path.is_ident("flatten") {
                    found.is_flat = true;
                } else if meta.path.is_ident("untagged") {
                    found.is_untagged = true;
                } else if meta.path.is_ident("skip_serializing_if") {
                    let _ = value()?;
                    found.is_optional = true;
                } else if meta.path.is_ident("default") {
                    found.is_optional = true;
                    if meta.input.peek(syn::Token![=]) {
                        let _ = value()?;
                    }
                } else if meta.input.peek(syn::Token![=]) {
                    let _ = value()?;
                }
                Ok(())
            });
        }
        found
    }
}

/// A name as `rename_all` writes it. Rust writes fields in snake and variants in camel case.
pub(super) fn renamed(name: &str, rule: Option<&str>) -> String {
    let words = words(name);
    match rule {
        Some("lowercase") => words.concat(),
        Some("kebab-case") => words.join("-"),
        Some("snake_case") => words.join("_"),
        _ => name.to_owned(),
    }
}

fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut is_start = true;
        for character in part.chars() {
            match words.last_mut() {
                Some(word) if !is_start && !character.is_uppercase() => word.push(character),
                _ => words.push(character.to_lowercase().collect()),
            }
            is_start = false;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_serde_writes_them() {
        assert_eq!(renamed("SameOrigin", Some("kebab-case")), "same-origin");
        assert_eq!(renamed("max_age", Some("kebab-case")), "max-age");
        assert_eq!(
            renamed("OpaqueRedirect", Some("lowercase")),
            "opaqueredirect"
        );
        assert_eq!(renamed("page_origin", None), "page_origin");
    }
}
