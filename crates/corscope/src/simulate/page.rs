//! Judging one scenario for the profiles asked for, and writing the documents.

use corscope_diagnose::scenario::{Play, Scenario, ScenarioError, Sequence, Subject, play};
use corscope_diagnose::{Diagnostic, Sight, diagnose, remedy, verdict_document};
use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Browser, CredentialsMode, PreflightCache};
use serde::Serialize;

use super::json;

/// What to find out.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The profiles.
    pub browsers: Vec<Browser>,
    /// Whether all profiles were asked for, so that documents hold a list of verdicts.
    pub all: bool,
    /// Whether to build traces.
    pub trace: bool,
    /// Whether to prove remedies: the engine is run again for each, which a stream of many
    /// scenarios need not pay for.
    pub remedies: bool,
}

/// Whether the script does not get what it asked for, or may not get it.
pub fn is_blocked(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Error | Outcome::Throw | Outcome::Incomplete(_)
    )
}

/// Writes the verdict document, or the list of them, of one scenario as JSON without a line end.
/// The answer is whether any profile is blocked.
///
/// # Errors
/// When the scenario's values cannot be meant.
pub fn write_verdicts(
    scenario: &Scenario,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> Result<bool, ScenarioError> {
    let mut subject = Subject::new(scenario)?;
    subject.options.trace = settings.trace;
    let id = scenario.id.as_deref();
    write_subject(
        id,
        Some(scenario),
        &subject,
        settings,
        out,
        &mut |subject, browser| play(subject, browser, &mut PreflightCache::new(), 0),
    )
}

/// Writes a sequence's document: one verdict a step, or a list of them for all profiles.
///
/// # Errors
/// When a step's values cannot be meant; the place names the step.
pub fn write_sequence(
    sequence: &Sequence,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> Result<bool, ScenarioError> {
    let mut caches: Vec<PreflightCache> = settings
        .browsers
        .iter()
        .map(|_| PreflightCache::new())
        .collect();
    let (mut now, mut is_any_blocked) = (0u64, false);
    out.push(b'{');
    if let Some(id) = &sequence.id {
        out.extend_from_slice(b"\"id\":");
        write_json(out, id);
        out.push(b',');
    }
    out.extend_from_slice(b"\"steps\":[");
    for (index, step) in sequence.steps.iter().enumerate() {
        now = now.saturating_add(step.wait);
        let subject = sequence.subject(index, settings.trace)?;
        if index > 0 {
            out.push(b',');
        }
        let mut with_cache = |subject: &Subject, browser: Browser| {
            let slot = settings
                .browsers
                .iter()
                .position(|it| *it == browser)
                .unwrap_or_default();
            play(subject, browser, &mut caches[slot], now)
        };
        is_any_blocked |= write_subject(None, None, &subject, settings, out, &mut with_cache)?;
    }
    out.extend_from_slice(b"]}");
    Ok(is_any_blocked)
}

fn write_subject(
    id: Option<&str>,
    scenario: Option<&Scenario>,
    subject: &Subject,
    settings: &Settings,
    out: &mut Vec<u8>,
    run: &mut dyn FnMut(&Subject, Browser) -> Play,
) -> Result<bool, ScenarioError> {
    if let ([browser], false, false) = (
        &*settings.browsers,
        settings.all,
        subject.credentials_unknown,
    ) {
        let played = run(subject, *browser);
        return Ok(write_one(id, scenario, subject, &played, settings, out));
    }
    out.push(b'{');
    if let Some(id) = id {
        out.extend_from_slice(b"\"id\":");
        write_json(out, id);
        out.push(b',');
    }
    if subject.credentials_unknown {
        out.extend_from_slice(b"\"credentials\":\"unknown\",");
    }
    out.extend_from_slice(b"\"verdicts\":[");
    let (mut is_any_blocked, mut is_first) = (false, true);
    let modes: &[Option<CredentialsMode>] = if subject.credentials_unknown {
        &[
            Some(CredentialsMode::Include),
            Some(CredentialsMode::SameOrigin),
        ]
    } else {
        &[None]
    };
    for browser in &settings.browsers {
        for mode in modes {
            let mut assumed = subject.clone();
            if mode.is_some() {
                assumed.init.credentials = *mode;
            }
            let played = run(&assumed, *browser);
            if !std::mem::replace(&mut is_first, false) {
                out.push(b',');
            }
            let sight = Sight {
                subject: &assumed,
                scenario,
                play: &played,
            };
            let diagnostics = find(&sight, settings);
            let document = verdict_document(None, &sight, &diagnostics);
            match mode {
                None => write_json(out, &document),
                Some(mode) => write_json(
                    out,
                    &Assumed {
                        credentials: *mode,
                        verdict: &document,
                    },
                ),
            }
            is_any_blocked |= is_blocked(&played.verdict.outcome);
        }
    }
    out.extend_from_slice(b"]}");
    Ok(is_any_blocked)
}

/// Everything that is found, with proved remedies where they are wanted.
fn find(sight: &Sight<'_>, settings: &Settings) -> Vec<Diagnostic> {
    let mut diagnostics = diagnose(sight);
    if settings.remedies {
        remedy::prove(sight, &mut diagnostics);
    }
    diagnostics
}

fn write_one(
    id: Option<&str>,
    scenario: Option<&Scenario>,
    subject: &Subject,
    played: &Play,
    settings: &Settings,
    out: &mut Vec<u8>,
) -> bool {
    let sight = Sight {
        subject,
        scenario,
        play: played,
    };
    let diagnostics = find(&sight, settings);
    write_json(out, &verdict_document(id, &sight, &diagnostics));
    is_blocked(&played.verdict.outcome)
}

/// One of two verdicts of an unknown credentials mode: which mode it is for, and the verdict.
#[derive(Serialize)]
struct Assumed<'a, T> {
    credentials: CredentialsMode,
    #[serde(flatten)]
    verdict: &'a T,
}

fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // A Vec takes every byte, and the documents have string keys only.
    let _ = json::write(out, value);
}
