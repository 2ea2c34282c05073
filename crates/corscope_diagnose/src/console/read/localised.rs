//! Firefox in other languages: we have no texts of them, but they keep the URL and the header names.

use std::ops::Range;

use super::clean::{Clean, PARAGRAPH};
use super::message::MessageLeg;
use super::scan::{Part, url};

/// What such a message tells.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) code: Option<&'static str>,
    pub(super) leg: MessageLeg,
    pub(super) causes: &'static [&'static str],
}

/// Looks for such messages where nothing was recognised.
pub(super) fn in_gap(clean: &Clean, original: &str, gap: Range<usize>, parts: &mut Vec<Part>) {
    if gap.len() < 24 {
        return;
    }
    let text = &clean.text[gap.clone()];
    if !text.contains("CORS") && !text.contains("Access-Control-") && !text.contains("Cross-Origin")
    {
        return;
    }
    let mut start = gap.start;
    for line in text.split(['\n', char::from(PARAGRAPH)]) {
        if let Some((reading, facts)) = read(line) {
            parts.push(Part {
                template: None,
                frame: None,
                others: Vec::new(),
                preflight: false,
                facts,
                localised: Some(reading),
                partial: true,
                range: clean.original_range(start..start + line.len(), original),
            });
        }
        start += line.len() + 1;
    }
}

type Facts = Vec<(&'static str, String)>;

/// Reads one line.
fn read(line: &str) -> Option<(Reading, Facts)> {
    let (address, behind) = address(line)?;
    let rest = &line[behind..];
    let names_cors = rest.contains("CORS") || line[..behind].contains("CORS");
    let header = ["Origin", "Credentials", "Methods", "Headers"]
        .into_iter()
        .find(|name| rest.contains(&format!("Access-Control-Allow-{name}")));
    if header.is_none() && !names_cors && !line.contains("Cross-Origin") {
        return None;
    }
    let status = status(rest);
    let quoted: Vec<&str> = quoted(rest)
        .filter(|text| !text.starts_with("Access-Control-"))
        .collect();
    let is_null = rest.contains("(null)");
    // English prose about CORS is no message: a message ends in a reason that holds a header's name
    // in quotes, or a status.
    if header.is_none() && status.is_none() && !is_null {
        return None;
    }
    let mut facts: Facts = vec![("url", url(address))];
    let reading = match header {
        Some("Origin") => match (quoted.first(), status) {
            (Some(&"*"), _) => reading(
                "CORSNotSupportingCredentials",
                MessageLeg::Actual,
                &["acao-wildcard-with-credentials"],
            ),
            (Some(value), None) => {
                facts.push(("value", (*value).to_owned()));
                reading(
                    "CORSAllowOriginNotMatchingOrigin",
                    MessageLeg::Actual,
                    &[
                        "acao-mismatch",
                        "acao-invalid-value",
                        "acao-multiple-values",
                    ],
                )
            }
            (_, Some(_)) => reading(
                "CORSMissingAllowOrigin2",
                MessageLeg::Actual,
                &["acao-missing", "preflight-acao-missing"],
            ),
            (None, None) => Reading {
                code: None,
                leg: MessageLeg::Actual,
                causes: &["acao-missing", "acao-multiple-values"],
            },
        },
        Some("Credentials") => reading(
            "CORSMissingAllowCredentials",
            MessageLeg::Actual,
            &["acac-missing", "acac-not-true"],
        ),
        Some("Methods") => match quoted.first() {
            Some(value) => {
                facts.push(("value", (*value).to_owned()));
                reading(
                    "CORSInvalidAllowMethod",
                    MessageLeg::Preflight,
                    &["acam-invalid-token"],
                )
            }
            None => reading(
                "CORSMethodNotFound",
                MessageLeg::Preflight,
                &["acam-method-missing", "method-case-mismatch"],
            ),
        },
        Some(_) => match quoted.first() {
            Some(name) if is_token(name) => {
                facts.push(("header", (*name).to_owned()));
                reading(
                    "CORSMissingAllowHeaderFromPreflight2",
                    MessageLeg::Preflight,
                    &["acah-header-missing", "acah-wildcard-with-credentials"],
                )
            }
            Some(value) => {
                facts.push(("value", (*value).to_owned()));
                reading(
                    "CORSInvalidAllowHeader",
                    MessageLeg::Preflight,
                    &["acah-invalid-token"],
                )
            }
            None => Reading {
                code: None,
                leg: MessageLeg::Preflight,
                causes: &["acah-header-missing", "acah-invalid-token"],
            },
        },
        None if is_null => reading(
            "CORSDidNotSucceed2",
            MessageLeg::Unknown,
            &["network-error"],
        ),
        None => reading(
            "CORSPreflightDidNotSucceed3",
            MessageLeg::Preflight,
            &["preflight-status-not-ok"],
        ),
    };
    facts.extend(status.map(|status| ("status", status.to_owned())));
    Some((reading, facts))
}

const fn reading(code: &'static str, leg: MessageLeg, causes: &'static [&'static str]) -> Reading {
    Reading {
        code: Some(code),
        leg,
        causes,
    }
}

/// The first URL in a line, and where it ends.
fn address(line: &str) -> Option<(&str, usize)> {
    let start = line.find("http://").or_else(|| line.find("https://"))?;
    let start = line
        .find("https://")
        .map_or(start, |other| other.min(start));
    let rest = &line[start..];
    let length = rest
        .find(|it: char| {
            it.is_whitespace() || matches!(it, '\'' | '"' | '<' | '>' | '(' | ')') || !it.is_ascii()
        })
        .unwrap_or(rest.len());
    let text = rest[..length].trim_end_matches(['.', ',', ':', ';']);
    Some((text, start + length))
}

/// The last number of three digits that stands behind a colon or at the end.
fn status(text: &str) -> Option<&str> {
    let tail = text.trim_end_matches(|it: char| !it.is_ascii_digit());
    // Only punctuation and brackets may follow.
    let follows = &text[tail.len()..];
    let digits = tail.len() - tail.trim_end_matches(|it: char| it.is_ascii_digit()).len();
    let is_end = follows.chars().count() <= 16 && !follows.chars().any(char::is_alphabetic);
    (digits == 3 && is_end).then(|| &tail[tail.len() - 3..])
}

/// What stands in quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let open = rest.find(['\'', '"'])?;
            let quote = char::from(rest.as_bytes()[open]);
            // An apostrophe stands inside a word.
            let is_apostrophe = quote == '\''
                && rest[..open]
                    .chars()
                    .next_back()
                    .is_some_and(char::is_alphanumeric);
            let inner = &rest[open + 1..];
            if is_apostrophe {
                rest = inner;
                continue;
            }
            let close = inner.find(quote)?;
            rest = &inner[close + 1..];
            return Some(inner[..close].trim());
        }
    })
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
