//! The policies of the battery, and what each promises.

use std::collections::BTreeMap;

use corscope_fetch::policy::{Policy, PolicyDocument};

/// A policy by the name that it has in `e2e/frameworks/policies.json`.
pub(crate) struct Promise {
    pub(crate) name: String,
    pub(crate) document: PolicyDocument,
    pub(crate) policy: Policy,
    /// Origins that it allows.
    pub(crate) allowed: Vec<String>,
}

pub(crate) fn promises() -> Vec<Promise> {
    let text = include_str!("../../../../e2e/frameworks/policies.json");
    let documents: BTreeMap<String, PolicyDocument> = serde_json::from_str(text).unwrap();
    let promise = |(name, document): (String, PolicyDocument)| Promise {
        name,
        policy: document.build(true).unwrap(),
        allowed: document.origins.iter().flat_map(allowed).collect(),
        document,
    };
    documents.into_iter().map(promise).collect()
}

fn allowed(origin: &String) -> Vec<String> {
    match origin.split_once("*.") {
        Some((start, end)) => vec![format!("{start}a.{end}"), format!("{start}a.b.{end}")],
        None if origin == "*" => vec!["https://any.example".to_owned()],
        None => vec![origin.clone()],
    }
}

impl Promise {
    pub(crate) fn is_public(&self) -> bool {
        self.document.origins == ["*"]
    }

    /// Whether the policy allows this origin; those asked here are no subdomains of its.
    pub(crate) fn allows(&self, origin: &str) -> bool {
        self.is_public() || self.allowed.iter().any(|allowed| allowed == origin)
    }

    /// The methods to send preflights for.
    pub(crate) fn methods(&self) -> Vec<&str> {
        named(&self.document.methods, &["PUT", "DELETE"])
    }

    /// The request-headers to send preflights for.
    pub(crate) fn headers(&self) -> Vec<&str> {
        named(&self.document.headers, &["x-any", "authorization"])
    }

    pub(crate) fn allows_every_method(&self) -> bool {
        self.document.methods == ["*"]
    }

    pub(crate) fn allows_header(&self, name: &str) -> bool {
        self.document
            .headers
            .iter()
            .any(|given| given == "*" || given.eq_ignore_ascii_case(name))
    }
}

fn named<'t>(names: &'t [String], all: &[&'t str]) -> Vec<&'t str> {
    if names == ["*"] {
        return all.to_vec();
    }
    names.iter().map(String::as_str).collect()
}
