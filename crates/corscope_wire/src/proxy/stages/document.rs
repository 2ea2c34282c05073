//! Rewrites and breakpoints as they are written: in a rules file, and by a user interface. Nothing is
//! checked yet.

use serde::{Deserialize, Serialize};

use super::action_document::ActionDocument;

/// A rules file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RulesDocument {
    /// Whether anything in it is in force.
    pub enabled: bool,
    /// Whether browsers are kept from remembering preflights, so that every one is seen.
    pub show_every_preflight: bool,
    /// The rewrites, in order.
    #[serde(rename = "rewrite", skip_serializing_if = "Vec::is_empty")]
    pub rewrites: Vec<RewriteDocument>,
    /// The breakpoints, in order; they come after the rewrites.
    #[serde(rename = "breakpoint", skip_serializing_if = "Vec::is_empty")]
    pub breakpoints: Vec<BreakpointDocument>,
}

impl Default for RulesDocument {
    fn default() -> Self {
        Self {
            enabled: true,
            show_every_preflight: false,
            rewrites: Vec::new(),
            breakpoints: Vec::new(),
        }
    }
}

/// A rewrite: which exchanges it takes, and what it does to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RewriteDocument {
    /// Its identity; one is given where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Its name for people, which is noted on every exchange it touched.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether it is in force.
    #[serde(skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// For how many exchanges; then it rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Which exchanges.
    #[serde(rename = "match", skip_serializing_if = "is_empty")]
    pub matches: MatchDocument,
    /// What to do, in order.
    #[serde(rename = "do")]
    pub actions: Vec<ActionDocument>,
}

impl Default for RewriteDocument {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            enabled: true,
            next: None,
            matches: MatchDocument::default(),
            actions: Vec::new(),
        }
    }
}

/// A breakpoint: which exchanges are held, and for how long at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BreakpointDocument {
    /// Its identity; one is given where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Its name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether it is in force.
    #[serde(skip_serializing_if = "is_true")]
    pub enabled: bool,
    /// For how many exchanges; then it rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Which exchanges.
    #[serde(rename = "match", skip_serializing_if = "is_empty")]
    pub matches: MatchDocument,
    /// Where they are held.
    pub on: Vec<Direction>,
    /// How long at most.
    pub hold_seconds: u64,
    /// What becomes of them then.
    pub then: Overdue,
}

impl Default for BreakpointDocument {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            enabled: true,
            next: None,
            matches: MatchDocument::default(),
            on: vec![Direction::Response],
            hold_seconds: 120,
            then: Overdue::default(),
        }
    }
}

/// What becomes of an exchange that was held for too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overdue {
    /// It goes on unchanged.
    #[default]
    GoOn,
    /// The client's connection is closed.
    Close,
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// To the server.
    Request,
    /// To the client.
    Response,
}

/// Criteria. All that are given must hold; of a list, one entry must.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MatchDocument {
    /// Methods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub method: Vec<String>,
    /// Origins of pages, as in a policy: `https://app.example`, `https://*.app.example`, `*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origin: Vec<String>,
    /// Hosts, as [`HostPattern`](crate::proxy::HostPattern) reads them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub host: Vec<String>,
    /// Paths without query; `*` stands for any characters, `?` for one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Whole URLs; their queries are not looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub url: Vec<String>,
    /// A regular expression that must fit somewhere in the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_regex: Option<String>,
    /// Whether it is a CORS-preflight request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preflight: Option<bool>,
    /// Request headers; every entry must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_header: Vec<HeaderMatchDocument>,
    /// Statuses: `404`, `5xx`, `400-499`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<StatusDocument>,
    /// Response headers; every entry must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_header: Vec<HeaderMatchDocument>,
    /// Whether the browser's CORS check fails, as far as this exchange alone shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors_fails: Option<bool>,
}

/// A criterion on a header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct HeaderMatchDocument {
    /// Its name.
    pub name: String,
    /// What one of its lines must hold; `*` stands for any characters, `?` for one. Absent: any value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether it must be absent instead.
    #[serde(skip_serializing_if = "is_false")]
    pub absent: bool,
}

/// A status, or statuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a status such as 404, or \"5xx\", or \"400-499\""
)]
pub enum StatusDocument {
    /// One.
    One(u16),
    /// `404`, `5xx` or `400-499`.
    Several(String),
}

fn is_true(value: &bool) -> bool {
    *value
}

pub(super) fn is_false(value: &bool) -> bool {
    !*value
}

fn is_empty(matches: &MatchDocument) -> bool {
    *matches == MatchDocument::default()
}
