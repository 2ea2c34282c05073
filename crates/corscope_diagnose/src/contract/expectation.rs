//! What a case expects of a verdict.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// How the fetch must end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedOutcome {
    /// The script can read the response.
    #[default]
    Allowed,
    /// The browser refuses.
    Blocked,
    /// The response comes, and the script can read nothing of it.
    Opaque,
    /// The preflight lets the request pass; the request itself need not be sent.
    PreflightAllowed,
}

impl ExpectedOutcome {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Allowed,
        Self::Blocked,
        Self::Opaque,
        Self::PreflightAllowed,
    ];

    /// Its name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
            Self::Opaque => "opaque",
            Self::PreflightAllowed => "preflight-allowed",
        }
    }
}

/// What a case expects: in a document a word (the outcome alone) or a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// How the fetch ends.
    pub outcome: ExpectedOutcome,
    /// The rule that explains the refusal.
    pub rule: Option<String>,
    /// Response headers that the script can read, if they are there at all.
    pub readable_headers: Vec<String>,
    /// Response headers that the script cannot read.
    pub unreadable_headers: Vec<String>,
    /// Whether a preflight is sent.
    pub preflight: Option<bool>,
    /// How many seconds a browser may keep the preflight's answer, as far as it keeps any so long.
    pub max_age_at_least: Option<u64>,
    /// Whether the response varies with the page's origin, as shared caches must know.
    pub vary_origin: Option<bool>,
    /// Whether nothing else is found that refuses or is a risk.
    pub clean: bool,
}

/// The long form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    outcome: Option<ExpectedOutcome>,
    rule: Option<String>,
    #[serde(default)]
    readable_headers: Vec<String>,
    #[serde(default)]
    unreadable_headers: Vec<String>,
    preflight: Option<bool>,
    max_age_at_least: Option<u64>,
    vary_origin: Option<bool>,
    #[serde(default)]
    clean: bool,
}

impl From<ExpectedOutcome> for Expectation {
    fn from(outcome: ExpectedOutcome) -> Self {
        Self {
            outcome,
            ..Self::default()
        }
    }
}

impl From<Table> for Expectation {
    fn from(table: Table) -> Self {
        // Whoever names the rule of a refusal expects one.
        let outcome = match table.rule {
            Some(_) => ExpectedOutcome::Blocked,
            None => ExpectedOutcome::Allowed,
        };
        Self {
            outcome: table.outcome.unwrap_or(outcome),
            rule: table.rule,
            readable_headers: table.readable_headers,
            unreadable_headers: table.unreadable_headers,
            preflight: table.preflight,
            max_age_at_least: table.max_age_at_least,
            vary_origin: table.vary_origin,
            clean: table.clean,
        }
    }
}

impl<'de> Deserialize<'de> for Expectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrTable;
        impl<'de> Visitor<'de> for WordOrTable {
            type Value = Expectation;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a word such as \"allowed\", or a table")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Expectation, E> {
                let known = ExpectedOutcome::ALL
                    .into_iter()
                    .find(|it| it.name() == word);
                known.map(Expectation::from).ok_or_else(|| {
                    const WORDS: [&str; 4] = {
                        let all = ExpectedOutcome::ALL;
                        [all[0].name(), all[1].name(), all[2].name(), all[3].name()]
                    };
                    E::unknown_variant(word, &WORDS)
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Expectation, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(table)).map(Expectation::from)
            }
        }
        deserializer.deserialize_any(WordOrTable)
    }
}

impl Expectation {
    /// What cannot be meant: the name of the expectation, and why.
    pub(super) fn contradictions(&self) -> Vec<(&'static str, &'static str)> {
        let outcome = self.outcome;
        let reads = outcome == ExpectedOutcome::Allowed;
        let mut found = Vec::new();
        let mut forbid = |is_wrong: bool, name, why| {
            if is_wrong {
                found.push((name, why));
            }
        };
        forbid(
            self.rule.is_some() && outcome != ExpectedOutcome::Blocked,
            "rule",
            "a rule explains a refusal: write outcome = \"blocked\", or leave the rule out",
        );
        forbid(
            !self.readable_headers.is_empty() && !reads,
            "readable_headers",
            "a script reads headers of an allowed response only: write outcome = \"allowed\"",
        );
        forbid(
            !self.unreadable_headers.is_empty() && !reads,
            "unreadable_headers",
            "without a response that is allowed no header can be read anyway: write outcome = \
             \"allowed\"",
        );
        forbid(
            self.max_age_at_least.is_some()
                && !matches!(
                    outcome,
                    ExpectedOutcome::Allowed | ExpectedOutcome::PreflightAllowed
                ),
            "max_age_at_least",
            "only a preflight that lets the request pass is kept: write outcome = \"allowed\" or \
             \"preflight-allowed\"",
        );
        forbid(
            self.max_age_at_least.is_some() && self.preflight == Some(false),
            "max_age_at_least",
            "without a preflight there is no answer to keep: leave preflight = false out",
        );
        forbid(
            outcome == ExpectedOutcome::PreflightAllowed && self.preflight == Some(false),
            "preflight",
            "a preflight that lets the request pass must be sent: leave preflight = false out",
        );
        found
    }
}
