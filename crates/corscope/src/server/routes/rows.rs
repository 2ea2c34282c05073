//! `/api/captures/{id}/rows` and what else is asked of a capture's list.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use corscope_capture::query::complete;
use corscope_capture::{PreflightState, Query, Row};
use corscope_diagnose::rules;
use corscope_fetch::Exchange;
use serde::{Deserialize, Serialize};
use url::Url;

use super::captures::capture;
use super::{has_switch, option};
use crate::debugger::{Capture, Entry, Matched};
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::{Asked, json};

/// Rows given at once.
pub(super) const MOST_ROWS: usize = 500;

/// Some rows of a capture.
#[derive(Serialize)]
pub(in crate::server) struct RowWindow {
    /// The state of the capture that this shows.
    revision: u64,
    /// How many rows there are.
    total: usize,
    /// How many of them pass the filter.
    matched: usize,
    /// Of these, how they stand.
    counts: Counts,
    /// The place of the first row below among those that pass.
    from: usize,
    /// The rows, the oldest first.
    rows: Vec<RowDocument>,
}

/// How many rows stand how.
#[derive(Serialize)]
pub(super) struct Counts {
    /// The response can be read.
    allowed: usize,
    /// The browser refuses.
    blocked: usize,
    /// It is not known, or the response is opaque.
    other: usize,
    /// CORS has no say.
    aside: usize,
}

impl From<Matched> for Counts {
    fn from(matched: Matched) -> Self {
        Self {
            allowed: matched.allowed,
            blocked: matched.blocked,
            other: matched.other,
            aside: matched.aside(),
        }
    }
}

/// One fetch, with its preflight if it had one; or one exchange that CORS has no say in.
#[derive(Serialize)]
pub(in crate::server) struct RowDocument {
    /// Its number: that of the exchange it began with.
    number: u64,
    /// The request's method.
    method: String,
    /// The URL that was asked for first.
    url: String,
    /// The page's origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// The last response's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// `allowed`, `blocked`, `opaque`, `depends-on-credentials`, `unknown` or `not-cors`.
    standing: &'static str,
    /// The code of the rule that names the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    /// The cause in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    /// `none`, `ok`, `failed`, `cached` or `missing`.
    preflight: &'static str,
    /// The earlier preflight whose answer the browser's cache held.
    #[serde(skip_serializing_if = "Option::is_none")]
    preflight_learnt_at: Option<u64>,
    /// Whether the request that a preflight asked for was not sent.
    never_sent: bool,
    /// How many exchanges it took.
    legs: usize,
    /// When it began, in microseconds since the Unix epoch.
    started: u64,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<f64>,
    /// How long the last response's body is, in bytes.
    size: u64,
    /// The last response's `Content-Type`, without its parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    /// The failure below HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// Whether a rewrite or a breakpoint changed it.
    modified: bool,
    /// Whether it waits at a breakpoint.
    held: bool,
    /// Whether it is kept whatever happens.
    pinned: bool,
    /// What Local Network Access would refuse without the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden_by_proxy: Option<&'static str>,
    /// Whether the browser's own verdict is another one.
    disagrees: bool,
    /// Whether nothing more comes.
    ended: bool,
}

/// The place of a row.
#[derive(Serialize)]
struct Place {
    index: usize,
}

/// What may stand at a place of a filter.
#[derive(Serialize)]
pub(in crate::server) struct Completions {
    /// The first byte that a candidate takes the place of.
    from: usize,
    /// The byte after the last.
    to: usize,
    /// What may stand there, the best first.
    candidates: Vec<CandidateDocument>,
}

/// A text that may stand at a place of a filter.
#[derive(Serialize)]
struct CandidateDocument {
    /// The text.
    text: String,
    /// What it means, in a few words; empty for values.
    about: String,
}

/// Whether a row is to be kept.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct Pin {
    pinned: bool,
}

pub(super) async fn window(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Fault> {
    let capture = capture(&desk, &id)?;
    let (filter, query) = filter(&uri)?;
    let count = number(&uri, "count").unwrap_or(100).min(MOST_ROWS);
    // Whoever stays at the newest asks for the end, wherever that is by now.
    let from = match has_switch(&uri, "last") {
        true => {
            let matched = capture.table.place(&filter, &query, u64::MAX);
            matched.saturating_sub(count)
        }
        false => number(&uri, "from").unwrap_or(0),
    };
    let range = from..from.saturating_add(count);
    let window = capture.table.window(&filter, &query, range);
    let held = held(&desk);
    Ok(json(&RowWindow {
        revision: window.revision,
        total: window.total,
        matched: window.matched.all,
        counts: window.matched.into(),
        from,
        rows: window
            .rows
            .iter()
            .map(|entry| document(&capture, entry, &held))
            .collect(),
    }))
}

pub(super) async fn place(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Fault> {
    let capture = capture(&desk, &id)?;
    let (filter, query) = filter(&uri)?;
    let number = number(&uri, "number").unwrap_or(0) as u64;
    let index = capture.table.place(&filter, &query, number);
    Ok(json(&Place { index }))
}

pub(super) async fn completions(uri: Uri) -> Response {
    let text = option(&uri, "filter").unwrap_or_default();
    let cursor = number(&uri, "cursor").unwrap_or(text.len());
    let codes: Vec<&str> = rules::all().map(|rule| rule.code).collect();
    let found = complete(&text, cursor, &codes);
    let candidates = found.candidates.into_iter().take(40);
    json(&Completions {
        from: found.span.start,
        to: found.span.end,
        candidates: candidates
            .map(|it| CandidateDocument {
                text: it.text,
                about: it.about,
            })
            .collect(),
    })
}

/// Keeps a row whatever happens, or no longer.
pub(super) async fn pin(
    State(desk): State<Arc<Desk>>,
    Path((id, number)): Path<(String, u64)>,
    Asked(pin): Asked<Pin>,
) -> Result<StatusCode, Fault> {
    let capture = capture(&desk, &id)?;
    let entry = entry(&capture, number)?;
    for leg in &entry.legs {
        capture.store.pin(*leg, pin.pinned);
    }
    capture.table.touch(number);
    capture.tell();
    Ok(StatusCode::NO_CONTENT)
}

/// A row, or that there is none.
pub(super) fn entry(capture: &Capture, number: u64) -> Result<Entry, Fault> {
    capture.table.get(number).ok_or_else(|| {
        Fault::new(
            StatusCode::NOT_FOUND,
            "no-row",
            format!("#{number} is not there any more"),
            "older exchanges are forgotten when the memory for them is full; pin what must stay",
        )
    })
}

/// The exchanges that wait at a breakpoint.
pub(super) fn held(desk: &Desk) -> Vec<u64> {
    let held = desk.debugger.steering().rewrites().holds().list();
    held.iter().map(|it| it.exchange).collect()
}

/// A row as the page gets it.
pub(super) fn document(capture: &Capture, entry: &Entry, held: &[u64]) -> RowDocument {
    let rows: Vec<Arc<Row>> = entry
        .legs
        .iter()
        .filter_map(|leg| capture.store.get(*leg))
        .collect();
    let first = rows.first().map(|row| &*row.exchange);
    let last = rows.last().map(|row| &*row.exchange);
    let response = last.and_then(|last| last.response.as_ref());
    let asked = |exchange: &Exchange| match exchange.is_preflight() {
        true => header(exchange, "Access-Control-Request-Method"),
        false => Some(exchange.request.method.clone()),
    };
    let end = last.and_then(|last| Some(last.started + last.timing.total?));
    let preflight = rows
        .first()
        .map_or(PreflightState::None, |row| row.judged.preflight);
    RowDocument {
        number: entry.number,
        method: first.and_then(asked).unwrap_or_default(),
        url: first.map_or_else(String::new, |first| first.request.url.clone()),
        origin: first.and_then(origin_of),
        status: response.map(|response| response.status),
        standing: entry
            .standing
            .map_or("not-cors", |standing| standing.name()),
        rule: entry.rule.map(|rule| rule.code),
        cause: entry.rule.map(|rule| rule.summary),
        preflight: preflight.as_str(),
        preflight_learnt_at: entry.preflight_learnt_at,
        never_sent: entry.never_sent,
        legs: entry.legs.len(),
        started: first.map_or(0, |first| first.started),
        ms: first
            .zip(end)
            .map(|(first, end)| end.saturating_sub(first.started) as f64 / 1000.0),
        size: response.map_or(0, |response| response.body.len),
        content_type: response.and_then(|response| {
            let value = response.header_list.get("content-type")?;
            let text = String::from_utf8_lossy(&value).into_owned();
            Some(text.split(';').next().unwrap_or_default().trim().to_owned())
        }),
        failure: last
            .and_then(|last| last.failure.as_ref())
            .map(|failure| failure.code.to_string()),
        modified: rows.iter().any(|row| row.exchange.modified.is_some()),
        held: entry.legs.iter().any(|leg| held.contains(leg)),
        pinned: rows.iter().any(|row| row.pinned),
        hidden_by_proxy: entry.hidden_by_proxy,
        disagrees: entry.disagrees,
        ended: rows.iter().all(|row| row.exchange.ended),
    }
}

fn header(exchange: &Exchange, name: &str) -> Option<String> {
    let value = exchange.request.header_list.get(name)?;
    Some(String::from_utf8_lossy(&value).into_owned())
}

/// The page's origin: as the request says, else of the page that is known, else of its referrer.
pub(super) fn origin_of(exchange: &Exchange) -> Option<String> {
    let of_url = |url: &str| {
        let url = Url::parse(url).ok()?;
        Some(url.origin().ascii_serialization())
    };
    header(exchange, "Origin")
        .or_else(|| exchange.hints.page_url.as_deref().and_then(of_url))
        .or_else(|| of_url(&header(exchange, "Referer")?))
}

/// The filter that is asked for.
pub(super) fn filter(uri: &Uri) -> Result<(String, Query), Fault> {
    let text = option(uri, "filter").unwrap_or_default();
    let query = Query::parse(&text).map_err(|error| {
        let at = format!("filter[{}..{}]", error.span.start, error.span.end);
        let mend = match &error.suggestion {
            Some(suggestion) => format!("did you mean {suggestion}?"),
            None => "press the down arrow for what may stand there".to_owned(),
        };
        Fault::input("bad-filter", at, error.message, mend)
    })?;
    Ok((text, query))
}

pub(super) fn number(uri: &Uri, name: &str) -> Option<usize> {
    option(uri, name)?.parse().ok()
}
