//! The single conditions, and the one list of their keys.

use crate::row::{CorsOutcome, PreflightState};

/// A key of the filter language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// What stands before the colon.
    pub name: &'static str,
    /// What it asks for, in a few words.
    pub about: &'static str,
    /// The values it takes, or examples of them.
    pub values: &'static [&'static str],
    /// Whether it takes no others.
    pub closed: bool,
}

const fn key(
    name: &'static str,
    about: &'static str,
    values: &'static [&'static str],
    closed: bool,
) -> Key {
    Key {
        name,
        about,
        values,
        closed,
    }
}

/// All keys.
pub const KEYS: [Key; 17] = [
    key(
        "cors",
        "what the CORS protocol says",
        &["fail", "ok", "unknown", "none"],
        true,
    ),
    key(
        "reason",
        "the code of a rule that found something",
        &[],
        false,
    ),
    key(
        "preflight",
        "what became of the preflight",
        &["missing", "cached", "failed", "ok", "none"],
        true,
    ),
    key(
        "lna",
        "what Local Network Access says",
        &["denied", "any"],
        false,
    ),
    key("origin", "the `Origin` header", &[], false),
    key("host", "the URL's host and port", &[], false),
    key("path", "the URL's path", &[], false),
    key("url", "the whole URL", &[], false),
    key(
        "method",
        "the method, all of it",
        &["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"],
        false,
    ),
    key(
        "status",
        "the status",
        &[">=400", "200", "4xx", "5xx", "300-399"],
        false,
    ),
    key(
        "header",
        "a header of either side, perhaps with its value",
        &["access-control-allow-origin=", "authorization", "vary="],
        false,
    ),
    key("body", "text in either body", &[], false),
    key(
        "size",
        "how long the response's body is",
        &[">10k", "<1k", ">1m"],
        false,
    ),
    key("time", "how long it took", &[">100ms", ">1s"], false),
    key("id", "the number", &[">100"], false),
    key(
        "is",
        "what it is",
        &[
            "websocket",
            "modified",
            "error",
            "preflight",
            "pinned",
            "open",
            "cors",
        ],
        true,
    ),
    key(
        "has",
        "what it has",
        &[
            "cookie",
            "authorization",
            "credentials",
            "origin",
            "response",
            "body",
            "browser",
        ],
        true,
    ),
];

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `cors:fail`
    Cors(CorsOutcome),
    /// `preflight:missing`
    Preflight(PreflightState),
    /// `reason:acao-missing`
    Reason(Text),
    /// `lna:denied`; `lna:any` is the empty text.
    Lna(Text),
    /// A part of the request.
    Part(Part, Text),
    /// `header:vary`, `header:vary=origin`
    Header(String, Option<Text>),
    /// `body:token`
    Body(Text),
    /// `status:>=400`
    Status(Comparison),
    /// `size:>10k`, in bytes.
    Size(Comparison),
    /// `time:>100ms`, in microseconds.
    Time(Comparison),
    /// `id:>100`
    Id(Comparison),
    /// `is:…`, `has:…`
    Flag(Flag),
    /// Text without a key.
    Free(Text),
}

/// A part of a request that one may search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its `Origin` header.
    Origin,
    /// Its URL's host and port.
    Host,
    /// Its URL's path.
    Path,
    /// Its URL.
    Url,
    /// Its method.
    Method,
}

/// What text is compared with, ASCII case ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// In lower case.
    pub text: String,
    /// `=text`: all of it, not a part.
    pub whole: bool,
}

/// What a number is compared with: it lies between the two, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The least.
    pub min: u64,
    /// The most.
    pub max: u64,
}

impl Comparison {
    /// Whether a number lies there.
    pub const fn holds(self, number: u64) -> bool {
        self.min <= number && number <= self.max
    }
}

/// What an exchange is or has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// `is:websocket`
    WebSocket,
    /// `is:modified`
    Modified,
    /// `is:error`: it failed below HTTP.
    Error,
    /// `is:preflight`
    Preflight,
    /// `is:pinned`
    Pinned,
    /// `is:open`: it has not ended.
    Open,
    /// `is:cors`: the CORS protocol has something to say.
    Cors,
    /// `has:cookie`, on either side.
    Cookie,
    /// `has:authorization`
    Authorization,
    /// `has:credentials`: cookies or authorization in the request.
    Credentials,
    /// `has:origin`
    Origin,
    /// `has:response`
    Response,
    /// `has:body`, on either side.
    Body,
    /// `has:browser`: the browser has said something itself.
    Browser,
}

pub(super) const IS: [(&str, Flag); 7] = [
    ("websocket", Flag::WebSocket),
    ("modified", Flag::Modified),
    ("error", Flag::Error),
    ("preflight", Flag::Preflight),
    ("pinned", Flag::Pinned),
    ("open", Flag::Open),
    ("cors", Flag::Cors),
];

pub(super) const HAS: [(&str, Flag); 7] = [
    ("cookie", Flag::Cookie),
    ("authorization", Flag::Authorization),
    ("credentials", Flag::Credentials),
    ("origin", Flag::Origin),
    ("response", Flag::Response),
    ("body", Flag::Body),
    ("browser", Flag::Browser),
];

impl Term {
    /// A condition on the columns of a capture file, of numbers only.
    pub(super) fn sql_condition(&self) -> Option<String> {
        let place = |place: Option<usize>| place.map(|place| place as i64);
        let between = |column: &str, comparison: &Comparison| {
            let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            let (min, max) = (number(comparison.min), number(comparison.max));
            Some(format!("{column} BETWEEN {min} AND {max}"))
        };
        match self {
            Self::Cors(cors) => {
                let place = place(CorsOutcome::ALL.iter().position(|it| it == cors))?;
                Some(format!("cors = {place}"))
            }
            Self::Preflight(state) => {
                let place = place(PreflightState::ALL.iter().position(|it| it == state))?;
                Some(format!("preflight = {place}"))
            }
            Self::Status(comparison) => between("status", comparison),
            Self::Id(comparison) => between("id", comparison),
            Self::Flag(Flag::Error) => Some("failure_code IS NOT NULL".into()),
            Self::Flag(Flag::Pinned) => Some("pinned = 1".into()),
            Self::Flag(Flag::Modified) => Some("modified IS NOT NULL".into()),
            _ => None,
        }
    }
}
