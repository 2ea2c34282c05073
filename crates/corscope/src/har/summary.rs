//! How many there were of each, and what a HAR cannot tell.

use corscope_diagnose::observed::{Credentials, Finding, Standing};
use serde::Serialize;

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// What wrote the HAR.
    pub creator: Option<String>,
    /// The browser that was watched.
    pub browser: Option<String>,
    /// Entries read.
    pub entries: u64,
    /// Entries that a cache or a service worker answered.
    pub not_from_network: u64,
    /// Entries that CORS has no say in.
    pub aside: u64,
    /// Fetches whose response the page can read.
    pub allowed: u64,
    /// Fetches that are blocked.
    pub blocked: u64,
    /// Fetches whose response is opaque, as asked for.
    pub opaque: u64,
    /// Fetches that are blocked if credentials are included.
    pub depends_on_credentials: u64,
    /// Fetches of which the HAR does not hold enough.
    pub unknown: u64,
    /// Fetches that could not be judged.
    pub unreadable: u64,
    /// Why the first of them could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_unreadable: Option<String>,
    /// Whether any entry lists cookies.
    #[serde(skip)]
    pub cookies_listed: bool,
    /// Fetches whose credentials mode is not known.
    #[serde(skip)]
    credentials_unknown: u64,
    /// Fetches that need a preflight of which nothing is in the HAR.
    #[serde(skip)]
    preflights_missing: u64,
    /// Fetches that the browser failed, whose response the HAR does not hold.
    #[serde(skip)]
    responses_missing: u64,
}

impl Summary {
    pub(super) fn count(&mut self, finding: &Finding) {
        let judged = &finding.judged;
        let counter = match judged.standing {
            Standing::Allowed => &mut self.allowed,
            Standing::Blocked => &mut self.blocked,
            Standing::Opaque => &mut self.opaque,
            Standing::DependsOnCredentials => &mut self.depends_on_credentials,
            Standing::Unknown => &mut self.unknown,
        };
        *counter += 1;
        self.credentials_unknown += u64::from(judged.credentials == Credentials::Unknown);
        self.preflights_missing += u64::from(judged.assumed_preflight);
        let decided = finding.diagnostics.iter().any(|it| it.first);
        self.responses_missing += u64::from(judged.standing == Standing::Blocked && !decided);
    }

    pub(super) fn note_unreadable(&mut self, number: u64, reason: &str) {
        self.first_unreadable
            .get_or_insert_with(|| format!("entry {number}: {reason}"));
    }

    /// Fetches that CORS has a say in.
    pub const fn fetches(&self) -> u64 {
        self.allowed
            + self.blocked
            + self.opaque
            + self.depends_on_credentials
            + self.unknown
            + self.unreadable
    }

    /// What this HAR cannot tell, in sentences.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        if self.fetches() == 0 && self.entries > 0 {
            gaps.push(
                "no entry is cross-origin: record the page that fails, from before it is loaded"
                    .to_owned(),
            );
        }
        if self.depends_on_credentials > 0 {
            gaps.push(
                "a HAR does not hold the credentials mode; where no cookie shows it, both were \
                 judged"
                    .to_owned(),
            );
        }
        if self.credentials_unknown > 0 && !self.cookies_listed {
            gaps.push(
                "this HAR lists no cookies at all: it may have been exported without sensitive \
                 data, so requests with credentials look like those without"
                    .to_owned(),
            );
        }
        if self.preflights_missing > 0 {
            gaps.push(format!(
                "{} requests needed a preflight that is not in the HAR: the browser had it in its \
                 cache, or (Safari) does not list preflights; it must have passed",
                self.preflights_missing
            ));
        }
        if self.responses_missing > 0 {
            gaps.push(format!(
                "of {} failed requests the HAR does not hold what came back: `corscope check URL \
                 --from ORIGIN` asks the server",
                self.responses_missing
            ));
        }
        if let Some(reason) = &self.first_unreadable {
            gaps.push(format!(
                "{} entries could not be judged; the first: {reason}",
                self.unreadable
            ));
        }
        gaps
    }
}
