//! Findings that are alike, together.

use std::collections::HashMap;

use corscope_diagnose::observed::{Finding, Standing};
use url::Url;

use super::redaction::{hide_in_url, without_secrets};

/// Kinds of findings that are kept; the rest are counted.
const MOST_GROUPS: usize = 500;
/// URLs that are kept of each.
const MOST_URLS: usize = 5;

/// Findings of one kind: the same rule, page, server, method and leg.
#[derive(Debug)]
pub struct Group {
    /// The first of them.
    pub first: Box<Finding>,
    /// How many there were.
    pub count: u64,
    /// The URLs of the first few others.
    pub others: Vec<String>,
}

/// All groups, in the order in which they came up.
#[derive(Debug, Default)]
pub struct Groups {
    groups: Vec<Group>,
    index: HashMap<Key, usize>,
    left_out: u64,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    standing: Standing,
    rule: &'static str,
    leg: &'static str,
    page: String,
    server: String,
    method: String,
}

impl Groups {
    /// Adds a finding to those like it.
    pub(super) fn add(&mut self, finding: Finding) {
        let key = key_of(&finding);
        if let Some(index) = self.index.get(&key) {
            let group = &mut self.groups[*index];
            group.count += 1;
            let url = url_of(&finding);
            if group.others.len() < MOST_URLS && !group.others.iter().any(|other| other == url) {
                group.others.push(url.to_owned());
            }
            return;
        }
        if self.groups.len() == MOST_GROUPS {
            self.left_out += 1;
            return;
        }
        self.index.insert(key, self.groups.len());
        self.groups.push(Group {
            first: Box::new(finding),
            count: 1,
            others: Vec::new(),
        });
    }

    /// The groups.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }

    /// Takes the secrets out of what will be shown.
    pub fn redact(&mut self) {
        for group in &mut self.groups {
            *group.first = without_secrets(&group.first);
            group.others.iter_mut().for_each(hide_in_url);
        }
    }

    /// Proves the remedies of what will be shown.
    pub fn prove(&mut self) {
        for group in &mut self.groups {
            group.first.prove();
        }
    }

    /// How many findings are in no group, because there are too many kinds.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }
}

fn url_of(finding: &Finding) -> &str {
    finding
        .fetch
        .lead()
        .map_or("", |exchange| exchange.request.url.as_str())
}

fn key_of(finding: &Finding) -> Key {
    let deciding = finding.diagnostics.iter().find(|it| it.first);
    let server = Url::parse(url_of(finding))
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default();
    Key {
        standing: finding.judged.standing,
        rule: deciding.map_or("", |it| it.rule.code),
        leg: deciding.map_or("", |it| it.leg),
        page: finding.fetch.page_origin.clone(),
        server,
        method: finding.fetch.method(0).unwrap_or_default(),
    }
}
