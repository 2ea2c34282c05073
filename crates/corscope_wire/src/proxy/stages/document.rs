//! Rewrites and breakpoints as they are written: in a rules file, and by a user interface. Nothing is
//! checked yet.

use std::path::PathBuf;

use corscope_fetch::policy::PolicyDocument;
use serde::{Deserialize, Serialize};

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

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionDocument {
    /// Sets a request header, replacing all lines of its name.
    SetRequestHeader(HeaderDocument),
    /// Adds a line to the request's head.
    AddRequestHeader(HeaderDocument),
    /// Takes all lines of a name out of the request's head.
    RemoveRequestHeader(String),
    /// Replaces inside the values of a request header.
    ReplaceInRequestHeader(ReplaceDocument),
    /// Replaces inside the request's body, decoded.
    ReplaceInRequestBody(ReplaceDocument),
    /// Gives the request another body.
    SetRequestBody(BodyDocument),
    /// Sends the request elsewhere.
    Forward(ForwardDocument),
    /// Answers without the server.
    Answer(AnswerDocument),
    /// Answers CORS-preflight requests without the server, as a policy says.
    AnswerPreflight(AnswerPreflightDocument),
    /// Answers from files.
    MapFolder(MapFolderDocument),
    /// Sets the status.
    SetStatus(u16),
    /// Sets a response header, replacing all lines of its name.
    SetResponseHeader(HeaderDocument),
    /// Adds a line to the response's head.
    AddResponseHeader(HeaderDocument),
    /// Takes all lines of a name out of the response's head.
    RemoveResponseHeader(String),
    /// Replaces inside the values of a response header.
    ReplaceInResponseHeader(ReplaceDocument),
    /// Replaces inside the response's body, decoded.
    ReplaceInResponseBody(ReplaceDocument),
    /// Gives the response another body.
    SetResponseBody(BodyDocument),
    /// Waits.
    Delay(DelayDocument),
    /// Closes the client's connection: before the server is asked, or in place of its response.
    Close(Direction),
}

impl ActionDocument {
    /// Its name in files.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SetRequestHeader(_) => "set-request-header",
            Self::AddRequestHeader(_) => "add-request-header",
            Self::RemoveRequestHeader(_) => "remove-request-header",
            Self::ReplaceInRequestHeader(_) => "replace-in-request-header",
            Self::ReplaceInRequestBody(_) => "replace-in-request-body",
            Self::SetRequestBody(_) => "set-request-body",
            Self::Forward(_) => "forward",
            Self::Answer(_) => "answer",
            Self::AnswerPreflight(_) => "answer-preflight",
            Self::MapFolder(_) => "map-folder",
            Self::SetStatus(_) => "set-status",
            Self::SetResponseHeader(_) => "set-response-header",
            Self::AddResponseHeader(_) => "add-response-header",
            Self::RemoveResponseHeader(_) => "remove-response-header",
            Self::ReplaceInResponseHeader(_) => "replace-in-response-header",
            Self::ReplaceInResponseBody(_) => "replace-in-response-body",
            Self::SetResponseBody(_) => "set-response-body",
            Self::Delay(_) => "delay",
            Self::Close(_) => "close",
        }
    }
}

/// A header line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct HeaderDocument {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A replacement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ReplaceDocument {
    /// The header's name; empty for a body.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// A regular expression.
    pub pattern: String,
    /// What to write in place of every fit; `$1` is its first group.
    pub with: String,
}

/// A body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BodyDocument {
    /// The body itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A file that holds it, read each time; relative to the rules file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Its `Content-Type`, if that changes too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// Where requests go instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ForwardDocument {
    /// Scheme, host and port, and a path that is put in front: `http://localhost:3000/v2`.
    pub to: String,
    /// What is first taken off the path's front.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub strip: String,
    /// Whether `Host` still names the old host.
    #[serde(skip_serializing_if = "is_false")]
    pub keep_host: bool,
}

/// An answer without the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AnswerDocument {
    /// Its status.
    pub status: u16,
    /// Its header lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<HeaderDocument>,
    /// Its body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyDocument>,
    /// Whether the page that asks may read it: its origin is allowed, with credentials.
    #[serde(skip_serializing_if = "is_false")]
    pub readable: bool,
}

impl Default for AnswerDocument {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: None,
            readable: false,
        }
    }
}

/// How preflights are answered without the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AnswerPreflightDocument {
    /// The policy.
    pub policy: PolicyDocument,
    /// Whether a policy that lets somebody in who should stay out is taken all the same.
    #[serde(skip_serializing_if = "is_false")]
    pub allow_unsafe: bool,
}

/// Files that answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MapFolderDocument {
    /// The folder, which nothing is read outside of; relative to the rules file.
    pub folder: PathBuf,
    /// What is first taken off the path's front.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub strip: String,
    /// Whether the page that asks may read it: its origin is allowed, with credentials.
    #[serde(skip_serializing_if = "is_false")]
    pub readable: bool,
}

/// A pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct DelayDocument {
    /// Before which message goes on.
    pub on: Direction,
    /// Milliseconds.
    pub ms: u64,
}

impl Default for DelayDocument {
    fn default() -> Self {
        Self {
            on: Direction::Response,
            ms: 0,
        }
    }
}

fn is_true(value: &bool) -> bool {
    *value
}

fn is_false(value: &bool) -> bool {
    !*value
}

fn is_empty(matches: &MatchDocument) -> bool {
    *matches == MatchDocument::default()
}
