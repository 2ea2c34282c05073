//! `POST /api/simulate`: a scenario, and what every browser makes of it.

use axum::http::Uri;
use axum::response::Response;
use corscope_diagnose::scenario::{Play, Scenario, Subject, play, scenario_from_json};
use corscope_diagnose::{Diagnostic, Sight, VerdictDocument, diagnose, remedy, verdict_document};
use corscope_fetch::{Browser, CredentialsMode, PreflightCache};
use serde::Serialize;

use super::option;
use crate::server::answers_that_work::{Needs, needs};
use crate::server::fault::Fault;
use crate::server::legs::{LegDocument, legs};
use crate::server::reply::{Bytes, json};

/// What every browser makes of a scenario.
#[derive(Serialize)]
pub(in crate::server) struct Simulation<'a> {
    /// One a browser; two, when the credentials mode is not known.
    verdicts: Vec<ProfileVerdict<'a>>,
    /// What the server must answer; absent where no policy can be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<Needs>,
}

/// One browser's verdict.
#[derive(Serialize)]
struct ProfileVerdict<'a> {
    /// The credentials mode that was assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<CredentialsMode>,
    /// The legs, those behind the first fault included.
    legs: Vec<LegDocument>,
    /// The verdict.
    #[serde(flatten)]
    verdict: VerdictDocument<'a>,
}

struct Played {
    credentials: Option<CredentialsMode>,
    subject: Subject,
    play: Play,
}

/// The body is a scenario as `corscope simulate` reads it; `?trace=chromium` adds that browser's
/// steps.
pub(super) async fn simulate(uri: Uri, Bytes(bytes): Bytes) -> Result<Response, Fault> {
    let scenario = scenario_from_json(&bytes)?;
    let traced = option(&uri, "trace");
    with_simulation(&scenario, traced.as_deref(), |simulation| json(simulation))
}

/// Plays a scenario for every browser, and hands over the document.
pub(super) fn with_simulation<T>(
    scenario: &Scenario,
    traced: Option<&str>,
    take: impl FnOnce(&Simulation<'_>) -> T,
) -> Result<T, Fault> {
    let subject = Subject::new(scenario)?;
    let modes: &[Option<CredentialsMode>] = match subject.credentials_unknown {
        true => &[
            Some(CredentialsMode::Include),
            Some(CredentialsMode::SameOrigin),
        ],
        false => &[None],
    };
    let mut played = Vec::new();
    for browser in [
        Browser::Chromium,
        Browser::Firefox,
        Browser::WebKit,
        Browser::Fetch,
    ] {
        for credentials in modes {
            let mut subject = subject.clone();
            subject.init.credentials = credentials.or(subject.init.credentials);
            subject.options.trace = traced == Some(browser.name());
            let play = play(&subject, browser, &mut PreflightCache::new(), 0);
            played.push(Played {
                credentials: *credentials,
                subject,
                play,
            });
        }
    }
    let sights: Vec<Sight<'_>> = played
        .iter()
        .map(|it| Sight {
            subject: &it.subject,
            scenario: Some(scenario),
            play: &it.play,
        })
        .collect();
    let found: Vec<Vec<Diagnostic>> = sights
        .iter()
        .map(|sight| {
            let mut found = diagnose(sight);
            remedy::prove(sight, &mut found);
            found
        })
        .collect();
    let verdicts = sights
        .iter()
        .zip(&found)
        .zip(&played)
        .map(|((sight, found), played)| ProfileVerdict {
            credentials: played.credentials,
            legs: legs(sight),
            verdict: verdict_document(None, sight, found),
        })
        .collect();
    Ok(take(&Simulation {
        verdicts,
        needs: needs(scenario)?,
    }))
}
