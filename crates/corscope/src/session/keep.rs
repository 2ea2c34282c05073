//! What is kept of what is seen, of its judgement beside it, and what is left for the judgement.

use std::borrow::Cow;
use std::sync::Arc;

use corscope_capture::message::{Message as Kept, MessageKind as KeptKind, Sender};
use corscope_capture::{CorsOutcome, Judged, PreflightState, Query, Row, Store};
use corscope_diagnose::observed::{Finding, PreflightSeen, Standing};
use corscope_fetch::Exchange;
use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse, Side};
use corscope_wire::proxy::{Event, Message, MessageKind};

/// How much of a body the judgement looks at; what is kept of it for viewing is the store's business.
const BODY_JUDGED: usize = 4096;

/// So many bytes of bodies, beside what it looks at, the judgement may hold on to: a copy of a small
/// exchange would cost more than they do.
const MOST_SHARED: usize = 4096;

/// Keeps what is seen where it is to be kept, at once: whatever becomes of the judgement, nothing that
/// was captured is lost, and what waits to be judged is small.
pub(super) struct Keeper {
    store: Option<Arc<Store>>,
    offset: u64,
}

impl Keeper {
    /// Keeps in `store`, if there is one; `offset` is what is added to the proxy's numbers.
    pub(super) fn new(store: Option<Arc<Store>>, offset: u64) -> Self {
        Self { store, offset }
    }

    /// Keeps `event`, and gives what the judgement needs of it, numbered as it is kept.
    pub(super) fn keep(&self, event: Event) -> Event {
        match event {
            Event::Progress(exchange) => Event::Progress(self.exchange(exchange)),
            Event::Ended(exchange) => Event::Ended(self.exchange(exchange)),
            Event::Message(mut message) => {
                message.exchange += self.offset;
                if let Some(store) = &self.store {
                    store.message(message.exchange, self::message(&message));
                }
                Event::Message(message)
            }
        }
    }

    fn exchange(&self, mut exchange: Arc<Exchange>) -> Arc<Exchange> {
        if self.offset > 0 {
            Arc::make_mut(&mut exchange).id += self.offset;
        }
        let judged = for_judging(&exchange);
        if let Some(store) = &self.store {
            store.put(exchange);
        }
        judged
    }
}

/// An exchange as the judgement keeps it, after the store may have let it go: itself where it is small,
/// else a copy that holds as much of the bodies as the judgement looks at.
pub(crate) fn for_judging(exchange: &Arc<Exchange>) -> Arc<Exchange> {
    let request = &exchange.request;
    let response = exchange.response.as_ref();
    let head = |raw: &Option<Box<[u8]>>| raw.as_ref().map_or(0, |head| head.len());
    let of_response = response.map_or(0, |it| it.body.bytes.capacity() + head(&it.raw_head));
    if request.body.bytes.capacity() + head(&request.raw_head) + of_response <= MOST_SHARED {
        return Arc::clone(exchange);
    }
    Arc::new(Exchange {
        request: ObservedRequest {
            body: ObservedBody {
                bytes: Vec::new(),
                len: request.body.len,
            },
            header_list: request.header_list.clone(),
            method: request.method.clone(),
            url: request.url.clone(),
            version: request.version,
            raw_head: None,
        },
        response: response.map(|response| ObservedResponse {
            status: response.status,
            version: response.version,
            header_list: response.header_list.clone(),
            body: ObservedBody {
                bytes: response.body.bytes[..body_judged(response)].to_vec(),
                len: response.body.len,
            },
            ..ObservedResponse::default()
        }),
        modified: exchange.modified.clone(),
        failure: exchange.failure.clone(),
        connection: exchange.connection.clone(),
        hints: exchange.hints.clone(),
        id: exchange.id,
        started: exchange.started,
        timing: exchange.timing,
        ended: exchange.ended,
    })
}

/// How many bytes of a response's body the judgement looks at: only an error's page tells something.
fn body_judged(response: &ObservedResponse) -> usize {
    let most = if response.status < 300 {
        0
    } else {
        BODY_JUDGED
    };
    response.body.bytes.len().min(most)
}

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

/// Whether a filter lets a fetch pass: it does if one of its exchanges passes. Of bodies it sees as much
/// as the judgement does.
pub fn lets_pass(filter: &Query, finding: &Finding) -> bool {
    let judged = facts_of(finding);
    finding.fetch.exchanges().any(|exchange| {
        filter.matches(&Row {
            judged: judged.clone(),
            ..Row::of(Arc::clone(exchange))
        })
    })
}

/// A finding as facts that one may search for.
fn facts_of(finding: &Finding) -> Judged {
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
