//! Actions as they are written.

use std::path::PathBuf;

use corscope_fetch::policy::PolicyDocument;
use serde::{Deserialize, Serialize};

use super::document::{Direction, is_false};

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
    SetRequestBody(BodyActionDocument),
    /// Sends the request elsewhere.
    Forward(ForwardDocument),
    /// Answers without the server.
    Answer(AnswerActionDocument),
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
    SetResponseBody(BodyActionDocument),
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
pub struct BodyActionDocument {
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
pub struct AnswerActionDocument {
    /// Its status.
    pub status: u16,
    /// Its header lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<HeaderDocument>,
    /// Its body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyActionDocument>,
    /// Whether the page that asks may read it: its origin is allowed, with credentials.
    #[serde(skip_serializing_if = "is_false")]
    pub readable: bool,
}

impl Default for AnswerActionDocument {
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
