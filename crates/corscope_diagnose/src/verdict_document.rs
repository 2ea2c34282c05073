//! The verdict document: what outside readers get (format version 1).

use std::borrow::Cow;

use corscope_fetch::evidence::{Evidence, Message, Part};
use corscope_fetch::verdict::{Awaited, Outcome, ResponseType};
use corscope_fetch::{Fault, SentRequest, StepResult, TraceEntry};
use serde::{Serialize, Serializer};

use crate::console::{Scene, account};
use crate::diagnose::{RootCause, root_cause};
use crate::diagnostic::{Diagnostic, Remedy, Severity};
use crate::scenario::latin1;
use crate::sight::Sight;

/// A verdict as a document.
#[derive(Debug, Serialize)]
pub struct VerdictDocument<'a> {
    /// The scenario's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    /// Whose rules.
    pub browser: &'static str,
    /// How it ends.
    pub outcome: &'static str,
    /// The status that the script sees.
    pub status: Option<u16>,
    /// The response's type, as the script sees it.
    pub response_type: Option<ResponseType>,
    /// What the script can read.
    pub visible_headers: &'a [Cow<'static, str>],
    /// What is sent.
    pub sent: Vec<SentDocument<'a>>,
    /// What the browser prints.
    pub console: Vec<String>,
    /// The browser's own name for it.
    pub browser_code: Option<&'static str>,
    /// What stopped it.
    pub blocked_by: Option<BlockedByDocument>,
    /// The deciding fault.
    pub root_cause: Option<RootCauseDocument>,
    /// The codes of what else was found.
    pub also: Vec<&'static str>,
    /// Everything that was found.
    pub diagnostics: Vec<DiagnosticDocument<'a>>,
    /// What must be known next, when the verdict is incomplete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The steps, when a trace was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Vec<TraceDocument>>,
}

/// A request that was sent.
#[derive(Debug, Serialize)]
pub struct SentDocument<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its URL.
    pub url: &'a str,
    /// Whether it is a preflight.
    pub preflight: bool,
    /// Its headers: names in lower case, lines of one name joined.
    #[serde(serialize_with = "header_map")]
    pub headers: &'a SentRequest,
}

/// What stopped a fetch.
#[derive(Debug, Serialize)]
pub struct BlockedByDocument {
    /// In which leg.
    pub leg: &'static str,
    /// The engine's cause.
    pub cause: &'static str,
}

/// The deciding fault.
#[derive(Debug, Serialize)]
pub struct RootCauseDocument {
    /// The rule's code.
    pub rule: &'static str,
    /// How sure.
    pub confidence: crate::diagnostic::Confidence,
    /// Who must change something.
    pub who: crate::diagnostic::Who,
}

/// One finding.
#[derive(Debug, Serialize)]
pub struct DiagnosticDocument<'a> {
    /// The rule's code.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Whether the browser stops here.
    pub first: bool,
    /// In which leg.
    pub leg: &'static str,
    /// One phrase.
    pub headline: &'a str,
    /// Where it is seen.
    pub evidence: Vec<EvidenceDocument>,
    /// The step that says so.
    pub why: Vec<WhyDocument>,
    /// The codes of other rules that fit, where this one is not certain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_possible: Vec<&'static str>,
    /// Further sentences.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub notes: &'a [String],
    /// Ways to mend it.
    pub remedies: &'a [Remedy],
}

/// Where a finding is seen.
#[derive(Debug, Serialize)]
pub struct EvidenceDocument {
    /// In which leg.
    pub leg: &'static str,
    /// Its index among the legs.
    pub leg_index: usize,
    /// In which message.
    pub message: Message,
    /// The header line, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<usize>,
    /// Bytes of that line's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<[usize; 2]>,
    /// The name of a header that is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<&'static str>,
    /// `status`, `method` or `url`, where it is none of the headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<&'static str>,
}

/// A step of the standard.
#[derive(Debug, Serialize)]
pub struct WhyDocument {
    /// Its name.
    pub step: &'static str,
    /// Its section.
    pub anchor: &'static str,
    /// What it says.
    pub says: &'static str,
}

/// A step of a trace.
#[derive(Debug, Serialize)]
pub struct TraceDocument {
    /// Its name.
    pub step: &'static str,
    /// Its section.
    pub anchor: &'static str,
    /// The leg's index.
    pub leg: Option<usize>,
    /// `passed`, `failed` or `skipped`.
    pub result: &'static str,
    /// The cause, or why it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'static str>,
}

/// Writes a verdict down.
pub fn verdict_document<'a>(
    id: Option<&'a str>,
    sight: &Sight<'a>,
    diagnostics: &'a [Diagnostic],
) -> VerdictDocument<'a> {
    let verdict = &sight.play.verdict;
    let (outcome, status, response_type, visible_headers) = outcome_fields(&verdict.outcome);
    let scene = Scene {
        init: &sight.subject.init,
        client: &sight.subject.client,
        verdict,
    };
    let account = account(scene);
    let root = root_cause(diagnostics);
    VerdictDocument {
        id,
        browser: verdict.browser.name(),
        outcome,
        status,
        response_type,
        visible_headers,
        sent: verdict
            .legs
            .iter()
            .map(|leg| SentDocument {
                method: &leg.request.method,
                url: leg.request.url.as_str(),
                preflight: leg.request.preflight,
                headers: &leg.request,
            })
            .collect(),
        console: account.lines,
        browser_code: account.code,
        blocked_by: verdict.blocked_by().map(|fault| BlockedByDocument {
            leg: leg_name(sight, fault),
            cause: fault.cause.name(),
        }),
        also: also(diagnostics, root),
        root_cause: root.map(|root| RootCauseDocument {
            rule: root.rule,
            confidence: root.confidence,
            who: root.who,
        }),
        diagnostics: diagnostics
            .iter()
            .map(|it| diagnostic_document(sight, it))
            .collect(),
        next: next(sight),
        trace: verdict
            .trace
            .as_ref()
            .map(|trace| trace.iter().map(trace_document).collect()),
    }
}

fn leg_name(sight: &Sight<'_>, fault: &Fault) -> &'static str {
    let verdict = &sight.play.verdict;
    match verdict.leg_of(fault) {
        Some(leg) => leg.name(),
        // What a redirect asks for and the browser never sends is on no leg of its own.
        None if verdict.legs.iter().any(|leg| leg.name() == "redirect") => "redirect",
        None => "request",
    }
}

fn outcome_fields(
    outcome: &Outcome,
) -> (
    &'static str,
    Option<u16>,
    Option<ResponseType>,
    &[Cow<'static, str>],
) {
    match outcome {
        Outcome::Readable {
            status,
            response_type,
            visible_headers,
        } => (
            "readable",
            Some(*status),
            Some(*response_type),
            visible_headers,
        ),
        Outcome::Opaque => ("opaque", Some(0), Some(ResponseType::Opaque), &[]),
        Outcome::OpaqueRedirect => (
            "opaqueredirect",
            Some(0),
            Some(ResponseType::OpaqueRedirect),
            &[],
        ),
        Outcome::Error => ("error", None, None, &[]),
        Outcome::Throw => ("throw", None, None, &[]),
        Outcome::Incomplete(_) => ("incomplete", None, None, &[]),
    }
}

fn also(diagnostics: &[Diagnostic], root: Option<RootCause>) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = Vec::new();
    for diagnostic in diagnostics {
        let code = diagnostic.rule.code;
        if root.is_none_or(|root| root.rule != code) && !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

pub(crate) fn next(sight: &Sight<'_>) -> Option<String> {
    let verdict = &sight.play.verdict;
    let Outcome::Incomplete(awaited) = verdict.outcome else {
        return None;
    };
    let request = verdict.legs.last().map(|leg| &leg.request);
    Some(match (awaited, request) {
        (Awaited::Permission, _) => {
            "the user must answer the browser's Local Network Access prompt".to_owned()
        }
        (Awaited::Preflight, Some(request)) => format!(
            "send the preflight OPTIONS {} and give its answer as \"preflight\"",
            request.url
        ),
        (_, Some(request)) => format!(
            "send {} {} and give its answer as responses[{}]",
            request.method,
            request.url,
            verdict.legs.last().map_or(0, |leg| leg.hop)
        ),
        (_, None) => "start the fetch".to_owned(),
    })
}

fn diagnostic_document<'a>(
    sight: &Sight<'_>,
    diagnostic: &'a Diagnostic,
) -> DiagnosticDocument<'a> {
    DiagnosticDocument {
        rule: diagnostic.rule.code,
        severity: diagnostic.rule.severity,
        first: diagnostic.first,
        leg: diagnostic.leg,
        headline: &diagnostic.explanation.headline,
        evidence: diagnostic
            .evidence
            .iter()
            .map(|it| evidence_document(sight, it))
            .collect(),
        why: diagnostic
            .step
            .iter()
            .map(|step| WhyDocument {
                step: step.id,
                anchor: step.anchor,
                says: step.sentence,
            })
            .collect(),
        also_possible: diagnostic.also_possible.iter().map(|it| it.code).collect(),
        notes: &diagnostic.explanation.notes,
        remedies: &diagnostic.explanation.remedies,
    }
}

fn evidence_document(sight: &Sight<'_>, evidence: &Evidence) -> EvidenceDocument {
    let leg = sight
        .whole()
        .legs
        .get(evidence.leg)
        .map_or("request", corscope_fetch::Leg::name);
    let mut document = EvidenceDocument {
        leg,
        leg_index: evidence.leg,
        message: evidence.message,
        header: None,
        span: None,
        absent: None,
        part: None,
    };
    match &evidence.part {
        Part::Header(place) => {
            document.header = Some(place.line);
            document.span = Some([place.span.start, place.span.end]);
        }
        Part::Absent(name) => document.absent = Some(name),
        Part::Status => document.part = Some("status"),
        Part::Method => document.part = Some("method"),
        Part::Url => document.part = Some("url"),
    }
    document
}

fn trace_document(entry: &TraceEntry) -> TraceDocument {
    let (result, detail) = match entry.result {
        StepResult::Passed => ("passed", None),
        StepResult::Failed(cause) => ("failed", Some(cause)),
        StepResult::Skipped(why) => ("skipped", Some(why)),
    };
    TraceDocument {
        step: entry.step.id,
        anchor: entry.step.anchor,
        leg: entry.leg,
        result,
        detail,
    }
}

fn header_map<S: Serializer>(request: &&SentRequest, serializer: S) -> Result<S::Ok, S::Error> {
    let mut lines: Vec<(Cow<'_, str>, Cow<'_, str>)> = request
        .header_list
        .iter()
        .map(|header| {
            let name = latin1(header.name);
            let name = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                true => Cow::Owned(name.to_ascii_lowercase()),
                false => name,
            };
            (name, latin1(header.value))
        })
        .collect();
    lines.sort_by(|one, other| one.0.cmp(&other.0)); // stable: lines of one name keep their order
    lines.dedup_by(|later, kept| {
        let is_same = later.0 == kept.0;
        if is_same {
            kept.1 = Cow::Owned(format!("{}, {}", kept.1, later.1));
        }
        is_same
    });
    serializer.collect_map(lines)
}
