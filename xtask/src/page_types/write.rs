//! TypeScript from Rust items.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use syn::{Expr, Fields, GenericArgument, Item, ItemEnum, ItemStruct, Lit, PathArguments, Type};

use super::names::{Serde, renamed};

const HEAD: &str = "// Generated from the Rust documents: cargo run -p xtask -- types --write\n";

/// Types that are written otherwise than their fields say.
const SPECIAL: &[(&str, &str)] = &[
    ("RawHeaders", "[string, string][]"),
    ("SentRequest", "Record<string, string>"),
    ("Value", "unknown"),
    ("Map", "Record<string, unknown>"),
];

/// Fields whose Rust type says less than the document.
const FIELDS: &[(&str, &str, &str)] = &[("ExplainedMessage", "explanation", "Document")];

/// Names that would be another's in the page.
const RENAMED: &[(&str, &str)] = &[("Document", "Explanation"), ("Body", "BodyDocument")];

/// The types that `roots` need, in the order of their names.
pub(super) fn types(items: &BTreeMap<String, Item>, roots: &[&str]) -> Result<String, String> {
    let mut needed: Vec<String> = roots.iter().map(|&root| root.to_owned()).collect();
    let mut texts = BTreeMap::new();
    while let Some(name) = needed.pop() {
        if texts.contains_key(&name) {
            continue;
        }
        let item = items
            .get(&name)
            .ok_or_else(|| format!("page types: `{name}` is in none of the source files"))?;
        let mut seen = BTreeSet::new();
        let text = match item {
            Item::Struct(item) => structure(item, &mut seen)?,
            Item::Enum(item) => enumeration(item, &mut seen)?,
            _ => continue,
        };
        texts.insert(name, text);
        needed.extend(seen);
    }
    let mut out = HEAD.to_owned();
    for text in texts.values() {
        out.push('\n');
        out.push_str(text);
    }
    Ok(out)
}

fn structure(item: &ItemStruct, seen: &mut BTreeSet<String>) -> Result<String, String> {
    let Fields::Named(fields) = &item.fields else {
        return Err(format!("page types: `{}` has no named fields", item.ident));
    };
    let own = Serde::read(&item.attrs);
    let name = item.ident.to_string();
    let (mut body, mut flat) = (String::new(), String::new());
    for field in &fields.named {
        let serde = Serde::read(&field.attrs);
        let Some(ident) = field.ident.as_ref().filter(|_| !serde.is_skipped) else {
            continue;
        };
        let special = FIELDS
            .iter()
            .find(|(of, field, _)| *of == name && ident == field);
        let written = match special {
            Some((_, _, other)) => named(other, seen),
            None => typescript(&field.ty, seen)?,
        };
        if serde.is_flat {
            let _ = write!(flat, " & {written}"); // a String takes every write
            continue;
        }
        let key = serde
            .rename
            .unwrap_or_else(|| renamed(&ident.to_string(), own.rename_all.as_deref()));
        let key = match key.contains('-') {
            true => format!("'{key}'"),
            false => key,
        };
        // What is left out is not null.
        let (mark, written) = match serde.is_optional {
            true => ("?", written.trim_end_matches(" | null")),
            false => ("", written.as_str()),
        };
        let _ = write!(body, "  {key}{mark}: {written};");
        match documentation(&field.attrs) {
            says if says.is_empty() => body.push('\n'),
            says => {
                let _ = writeln!(body, " // {says}");
            }
        }
    }
    let comment = comment(&item.attrs);
    Ok(format!(
        "{comment}export type {} = {{\n{body}}}{flat};\n",
        alias(&name)
    ))
}

/// A choice of names, or of values: each under its name, or bare where it is untagged.
fn enumeration(item: &ItemEnum, seen: &mut BTreeSet<String>) -> Result<String, String> {
    let own = Serde::read(&item.attrs);
    let mut variants = Vec::new();
    for variant in &item.variants {
        let value = match &variant.fields {
            Fields::Unit => None,
            Fields::Unnamed(values) if values.unnamed.len() == 1 => {
                Some(typescript(&values.unnamed[0].ty, seen)?)
            }
            _ => return Err(format!("page types: `{}` holds several values", item.ident)),
        };
        let rename = Serde::read(&variant.attrs).rename;
        let name = variant.ident.to_string();
        let name = rename.unwrap_or_else(|| renamed(&name, own.rename_all.as_deref()));
        variants.push(match value {
            None => format!("'{name}'"),
            Some(value) if own.is_untagged => value,
            Some(value) => format!("{{ '{name}': {value} }}"),
        });
    }
    let comment = comment(&item.attrs);
    let name = alias(&item.ident.to_string());
    Ok(format!(
        "{comment}export type {name} = {};\n",
        variants.join(" | ")
    ))
}

fn alias(name: &str) -> String {
    let renamed = RENAMED.iter().find(|(from, _)| *from == name);
    renamed.map_or(name, |(_, to)| to).to_owned()
}

fn named(name: &str, seen: &mut BTreeSet<String>) -> String {
    if let Some((_, special)) = SPECIAL.iter().find(|(from, _)| *from == name) {
        return (*special).to_owned();
    }
    seen.insert(name.to_owned());
    alias(name)
}

fn list(element: &Type, seen: &mut BTreeSet<String>) -> Result<String, String> {
    let element = typescript(element, seen)?;
    Ok(match element.contains('|') {
        true => format!("({element})[]"),
        false => format!("{element}[]"),
    })
}

fn typescript(ty: &Type, seen: &mut BTreeSet<String>) -> Result<String, String> {
    match ty {
        Type::Reference(inner) => typescript(&inner.elem, seen),
        Type::Slice(inner) => list(&inner.elem, seen),
        Type::Array(array) => {
            let Expr::Lit(length) = &array.len else {
                return list(&array.elem, seen);
            };
            let Lit::Int(length) = &length.lit else {
                return list(&array.elem, seen);
            };
            let length = length.base10_parse().map_err(|error| error.to_string())?;
            let element = typescript(&array.elem, seen)?;
            Ok(format!("[{}]", vec![element; length].join(", ")))
        }
        Type::Tuple(tuple) => {
            let parts: Result<Vec<_>, _> =
                tuple.elems.iter().map(|it| typescript(it, seen)).collect();
            Ok(format!("[{}]", parts?.join(", ")))
        }
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return Err("page types: an empty path".to_owned());
            };
            let inner = match &last.arguments {
                PathArguments::AngleBracketed(arguments) => {
                    arguments.args.iter().find_map(|it| match it {
                        GenericArgument::Type(inner) => Some(inner),
                        _ => None,
                    })
                }
                _ => None,
            };
            match (last.ident.to_string().as_str(), inner) {
                ("Option", Some(inner)) => Ok(format!("{} | null", typescript(inner, seen)?)),
                ("Vec", Some(inner)) => list(inner, seen),
                ("Cow" | "Box" | "Arc", Some(inner)) => typescript(inner, seen),
                ("String" | "str" | "PathBuf", _) => Ok("string".to_owned()),
                ("bool", _) => Ok("boolean".to_owned()),
                ("u8" | "u16" | "u32" | "u64" | "i64" | "usize" | "f64", _) => {
                    Ok("number".to_owned())
                }
                (name, _) => Ok(named(name, seen)),
            }
        }
        _ => Err("page types: a type that is not understood".to_owned()),
    }
}

/// The documentation, as a comment of its own.
fn comment(attributes: &[syn::Attribute]) -> String {
    match documentation(attributes) {
        says if says.is_empty() => says,
        says => format!("/** {says} */\n"),
    }
}

/// The documentation, in one line.
fn documentation(attributes: &[syn::Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|it| it.path().is_ident("doc"))
        .filter_map(|it| {
            let Expr::Lit(literal) = &it.meta.require_name_value().ok()?.value else {
                return None;
            };
            let Lit::Str(text) = &literal.lit else {
                return None;
            };
            Some(text.value().trim().to_owned())
        })
        .collect();
    lines.join(" ")
}
