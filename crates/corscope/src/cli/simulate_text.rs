//! `corscope simulate` for people.

use corscope_diagnose::render::Report;
use corscope_diagnose::scenario::{Play, Scenario, ScenarioError, Sequence, Subject, play};
use corscope_diagnose::{Sight, diagnose, remedy, verdict_document};
use corscope_fetch::{CredentialsMode, PreflightCache};

use super::output;
use crate::simulate::{Settings, is_blocked};

/// A report of a scenario for every profile.
pub(super) fn scenario(
    scenario: &Scenario,
    settings: &Settings,
    markdown: bool,
    out: &mut Vec<u8>,
) -> Result<bool, ScenarioError> {
    let mut subject = Subject::new(scenario)?;
    subject.options.trace = settings.trace;
    let assumed: Vec<(Option<&str>, Subject)> = if subject.credentials_unknown {
        [
            ("include", CredentialsMode::Include),
            ("same-origin", CredentialsMode::SameOrigin),
        ]
        .into_iter()
        .map(|(name, mode)| {
            let mut assumed = subject.clone();
            assumed.init.credentials = Some(mode);
            (Some(name), assumed)
        })
        .collect()
    } else {
        vec![(None, subject)]
    };
    let mut is_any_blocked = false;
    for (mode, subject) in &assumed {
        let title = match (mode, &scenario.id) {
            (Some(mode), _) => Some(format!("if the credentials mode is {mode}")),
            (None, id) => id.clone(),
        };
        let plays: Vec<Play> = settings
            .browsers
            .iter()
            .map(|browser| play(subject, *browser, &mut PreflightCache::new(), 0))
            .collect();
        is_any_blocked |= plays
            .iter()
            .any(|played| is_blocked(&played.verdict.outcome));
        write_reports(
            subject,
            Some(scenario),
            &plays,
            title.as_deref(),
            (markdown, settings.trace),
            out,
        );
    }
    Ok(is_any_blocked)
}

/// A report of each step of a sequence.
pub(super) fn sequence(
    sequence: &Sequence,
    settings: &Settings,
    markdown: bool,
    out: &mut Vec<u8>,
) -> Result<bool, ScenarioError> {
    let mut caches: Vec<PreflightCache> = settings
        .browsers
        .iter()
        .map(|_| PreflightCache::new())
        .collect();
    let (mut now, mut is_any_blocked) = (0u64, false);
    for (index, step) in sequence.steps.iter().enumerate() {
        let subject = sequence.subject(index, settings.trace)?;
        now = now.saturating_add(step.wait);
        let plays: Vec<Play> = settings
            .browsers
            .iter()
            .zip(&mut caches)
            .map(|(browser, cache)| play(&subject, *browser, cache, now))
            .collect();
        is_any_blocked |= plays
            .iter()
            .any(|played| is_blocked(&played.verdict.outcome));
        let title = format!(
            "step {} of {}, at {now} ms",
            index + 1,
            sequence.steps.len()
        );
        write_reports(
            &subject,
            None,
            &plays,
            Some(&title),
            (markdown, settings.trace),
            out,
        );
    }
    Ok(is_any_blocked)
}

fn write_reports(
    subject: &Subject,
    scenario: Option<&Scenario>,
    plays: &[Play],
    title: Option<&str>,
    (markdown, trace): (bool, bool),
    out: &mut Vec<u8>,
) {
    let sights: Vec<Sight<'_>> = plays
        .iter()
        .map(|play| Sight {
            subject,
            scenario,
            play,
        })
        .collect();
    let diagnostics: Vec<_> = sights
        .iter()
        .map(|sight| {
            let mut found = diagnose(sight);
            remedy::prove(sight, &mut found);
            found
        })
        .collect();
    let documents: Vec<_> = sights
        .iter()
        .zip(&diagnostics)
        .map(|(sight, diagnostics)| verdict_document(None, sight, diagnostics))
        .collect();
    let reports: Vec<Report<'_>> = sights
        .iter()
        .enumerate()
        .map(|(index, sight)| Report {
            title,
            ..Report::new(*sight, &diagnostics[index], &documents[index])
        })
        .collect();
    if !out.is_empty() {
        out.push(b'\n');
    }
    out.extend_from_slice(output::people(&reports, markdown, trace, false).as_bytes());
}
