//! An observed fetch as a document, for machines.

use corscope_fetch::Exchange;
use serde::Serialize;

use super::{Credentials, Finding, PreflightSeen};
use crate::verdict_document::{VerdictDocument, verdict_document};

/// An observed fetch with its verdict.
#[derive(Debug, Serialize)]
pub struct FetchDocument<'a> {
    /// Its number.
    pub fetch: u64,
    /// When it began, in microseconds since the Unix epoch.
    pub started: u64,
    /// The page's serialized origin.
    pub page_origin: &'a str,
    /// The page's URL, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_url: Option<&'a str>,
    /// The request's method.
    pub method: String,
    /// The URL that was asked for first.
    pub url: &'a str,
    /// `allowed`, `blocked`, `opaque`, `depends-on-credentials` or `unknown`.
    pub standing: &'static str,
    /// The credentials mode as told or inferred, or `unknown`.
    pub credentials: &'static str,
    /// What is known of the first hop's preflight.
    pub preflight: &'static str,
    /// The exchange that taught the CORS-preflight cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preflight_learnt_at: Option<u64>,
    /// The refusal of Local Network Access that the proxy hides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_by_proxy: Option<&'static str>,
    /// The exchanges, in the order of the legs.
    pub exchanges: Vec<FetchLegDocument<'a>>,
    /// Where the browser's own verdict is another one than ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disagreement: Option<String>,
    /// What was assumed or inferred.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The verdict.
    pub verdict: VerdictDocument<'a>,
}

/// One exchange of a fetch.
#[derive(Debug, Serialize)]
pub struct FetchLegDocument<'a> {
    /// Its number.
    pub exchange: u64,
    /// Whether it is a preflight.
    pub preflight: bool,
    /// Its hop.
    pub hop: usize,
    /// Its method.
    pub method: &'a str,
    /// Its URL.
    pub url: &'a str,
    /// The response's status.
    pub status: Option<u16>,
    /// The failure below HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureDocument<'a>>,
    /// How long it took, in milliseconds.
    pub ms: Option<f64>,
    /// What changed it on the way.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub modified_by: &'a [String],
    /// The browser's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<BrowserDocument<'a>>,
}

/// A failure below HTTP.
#[derive(Debug, Serialize)]
pub struct FailureDocument<'a> {
    /// Its stable name.
    pub code: &'a str,
    /// What happened.
    pub message: &'a str,
}

/// What the browser itself said.
#[derive(Debug, Serialize)]
pub struct BrowserDocument<'a> {
    /// Its name for the CORS error.
    pub cors_error: Option<&'a str>,
    /// Its name for the failure.
    pub net_error: Option<&'a str>,
    /// What it wrote to the console.
    pub console: &'a [String],
}

impl Finding {
    /// Writes it down.
    pub fn document(&self) -> FetchDocument<'_> {
        let lead = self.fetch.lead();
        let exchanges = self
            .fetch
            .hops
            .iter()
            .enumerate()
            .flat_map(|(index, hop)| {
                let legs = hop.preflight.sent().into_iter().chain(&hop.actual);
                legs.map(move |exchange| leg_document(exchange, index))
            })
            .collect();
        FetchDocument {
            fetch: self.fetch.number,
            started: lead.map_or(0, |exchange| exchange.started),
            page_origin: &self.fetch.page_origin,
            page_url: self.fetch.page_url.as_deref(),
            method: self.fetch.method(0).unwrap_or_default(),
            url: lead.map_or("", |exchange| exchange.request.url.as_str()),
            standing: self.judged.standing.name(),
            credentials: match self.judged.credentials {
                Credentials::Known(corscope_fetch::CredentialsMode::Include) => "include",
                Credentials::Known(corscope_fetch::CredentialsMode::SameOrigin) => "same-origin",
                Credentials::Known(corscope_fetch::CredentialsMode::Omit) => "omit",
                Credentials::Unknown => "unknown",
            },
            preflight: self.preflight_word(),
            preflight_learnt_at: self.judged.cached_preflight,
            hidden_by_proxy: self.judged.hidden_by_proxy,
            exchanges,
            disagreement: self.disagreement(),
            notes: self.notes(),
            verdict: verdict_document(None, &self.sight(), &self.diagnostics),
        }
    }

    /// What is known of the first hop's preflight: `seen`, `cached`, `assumed`, or `none`.
    pub fn preflight_word(&self) -> &'static str {
        let seen = self.fetch.hops.first().map(|hop| &hop.preflight);
        match seen {
            Some(PreflightSeen::Exchange(_)) => "seen",
            _ if self.judged.cached_preflight.is_some() => "cached",
            _ if self.judged.assumed_preflight => "assumed",
            _ => "none",
        }
    }
}

fn leg_document(exchange: &Exchange, hop: usize) -> FetchLegDocument<'_> {
    FetchLegDocument {
        exchange: exchange.id,
        preflight: exchange.is_preflight(),
        hop,
        method: &exchange.request.method,
        url: &exchange.request.url,
        status: exchange.response.as_ref().map(|response| response.status),
        failure: exchange.failure.as_ref().map(|failure| FailureDocument {
            code: &failure.code,
            message: &failure.message,
        }),
        ms: exchange.timing.total.map(|total| total as f64 / 1000.0),
        modified_by: exchange
            .modified
            .as_ref()
            .map_or(&[], |modified| &modified.by),
        browser: exchange.hints.browser.as_ref().map(|said| BrowserDocument {
            cors_error: said.cors_error.as_deref(),
            net_error: said.net_error.as_deref(),
            console: &said.console,
        }),
    }
}
