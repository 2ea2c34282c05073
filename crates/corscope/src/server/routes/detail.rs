//! `/api/captures/{id}/rows/{number}`: everything about one row.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use corscope_capture::Row;
use corscope_diagnose::observed::{FetchDocument, Finding};
use corscope_diagnose::scenario::Scenario;
use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{
    Exchange, ObservedBody, ObservedRequest, ObservedResponse, Side, Timing,
};
use serde::Serialize;

use super::captures::capture;
use super::option;
use super::rows::{self, RowDocument, entry, held};
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::legs::{LegDocument, legs};
use crate::server::reply::json;
use crate::session::CannotPass;

/// Everything about one row.
#[derive(Serialize)]
pub(in crate::server) struct Detail<'a> {
    /// The row.
    row: RowDocument,
    /// The fetch with its verdict; absent where CORS has no say.
    #[serde(skip_serializing_if = "Option::is_none")]
    fetch: Option<FetchDocument<'a>>,
    /// The legs, those behind the first fault included.
    legs: Vec<LegDocument>,
    /// The scenario that would cause it.
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<Scenario>,
    /// What went over the wire.
    exchanges: Vec<ExchangeDocument>,
}

/// An exchange as it went over the wire.
#[derive(Serialize)]
struct ExchangeDocument {
    /// Its number.
    number: u64,
    /// Whether it is a CORS-preflight request.
    preflight: bool,
    /// When it began, in microseconds since the Unix epoch.
    started: u64,
    /// Whether nothing more comes.
    ended: bool,
    /// The request as the server got it.
    request: RequestSeen,
    /// The response as the client got it.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<ResponseSeen>,
    /// The failure below HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<ExchangeFailure>,
    /// How long its parts took.
    timing: TimingDocument,
    /// The connection.
    connection: ConnectionDocument,
    /// What changed it on the way.
    modified_by: Vec<String>,
    /// The request as the client sent it, where that was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    original_request: Option<RequestSeen>,
    /// The response as the server sent it, where that was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    original_response: Option<ResponseSeen>,
    /// How many messages it carried: of a WebSocket, or server-sent events.
    messages: u64,
}

/// A request.
#[derive(Serialize)]
struct RequestSeen {
    /// Its method.
    method: String,
    /// Its URL.
    url: String,
    /// `HTTP/1.1`, `HTTP/2`.
    version: &'static str,
    /// The header list, one character a byte.
    headers: Vec<(String, String)>,
    /// The head as it was read, where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    /// What is known of its body.
    body: BodyNote,
}

/// A response.
#[derive(Serialize)]
struct ResponseSeen {
    /// The status.
    status: u16,
    /// The words beside it.
    reason: String,
    /// `HTTP/1.1`, `HTTP/2`.
    version: &'static str,
    /// The header list, one character a byte.
    headers: Vec<(String, String)>,
    /// The head as it was read, where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    /// Statuses and header lists that came before (1xx).
    informational: Vec<(u16, Vec<(String, String)>)>,
    /// The header list after the body.
    trailers: Vec<(String, String)>,
    /// What is known of its body.
    body: BodyNote,
}

/// What is known of a body.
#[derive(Serialize)]
struct BodyNote {
    /// How long it was on the wire, in bytes.
    len: u64,
    /// How many bytes of it are kept.
    kept: usize,
    /// Its `Content-Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
}

/// A failure below HTTP.
#[derive(Serialize)]
struct ExchangeFailure {
    /// Its stable name.
    code: String,
    /// What happened.
    message: String,
    /// Whose it is: `client`, `server` or `corscope`.
    side: &'static str,
}

/// How long the parts of an exchange took, in milliseconds.
#[derive(Serialize)]
struct TimingDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dns: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connect: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receive: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<f64>,
}

/// A connection.
#[derive(Serialize)]
struct ConnectionDocument {
    /// The server's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    remote: Option<String>,
    /// TLS' version and cipher suite.
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<String>,
    /// Whether an earlier exchange used it.
    reused: bool,
    /// What of the server's certificate was not verified.
    unverified: Vec<String>,
    /// The proxy that it went through.
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_proxy: Option<String>,
}

/// What makes a fetch pass from now on.
#[derive(Serialize)]
pub(in crate::server) struct PassedDocument {
    /// The rewrites.
    rewrites: Vec<PassedRewrite>,
    /// Whether more is let in than the page's own origin.
    widens: bool,
    /// Whether the browser's own cache, which no proxy changes, may hold the failing answer.
    in_browser_cache: bool,
}

/// A rewrite that makes a leg pass.
#[derive(Serialize)]
struct PassedRewrite {
    /// Its identity.
    id: String,
    /// What it does.
    name: String,
    /// Whether it was in force before.
    was_there: bool,
}

pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    Path((id, number)): Path<(String, u64)>,
) -> Result<Response, Fault> {
    let capture = capture(&desk, &id)?;
    let entry = entry(&capture, number)?;
    let finding = capture.finding(number);
    let kept = entry.legs.iter().filter_map(|leg| capture.store.get(*leg));
    let exchanges = kept.map(|row| {
        let messages = capture.store.messages(row.exchange.id);
        let messages = messages.map_or(0, |(kept, gone)| kept.len() as u64 + gone);
        exchange(&row, messages)
    });
    Ok(json(&Detail {
        row: rows::document(&capture, &entry, &held(&desk)),
        legs: finding
            .as_ref()
            .map_or_else(Vec::new, |finding| legs(&finding.sight())),
        exchanges: exchanges.collect(),
        fetch: finding.as_ref().map(|finding| finding.document()),
        scenario: finding.as_ref().map(Finding::scenario),
    }))
}

/// "Make it pass": puts the smallest rewrites in force that do it.
pub(super) async fn pass(
    State(desk): State<Arc<Desk>>,
    Path((id, number)): Path<(String, u64)>,
) -> Result<Response, Fault> {
    let capture = capture(&desk, &id)?;
    entry(&capture, number)?;
    let cannot = |error: CannotPass| {
        let mend = match capture.is_live() {
            true => "the finding says what has to change instead",
            false => "capture it live: what a HAR holds is over",
        };
        Fault::new(StatusCode::CONFLICT, "cannot-pass", error.to_string(), mend)
    };
    if !capture.is_live() {
        return Err(cannot(CannotPass::NotSeen(number)));
    }
    let finding = capture
        .finding(number)
        .ok_or_else(|| cannot(CannotPass::NoChangeHelps(number)))?;
    let steering = desk.debugger.steering();
    let passed = steering.make_finding_pass(&finding).map_err(cannot)?;
    let rewrites = passed.rewrites.into_iter();
    Ok(json(&PassedDocument {
        rewrites: rewrites
            .map(|it| PassedRewrite {
                id: it.id,
                name: it.name,
                was_there: it.was_there,
            })
            .collect(),
        widens: passed.widens,
        in_browser_cache: passed.in_browser_cache,
    }))
}

/// Which exchange of a row is asked for: `?exchange=12`, else its last.
pub(super) fn exchange_of(
    desk: &Desk,
    id: &str,
    number: u64,
    uri: &Uri,
) -> Result<Arc<Row>, Fault> {
    let capture = capture(desk, id)?;
    let entry = entry(&capture, number)?;
    let wanted: Option<u64> = option(uri, "exchange").and_then(|it| it.parse().ok());
    let leg = match wanted {
        Some(wanted) => entry.legs.iter().find(|leg| **leg == wanted),
        None => entry.legs.last(),
    };
    leg.and_then(|leg| capture.store.get(*leg)).ok_or_else(|| {
        Fault::new(
            StatusCode::NOT_FOUND,
            "no-exchange",
            "this exchange is not there any more",
            "older exchanges are forgotten when the memory for them is full",
        )
    })
}

fn exchange(row: &Row, messages: u64) -> ExchangeDocument {
    let it = &row.exchange;
    let modified = it.modified.as_deref();
    ExchangeDocument {
        number: it.id,
        preflight: it.is_preflight(),
        started: it.started,
        ended: it.ended,
        request: sent(&it.request),
        response: it.response.as_ref().map(received),
        failure: it.failure.as_ref().map(|failure| ExchangeFailure {
            code: failure.code.to_string(),
            message: failure.message.clone(),
            side: match failure.side {
                Side::Client => "client",
                Side::Server => "server",
                Side::Corscope => "corscope",
            },
        }),
        timing: timing(&it.timing),
        connection: connection(it),
        modified_by: modified.map_or_else(Vec::new, |modified| modified.by.clone()),
        original_request: modified.and_then(|it| it.request.as_ref()).map(sent),
        original_response: modified.and_then(|it| it.response.as_ref()).map(received),
        messages,
    }
}

fn sent(request: &ObservedRequest) -> RequestSeen {
    RequestSeen {
        method: request.method.clone(),
        url: request.url.clone(),
        version: request.version.as_str(),
        headers: lines(&request.header_list),
        raw: request.raw_head.as_deref().map(latin1),
        body: note(&request.body, &request.header_list),
    }
}

fn received(response: &ObservedResponse) -> ResponseSeen {
    let informational = response.informational.iter();
    ResponseSeen {
        status: response.status,
        reason: latin1(&response.reason),
        version: response.version.as_str(),
        headers: lines(&response.header_list),
        raw: response.raw_head.as_deref().map(latin1),
        informational: informational
            .map(|(status, list)| (*status, lines(list)))
            .collect(),
        trailers: lines(&response.trailers),
        body: note(&response.body, &response.header_list),
    }
}

fn note(body: &ObservedBody, list: &HeaderList) -> BodyNote {
    BodyNote {
        len: body.len,
        kept: body.bytes.len(),
        content_type: list.get("content-type").map(|value| latin1(&value)),
    }
}

fn timing(timing: &Timing) -> TimingDocument {
    let ms = |time: Option<u64>| time.map(|time| time as f64 / 1000.0);
    TimingDocument {
        blocked: ms(timing.blocked),
        dns: ms(timing.dns),
        connect: ms(timing.connect),
        tls: ms(timing.tls),
        send: ms(timing.send),
        wait: ms(timing.wait),
        receive: ms(timing.receive),
        total: ms(timing.total),
    }
}

fn connection(exchange: &Exchange) -> ConnectionDocument {
    let it = &exchange.connection;
    ConnectionDocument {
        remote: it.remote_addr.map(|address| address.to_string()),
        tls: it.tls.clone(),
        reused: it.reused,
        unverified: it.unverified.clone(),
        upstream_proxy: it.upstream_proxy.clone(),
    }
}

/// A header list as text: one character a byte, so that none is lost.
pub(super) fn lines(list: &HeaderList) -> Vec<(String, String)> {
    let line = |it: corscope_fetch::header_list::Header<'_>| (latin1(it.name), latin1(it.value));
    list.iter().map(line).collect()
}

/// Header bytes as text: one character a byte, so that none is lost.
pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
