//! The recorded rows, as they were written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use corscope_fetch::verdict::{Outcome, ResponseType, Verdict};
use serde::Deserialize;

/// One thing that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Readable, opaque, error, throw…
    Outcome,
    /// Every request, in order, with the headers that CORS adds.
    Sent,
    /// The headers that the script can read.
    VisibleHeaders,
    /// The status and the response's type, as the script sees them.
    Status,
    /// Chromium's CORS error name.
    BrowserCode,
    /// The console lines, whatever their order.
    Console,
}

impl Field {
    /// All fields, in the order of the table.
    pub const ALL: [Self; 6] = [
        Self::Outcome,
        Self::Sent,
        Self::VisibleHeaders,
        Self::Status,
        Self::BrowserCode,
        Self::Console,
    ];
}

impl fmt::Display for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Outcome => "outcome",
            Self::Sent => "sent requests",
            Self::VisibleHeaders => "readable headers",
            Self::Status => "status and type",
            Self::BrowserCode => "error code",
            Self::Console => "console text",
        })
    }
}

/// A recorded request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SentRow {
    /// Its method.
    pub method: String,
    /// Its URL; sequences have none.
    #[serde(default)]
    pub url: Option<String>,
    /// Whether it is a preflight.
    pub preflight: bool,
    /// The headers that were recorded.
    pub headers: BTreeMap<String, String>,
}

/// What one browser did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// The scenario.
    #[serde(default)]
    pub id: String,
    /// How it ended.
    pub outcome: String,
    /// Whether a preflight was sent.
    pub preflighted: bool,
    /// The status that the script sees.
    #[serde(default)]
    pub status: Option<u16>,
    /// `response.type`; XHR has none.
    #[serde(default)]
    pub response_type: Option<String>,
    /// The headers that the script can read.
    #[serde(default)]
    pub visible_headers: Vec<String>,
    /// What was sent.
    pub sent: Vec<SentRow>,
    /// The console lines.
    #[serde(default)]
    pub console: Vec<String>,
    /// Chromium's error name.
    #[serde(default)]
    pub browser_code: Option<String>,
}

const RECORDED_HEADERS: [&str; 4] = [
    "origin",
    "access-control-request-method",
    "access-control-request-headers",
    "authorization",
];

impl Row {
    /// What the engine predicts, in the form of a row.
    pub fn predicted(verdict: &Verdict, account: corscope_diagnose::console::Account) -> Self {
        let (outcome, status, kind, visible) = match &verdict.outcome {
            Outcome::Readable {
                status,
                response_type,
                visible_headers,
            } => (
                "readable",
                Some(*status),
                Some(*response_type),
                visible_headers.iter().map(ToString::to_string).collect(),
            ),
            Outcome::Opaque => ("opaque", Some(0), Some(ResponseType::Opaque), vec![]),
            Outcome::OpaqueRedirect => (
                "opaqueredirect",
                Some(0),
                Some(ResponseType::OpaqueRedirect),
                vec![],
            ),
            Outcome::Error => ("error", None, None, vec![]),
            Outcome::Throw => ("throw", None, None, vec![]),
            Outcome::Incomplete(_) => ("incomplete", None, None, vec![]),
        };
        let kind = kind.map(|kind| format!("{kind:?}").to_lowercase());
        let sent: Vec<SentRow> = verdict
            .legs
            .iter()
            .map(|leg| sent_row(&leg.request))
            .collect();
        Self {
            id: String::new(),
            outcome: outcome.to_owned(),
            preflighted: sent.iter().any(|request| request.preflight),
            status,
            response_type: kind,
            visible_headers: visible,
            sent,
            console: account.lines,
            browser_code: account.code.map(str::to_owned),
        }
    }
}

fn sent_row(request: &corscope_fetch::SentRequest) -> SentRow {
    let headers = RECORDED_HEADERS
        .iter()
        .filter_map(|name| {
            let value = request.header_list.get(name)?;
            Some((
                (*name).to_owned(),
                value.iter().copied().map(char::from).collect(),
            ))
        })
        .collect();
    SentRow {
        method: request.method.to_string(),
        url: Some(request.url.to_string()),
        preflight: request.preflight,
        headers,
    }
}

/// The folder of the recorded rows.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
