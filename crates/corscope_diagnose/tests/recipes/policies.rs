//! The policies that recipes are tried with.

use corscope_fetch::policy::{Policy, PolicyDocument};

/// Stands in every hostile value, so that it can be found outside of quotes.
pub(crate) const MARK: &str = "zqx";

/// How many policies of chance each recipe is tried with.
pub(crate) const HOSTILE: usize = 400;

pub(crate) fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub(crate) fn document(origins: &[&str], methods: &[&str], names: &[&str]) -> PolicyDocument {
    PolicyDocument {
        origins: strings(origins),
        methods: strings(methods),
        headers: strings(names),
        expose: strings(names),
        ..PolicyDocument::default()
    }
}

pub(crate) fn build(document: &PolicyDocument) -> Policy {
    document
        .build(true)
        .unwrap_or_else(|findings| panic!("{document:?}: {findings:?}"))
}

/// The documents without what is no origin: which of the strange ones are is the standard's word.
pub(crate) fn origins_only(mut documents: Vec<PolicyDocument>) -> Vec<PolicyDocument> {
    for document in &mut documents {
        document.origins.retain(|origin| {
            let alone = PolicyDocument {
                origins: vec![origin.clone()],
                ..PolicyDocument::default()
            };
            alone.build(true).is_ok()
        });
    }
    documents.retain(|document| !document.origins.is_empty());
    documents
}

/// Each document with and without credentials, and with each kind of maximum age.
pub(crate) fn varied(documents: Vec<PolicyDocument>) -> Vec<Policy> {
    let mut policies = Vec::new();
    for document in documents {
        for credentials in [false, true] {
            for max_age in [None, Some(0), Some(600)] {
                policies.push(build(&PolicyDocument {
                    credentials,
                    max_age,
                    private_network: credentials,
                    ..document.clone()
                }));
            }
        }
    }
    policies
}
