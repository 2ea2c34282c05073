//! What a console message tells.

use std::ops::Range;

use corscope_fetch::Browser;
use serde::{Deserialize, Serialize};

use super::not_cors::NotCors;

/// Which leg of a fetch a message speaks about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageLeg {
    /// The CORS-preflight request and its response.
    Preflight,
    /// The actual request and its response.
    Actual,
    /// A redirect.
    Redirect,
    /// The request, before anything was sent.
    Request,
    /// The message does not tell.
    #[default]
    Unknown,
}

impl MessageLeg {
    /// Its name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Actual => "actual",
            Self::Redirect => "redirect",
            Self::Request => "request",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a message is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The console, as an error.
    #[default]
    Error,
    /// The console, as a warning.
    Warning,
    /// The console, as information.
    Info,
    /// An exception that scripts can catch.
    Exception,
    /// An issue in the developer tools.
    Issue,
    /// An issue's title.
    IssueTitle,
}

/// What became of the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// It was blocked, or the script was refused the response.
    #[default]
    Blocked,
    /// It went on: the message only informs.
    Passed,
    /// It waits for a decision.
    Pending,
    /// It failed, and the reason stands elsewhere.
    Symptom,
}

/// One failure, or one warning, with everything that its lines tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleMessage {
    /// Who printed it, when only one browser prints it so.
    pub browser: Option<Browser>,
    /// All browsers that print it so.
    pub browsers: Vec<Browser>,
    /// Chromium's CORS error name, Firefox's message key, or our name for the message.
    pub browser_code: Option<&'static str>,
    /// The leg it speaks about: the likeliest, where it may be one of several.
    pub leg: MessageLeg,
    /// The legs that it may also speak about.
    pub or_legs: Vec<MessageLeg>,
    /// What was being loaded, in the browser's words: `fetch`, `XMLHttpRequest`, `script`…
    pub kind: Option<String>,
    /// The page's serialized origin.
    pub page_origin: Option<String>,
    /// The URL of the request that failed.
    pub url: Option<String>,
    /// The first URL, before redirects.
    pub initial_url: Option<String>,
    /// The request's method.
    pub method: Option<String>,
    /// The request header's name.
    pub header: Option<String>,
    /// The status of the response.
    pub status: Option<u16>,
    /// The other facts, as name and value: `value`, `directive`, `space`, `error`…
    pub values: Vec<(&'static str, String)>,
    /// The rules that can explain it: the message's own cause first.
    pub causes: Vec<&'static str>,
    /// What cannot be the cause, since the browser came that far.
    pub rules_out: Vec<&'static str>,
    /// The other mechanism that speaks, when it is not CORS.
    pub not_cors: Option<NotCors>,
    /// Where it is seen.
    pub channel: Channel,
    /// What became of the request.
    pub effect: Effect,
    /// No current version prints it.
    pub legacy: bool,
    /// Only a part of a message was recognised: it is cut, or says something new.
    pub partial: bool,
    /// It was read by its URL and header names, being in a language that we have no texts of.
    pub translated: bool,
    /// Whether the request included credentials, when the message tells.
    pub credentials: Option<bool>,
    /// From its first line to its last, in bytes.
    pub span: Range<usize>,
    /// The lines that belong to it, in bytes; the deciding one first.
    pub lines: Vec<Range<usize>>,
    /// How often the same was printed.
    pub times: usize,
}

impl ConsoleMessage {
    /// A fact by its name in the message's template.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let own = match name {
            "kind" => self.kind.as_deref(),
            "origin" => self.page_origin.as_deref(),
            "url" => self.url.as_deref(),
            "initial_url" => self.initial_url.as_deref(),
            "method" => self.method.as_deref(),
            "header" => self.header.as_deref(),
            _ => None,
        };
        own.or_else(|| {
            let mut values = self.values.iter();
            values
                .find(|(mine, _)| *mine == name)
                .map(|(_, value)| value.as_str())
        })
    }

    /// Whether something was refused because of CORS, or may have been.
    pub fn is_blocking(&self) -> bool {
        matches!(self.effect, Effect::Blocked | Effect::Symptom)
    }

    /// Whether only a script's exception, or a network error's name, is known.
    pub fn is_bare(&self) -> bool {
        self.effect == Effect::Symptom && self.causes.is_empty() && self.not_cors.is_none()
    }

    pub(super) fn value(&mut self, name: &'static str, value: String) {
        if !self.values.iter().any(|(mine, _)| *mine == name) {
            self.values.push((name, value));
        }
    }
}
