//! Whether a verdict keeps what a case expects. Nothing is judged here: the engine and the rules
//! have spoken, and their words are compared.

use corscope_fetch::header_values::get_decode_and_split;
use corscope_fetch::preflight_cache::max_age;
use corscope_fetch::verdict::{Outcome, Verdict};
use corscope_fetch::{Answer, HeaderList, Leg};

use super::{Case, Expectation, ExpectedOutcome};
use crate::diagnose::root_cause;
use crate::diagnostic::{Diagnostic, Severity};
use crate::scenario::{Play, latin1};
use crate::secrets::masked;
use crate::sight::Sight;
use crate::verdict_document::next;

/// An expectation that is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its name in the document.
    pub expectation: &'static str,
    /// What was wanted.
    pub expected: String,
    /// What is.
    pub actual: String,
}

/// A server that did not do its work, so that nothing is known of its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreached {
    /// The request's method.
    pub method: String,
    /// Its URL.
    pub url: String,
    /// What happened.
    pub problem: String,
}

/// Statuses by which a proxy says that the server behind it does not answer. 500 is none of them:
/// there are servers whose CORS middleware answers a stranger's origin so.
const GATEWAY_FAILURES: [u16; 12] = [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530];

/// Whether the server of a live case was not there. A dead server blocks everybody, which would keep
/// any case that says `blocked`; and a proxy that allows everybody would keep the others for it.
pub fn unreached(play: &Play) -> Option<Unreached> {
    play.verdict.legs.iter().find_map(|leg| {
        let problem = match leg.answer.as_ref()? {
            Answer::Failure(failure) if failure.closed => {
                "the connection was closed without an answer".to_owned()
            }
            Answer::Failure(failure) => failure.error.to_string(),
            Answer::Response(response) if GATEWAY_FAILURES.contains(&response.status) => format!(
                "answered {}: the server behind it does not answer",
                response.status
            ),
            Answer::Response(_) => return None,
        };
        Some(Unreached {
            method: leg.request.method.to_string(),
            url: masked(leg.request.url.as_str()).into_owned(),
            problem,
        })
    })
}

/// The expectations that one browser's verdict does not keep.
pub fn broken(case: &Case, sight: &Sight<'_>, diagnostics: &[Diagnostic]) -> Vec<Broken> {
    let Expectation {
        outcome,
        rule,
        readable_headers,
        unreadable_headers,
        preflight,
        max_age_at_least,
        vary_origin,
        clean,
    } = &case.expect;
    let verdict = &sight.play.verdict;
    let mut found = Vec::new();
    if !is_kept(*outcome, verdict) {
        found.push(Broken {
            expectation: "outcome",
            expected: outcome.name().to_owned(),
            actual: said_outcome(case, sight, diagnostics),
        });
    }
    let is_blocked = matches!(verdict.outcome, Outcome::Error | Outcome::Throw);
    if let Some(wanted) = rule.as_ref().filter(|_| is_blocked) {
        let actual = root_cause(diagnostics).map_or("no rule", |root| root.rule);
        if actual != wanted {
            found.push(Broken {
                expectation: "rule",
                expected: wanted.clone(),
                actual: actual.to_owned(),
            });
        }
    }
    if let Outcome::Readable {
        visible_headers, ..
    } = &verdict.outcome
    {
        let is_visible = |name: &&String| {
            visible_headers
                .iter()
                .any(|it| it.eq_ignore_ascii_case(name))
        };
        found.extend(readable(
            readable_headers.iter().filter(|name| !is_visible(name)),
            verdict,
        ));
        for name in unreadable_headers.iter().filter(is_visible) {
            found.push(Broken {
                expectation: "unreadable_headers",
                expected: format!("a script cannot read {name}"),
                actual: "it can".to_owned(),
            });
        }
    }
    found.extend(preflight.and_then(|wanted| sends_otherwise(wanted, verdict)));
    found.extend(max_age_at_least.and_then(|wanted| kept_shorter(wanted, verdict)));
    found.extend(vary_origin.and_then(|wanted| varies_otherwise(wanted, verdict)));
    if *clean {
        let others: Vec<&str> = diagnostics
            .iter()
            .filter(|it| match it.rule.severity {
                Severity::Risk => true,
                // What refuses is what a blocked case wants.
                Severity::Refusal => !is_blocked,
                Severity::Waste | Severity::Note => false,
            })
            .map(|it| it.rule.code)
            .collect();
        if !others.is_empty() {
            found.push(Broken {
                expectation: "clean",
                expected: "no other problem".to_owned(),
                actual: others.join(", "),
            });
        }
    }
    found
}

fn is_kept(wanted: ExpectedOutcome, verdict: &Verdict) -> bool {
    match wanted {
        ExpectedOutcome::Allowed => matches!(verdict.outcome, Outcome::Readable { .. }),
        ExpectedOutcome::Blocked => matches!(verdict.outcome, Outcome::Error | Outcome::Throw),
        ExpectedOutcome::Opaque => {
            matches!(verdict.outcome, Outcome::Opaque | Outcome::OpaqueRedirect)
        }
        ExpectedOutcome::PreflightAllowed => {
            let first = |preflight| {
                let mut legs = verdict.legs.iter();
                legs.any(|leg| leg.hop == 0 && leg.request.preflight == preflight)
            };
            // The request goes out only after a preflight that lets it.
            first(true) && first(false)
        }
    }
}

/// How a fetch ended, in a few words.
pub fn said_outcome(case: &Case, sight: &Sight<'_>, diagnostics: &[Diagnostic]) -> String {
    let verdict = &sight.play.verdict;
    let expected = case.expect.outcome;
    let passed = || match is_kept(ExpectedOutcome::PreflightAllowed, verdict) {
        true => "",
        false if expected == ExpectedOutcome::PreflightAllowed => ", and no preflight is sent",
        false => "",
    };
    match &verdict.outcome {
        Outcome::Readable { status, .. } => {
            let let_in_by = match expected {
                ExpectedOutcome::Blocked => allowing_header(verdict).unwrap_or_default(),
                _ => String::new(),
            };
            format!("allowed, status {status}{}{let_in_by}", passed())
        }
        Outcome::Opaque | Outcome::OpaqueRedirect => format!("opaque{}", passed()),
        Outcome::Error | Outcome::Throw => {
            let root = root_cause(diagnostics).map(|root| root.rule);
            let cause = verdict.blocked_by().map(|fault| fault.cause.name());
            format!(
                "blocked by {}",
                root.or(cause).unwrap_or("an unknown cause")
            )
        }
        Outcome::Incomplete(_) => {
            let unsent = verdict.legs.last().filter(|leg| {
                let method = &*leg.request.method;
                case.is_live() && !leg.request.preflight && !matches!(method, "GET" | "HEAD")
            });
            match unsent {
                Some(leg) => format!(
                    "not known: {} may change something and was not sent{}; write `send = true` \
                     in this case, or give `--send`",
                    leg.request.method,
                    if leg.hop == 0 { passed() } else { "" },
                ),
                None => format!("not known: {}", next(sight).unwrap_or_default()),
            }
        }
    }
}

/// What lets a page in that should stay out.
fn allowing_header(verdict: &Verdict) -> Option<String> {
    let name = "access-control-allow-origin";
    let response = verdict.legs.last()?.response()?;
    let value = response.header_list.get(name)?;
    Some(format!(
        ": the answer says `Access-Control-Allow-Origin: {}`",
        latin1(&value)
    ))
}

/// Headers that a script cannot read: as they are not exposed, or not there at all.
fn readable<'n>(missing: impl Iterator<Item = &'n String>, verdict: &Verdict) -> Vec<Broken> {
    let response = verdict.legs.last().and_then(Leg::response);
    let is_there = |name: &str| response.is_some_and(|it| it.header_list.contains(name));
    missing
        .map(|name| Broken {
            expectation: "readable_headers",
            expected: format!("a script can read {name}"),
            actual: match is_there(&name.to_ascii_lowercase()) {
                true => "the answer has it, and does not expose it".to_owned(),
                false => "the answer does not have it".to_owned(),
            },
        })
        .collect()
}

fn sends_otherwise(wanted: bool, verdict: &Verdict) -> Option<Broken> {
    let sent = verdict.legs.iter().find(|leg| leg.request.preflight);
    let (expected, actual) = match (wanted, sent) {
        (true, None) => ("a preflight is sent", "none is".to_owned()),
        (false, Some(leg)) => ("no preflight is sent", asked_for(leg)),
        _ => return None,
    };
    Some(Broken {
        expectation: "preflight",
        expected: expected.to_owned(),
        actual,
    })
}

/// What a preflight asks for.
fn asked_for(preflight: &Leg) -> String {
    let asks = |name: &str| {
        let value = preflight.request.header_list.get(name)?;
        Some(latin1(&value).trim().to_owned())
    };
    let parts = [
        asks("access-control-request-method"),
        asks("access-control-request-headers"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("one is, for {}", parts.join(" with "))
}

fn kept_shorter(wanted: u64, verdict: &Verdict) -> Option<Broken> {
    let user_agent = verdict.browser.profile();
    let preflight = verdict.legs.iter().find(|leg| leg.request.preflight);
    let actual = match preflight.map(Leg::response) {
        None => "no preflight is sent".to_owned(),
        Some(None) => "the preflight has no answer".to_owned(),
        Some(Some(response)) => {
            let kept = max_age(&response.header_list, user_agent).unwrap_or(0);
            // No server can make a browser keep it longer than its own limit.
            if kept >= user_agent.max_age_cap.map_or(wanted, |cap| wanted.min(cap)) {
                return None;
            }
            let said = match response.header_list.get("access-control-max-age") {
                Some(value) => format!("Access-Control-Max-Age: {}", latin1(&value).trim()),
                None => "no Access-Control-Max-Age".to_owned(),
            };
            format!("{kept} s ({said})")
        }
    };
    Some(Broken {
        expectation: "max_age_at_least",
        expected: format!("the preflight's answer is kept for {wanted} s"),
        actual,
    })
}

fn varies_otherwise(wanted: bool, verdict: &Verdict) -> Option<Broken> {
    let mut legs = verdict.legs.iter().rev();
    let response = legs
        .find(|leg| !leg.request.preflight)
        .and_then(Leg::response);
    let actual = match response {
        None => "the request itself has no answer".to_owned(),
        Some(response) if varies(&response.header_list) == wanted => return None,
        Some(response) => match response.header_list.get("vary") {
            Some(value) => format!("Vary: {}", latin1(&value).trim()),
            None => "no Vary".to_owned(),
        },
    };
    Some(Broken {
        expectation: "vary_origin",
        expected: match wanted {
            true => "the answer says Vary: Origin",
            false => "the answer does not vary with the origin",
        }
        .to_owned(),
        actual,
    })
}

fn varies(list: &HeaderList) -> bool {
    let value = list.get("vary").unwrap_or_default();
    get_decode_and_split(&value)
        .iter()
        .any(|name| *name == b"*" || name.eq_ignore_ascii_case(b"origin"))
}
