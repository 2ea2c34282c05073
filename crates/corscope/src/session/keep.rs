//! What of a judgement is kept beside an exchange, and wire messages as the store holds them.

use std::borrow::Cow;

use corscope_capture::message::{Message as Kept, MessageKind as KeptKind, Sender};
use corscope_capture::{CorsOutcome, Judged, PreflightState, Store};
use corscope_diagnose::observed::{Finding, PreflightSeen, Standing};
use corscope_fetch::exchange::Side;
use corscope_wire::proxy::{Message, MessageKind};

/// A wire's message as the store holds it.
pub(super) fn message(message: &Message) -> Kept {
    Kept {
        at: message.at,
        sender: match message.from {
            Side::Client => Sender::Client,
            Side::Server | Side::Corscope => Sender::Server,
        },
        kind: match message.kind {
            MessageKind::Text => KeptKind::Text,
            MessageKind::Binary => KeptKind::Binary,
            MessageKind::Ping => KeptKind::Ping,
            MessageKind::Pong => KeptKind::Pong,
            MessageKind::Close => KeptKind::Close,
            MessageKind::ServerSentEvent => KeptKind::Event,
        },
        bytes: message.bytes.clone(),
        len: message.len,
    }
}

/// Notes a finding's facts at each of its exchanges.
pub(super) fn facts(store: &Store, finding: &Finding) {
    let facts = facts_of(finding);
    for exchange in finding.fetch.exchanges() {
        store.judge(exchange.id, facts.clone());
    }
}

/// A finding as facts that one may search for.
pub(super) fn facts_of(finding: &Finding) -> Judged {
    let judged = &finding.judged;
    let reasons = finding
        .diagnostics
        .iter()
        .map(|diagnostic| Cow::Borrowed(diagnostic.rule.code))
        .collect();
    Judged {
        cors: match judged.standing {
            Standing::Allowed | Standing::Opaque => CorsOutcome::Ok,
            Standing::Blocked => CorsOutcome::Fail,
            Standing::DependsOnCredentials | Standing::Unknown => CorsOutcome::Unknown,
        },
        reasons,
        preflight: preflight(finding),
        lna: judged.hidden_by_proxy.map(|_| "hidden-by-proxy".into()),
    }
}

fn preflight(finding: &Finding) -> PreflightState {
    let is_blocked_there = finding
        .judged
        .play
        .verdict
        .legs
        .last()
        .is_some_and(|leg| leg.request.preflight)
        && finding.judged.standing == Standing::Blocked;
    match finding.fetch.hops.first().map(|hop| &hop.preflight) {
        _ if is_blocked_there => PreflightState::Failed,
        Some(PreflightSeen::Exchange(_)) => PreflightState::Ok,
        _ if finding.judged.cached_preflight.is_some() => PreflightState::Cached,
        _ if finding.judged.assumed_preflight => PreflightState::Missing,
        _ => PreflightState::None,
    }
}
