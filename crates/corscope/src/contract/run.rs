//! Running one case: the real server is asked as `corscope check` asks it, or the case's own answers
//! are taken; then the engine judges for every browser.

use std::time::Instant;

use corscope_diagnose::contract::{
    Case, ExpectedOutcome, FilledHeaders, Secret, Unreached, broken, unreached,
};
use corscope_diagnose::render::ExchangeNote;
use corscope_diagnose::scenario::{ProbeDocument, ScenarioError, Subject, play};
use corscope_diagnose::secrets::masked;
use corscope_diagnose::{Sight, diagnose, remedy, root_cause};
use corscope_fetch::PreflightCache;
use corscope_wire::client::Client;

use super::shown::without_secrets;
use super::{BrowserRun, CaseRun};
use crate::check::{Drive, LiveExchange, Plan, Probe, drive, run_probes};
use crate::simulate::is_blocked;

/// How to ask.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether requests with unsafe methods are really sent, whatever the cases say.
    pub send: bool,
    /// Whether to send probes, where they tell why something is refused.
    pub probes: bool,
    /// When to stop sending for this case.
    pub deadline: Instant,
}

/// What goes out for a case, and came back.
struct Asked {
    subject: Subject,
    legs: Vec<Option<usize>>,
}

/// Runs a case. `client` is not used for a case
/// that holds its answers.
///
/// # Errors
/// When the scenario's values cannot be meant.
pub async fn run_case(
    file: &str,
    case: &Case,
    filled: FilledHeaders,
    client: &Client,
    settings: &Settings,
) -> Result<CaseRun, ScenarioError> {
    let begun = Instant::now();
    let mut run = CaseRun {
        file: file.to_owned(),
        case: case.clone(),
        browsers: Vec::new(),
        error: None,
        notes: Vec::new(),
        duration: begun.elapsed(),
    };
    let mut subject = Subject::new(&case.scenario)?;
    subject.init.headers = filled.headers;
    let secrets = filled.secrets;
    if case.is_live() {
        live(&mut run, subject, &secrets, client, settings).await;
    } else {
        let asked: Vec<Asked> = case
            .browsers
            .iter()
            .map(|_| Asked {
                subject: subject.clone(),
                legs: Vec::new(),
            })
            .collect();
        judge(&mut run, &asked, &[], &[], &secrets);
    }
    prove(&mut run);
    run.duration = begun.elapsed();
    Ok(run)
}

async fn live(
    run: &mut CaseRun,
    mut subject: Subject,
    secrets: &[Secret],
    client: &Client,
    settings: &Settings,
) {
    let case = run.case.clone();
    let cookies = taken_cookies(&mut subject);
    let body = subject.init.body.as_ref();
    let plan = Plan {
        body: body.map(|body| body.data.clone().into_bytes()),
        cookies,
        subject,
        send: settings.send || case.send,
        probes: settings.probes,
        reads: case.scenario.reads.clone(),
        deadline: Some(settings.deadline),
    };
    let mut exchanges = Vec::new();
    let mut drives = Vec::with_capacity(case.browsers.len());
    for browser in &case.browsers {
        drives.push(drive(&plan, *browser, client, &mut exchanges).await);
    }
    let gone = drives.iter().find_map(|drive| unreached(&drive.play));
    if let Some(gone) = gone {
        run.error = Some(said(&gone, &exchanges));
        return;
    }
    for ignored in exchanges
        .iter()
        .flat_map(|it| it.wire.tls.iter().flat_map(|tls| &tls.ignored))
    {
        let note = format!("-k let this pass, a browser will not: {ignored}");
        if !run.notes.contains(&note) {
            run.notes.push(note);
        }
    }
    let asked: Vec<Asked> = drives.iter().map(asked).collect();
    judge(run, &asked, &exchanges, &[], secrets);
    let blocked = drives
        .iter()
        .find(|drive| is_blocked(&drive.play.verdict.outcome));
    let wants_reason =
        case.expect.rule.is_some() || run.browsers.iter().any(|it| !it.broken.is_empty());
    if let Some(blocked) = blocked.filter(|_| plan.probes && wants_reason) {
        let probes = run_probes(&plan, blocked, client).await;
        let probes: Vec<ProbeDocument> = probes.iter().map(Probe::document).collect();
        judge(run, &asked, &exchanges, &probes, secrets);
    }
    for (judged, drive) in run.browsers.iter().zip(&drives) {
        if judged.play.verdict.outcome != drive.play.verdict.outcome {
            // Never seen; and if it were, nothing may be green that a browser refuses.
            run.error = Some("the verdict changes when secrets are left out".to_owned());
        }
    }
    let is_asked = drives
        .iter()
        .flat_map(|drive| &drive.play.verdict.legs)
        .any(|leg| leg.answer.is_some());
    if !is_asked {
        run.error = run.error.take().or(vacuous(run));
    }
    run.notes.extend(not_there(run));
    if run.error.is_some() {
        run.browsers.clear();
    }
}

/// Where every browser refuses by itself, a case that says `blocked` is kept by any server. That
/// is meant only where the rule is named.
fn vacuous(run: &CaseRun) -> Option<String> {
    let expect = &run.case.expect;
    if expect.outcome != ExpectedOutcome::Blocked || expect.rule.is_some() {
        return None;
    }
    let root = root_cause(&run.browsers.first()?.diagnostics)?;
    Some(format!(
        "nothing was sent, so the server was not tested: the browser refuses by itself. If that is \
         what must hold, write `expect.rule = \"{}\"`",
        root.rule
    ))
}

/// A path that is not there is mostly blocked for everybody, too.
fn not_there(run: &CaseRun) -> Option<String> {
    let verdict = &run.browsers.first()?.play.verdict;
    let status = verdict.leg_of(verdict.blocked_by()?)?.response()?.status;
    let is_wanted = run.case.expect.outcome == ExpectedOutcome::Blocked;
    (is_wanted && matches!(status, 404 | 410)).then(|| {
        format!("the answer is {status}: a wrong URL is blocked for every page, the right ones too")
    })
}

fn asked(drive: &Drive) -> Asked {
    Asked {
        subject: drive.subject.clone(),
        legs: drive.legs.clone(),
    }
}

/// `Cookie` cannot be set by a script; in a contract it is what the browser would send.
fn taken_cookies(subject: &mut Subject) -> Option<String> {
    let headers = &mut subject.init.headers;
    let is_cookie = |name: &str| name.eq_ignore_ascii_case("cookie");
    let cookies: Vec<String> = headers
        .iter()
        .filter(|(name, _)| is_cookie(name))
        .map(|(_, value)| value.clone())
        .collect();
    headers.retain(|(name, _)| !is_cookie(name));
    (!cookies.is_empty()).then(|| cookies.join("; "))
}

fn judge(
    run: &mut CaseRun,
    asked: &[Asked],
    exchanges: &[LiveExchange],
    probes: &[ProbeDocument],
    secrets: &[Secret],
) {
    let mut evidence = run.case.scenario.clone();
    evidence.probes.extend_from_slice(probes);
    run.browsers = asked
        .iter()
        .zip(&run.case.browsers)
        .map(|(asked, browser)| {
            let subject = without_secrets(&asked.subject, &run.case, secrets);
            let play = play(&subject, *browser, &mut PreflightCache::new(), 0);
            let sight = Sight {
                subject: &subject,
                scenario: Some(&evidence),
                play: &play,
            };
            let diagnostics = diagnose(&sight);
            let broken = broken(&run.case, &sight, &diagnostics);
            BrowserRun {
                evidence: evidence.clone(),
                exchanges: asked
                    .legs
                    .iter()
                    .map(|index| note(*index, exchanges))
                    .collect(),
                subject,
                play,
                diagnostics,
                broken,
            }
        })
        .collect();
}

/// Proves what would mend a broken case.
fn prove(run: &mut CaseRun) {
    for browser in run.browsers.iter_mut().filter(|it| !it.broken.is_empty()) {
        let sight = Sight {
            subject: &browser.subject,
            scenario: Some(&browser.evidence),
            play: &browser.play,
        };
        remedy::prove(&sight, &mut browser.diagnostics);
    }
}

fn note(index: Option<usize>, exchanges: &[LiveExchange]) -> Option<ExchangeNote> {
    let wire = &exchanges.get(index?)?.wire;
    Some(ExchangeNote {
        duration: wire.timing.total,
        remote: wire.remote_addr.map(|address| address.to_string()),
        http_version: wire.http_version.map(|version| version.as_str().to_owned()),
    })
}

/// Why a server did not do its work, in the client's own words where it has some.
fn said(gone: &Unreached, exchanges: &[LiveExchange]) -> String {
    let failed = exchanges
        .iter()
        .filter(|it| !it.behind)
        .find_map(|it| Some((it, it.wire.result.as_ref().err()?)));
    match failed {
        Some((exchange, error)) => format!(
            "{} {}: {error}",
            exchange.request.method,
            masked(exchange.request.url.as_str())
        ),
        None => format!("{} {}: {}", gone.method, gone.url, gone.problem),
    }
}
