//! `/api/captures`: what was captured, live and from HARs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde::Serialize;

use super::{has_switch, option};
use crate::debugger::Capture;
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::json;
use crate::session::export::export_har;

/// The longest HAR.
const MOST_BYTES: u64 = 2 << 30;

/// What was captured.
#[derive(Serialize)]
pub(in crate::server) struct CaptureDocument {
    /// Its identity: `live`, `har-1`.
    id: String,
    /// `live` or `har`.
    kind: &'static str,
    /// What people know it by.
    name: String,
    /// How many rows it has.
    rows: usize,
    /// Grows with every change.
    revision: u64,
    /// How many exchanges had to go from memory.
    evicted: u64,
    /// How many exchanges came too fast to be looked at.
    missed: u64,
    /// Where the proxy listens that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy: Option<String>,
    /// Whether nothing more comes.
    done: bool,
    /// Bytes of the HAR that were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_bytes: Option<u64>,
    /// Why the HAR could not be read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

pub(super) async fn list(State(desk): State<Arc<Desk>>) -> Response {
    let captures = desk.debugger.captures();
    let documents: Vec<CaptureDocument> = captures.iter().map(|it| document(&desk, it)).collect();
    json(&documents)
}

fn document(desk: &Desk, capture: &Capture) -> CaptureDocument {
    let is_live = capture.is_live();
    CaptureDocument {
        id: capture.id.clone(),
        kind: if is_live { "live" } else { "har" },
        name: capture.name.clone(),
        rows: capture.table.len(),
        revision: capture.table.revision(),
        evicted: capture.store.evicted(),
        missed: capture.missed(),
        proxy: desk
            .debugger
            .proxy()
            .filter(|_| is_live)
            .map(|it| it.to_string()),
        done: capture.is_done.load(Ordering::Relaxed),
        read_bytes: (!is_live).then(|| capture.read.load(Ordering::Relaxed)),
        problem: capture.problem(),
    }
}

/// Reads a HAR as it comes in; it is never held whole.
pub(super) async fn add(
    State(desk): State<Arc<Desk>>,
    uri: Uri,
    request: Request,
) -> Result<Response, Fault> {
    let name = option(&uri, "name").unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|it| !it.is_control())
        .take(200)
        .collect();
    let name = if name.is_empty() {
        "HAR".to_owned()
    } else {
        name
    };
    let (feed, read) = desk.debugger.begin_har(name);
    let reading = tokio::task::spawn_blocking(read);
    let mut pieces = request.into_body().into_data_stream();
    let mut length = 0_u64;
    let mut feed = Some(feed);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| {
            let mend = "drop the file again";
            Fault::input("broken-off", "file", "the file did not come whole", mend)
        })?;
        length += piece.len() as u64;
        if length > MOST_BYTES {
            let message = format!("more than {} GiB", MOST_BYTES >> 30);
            let mend = "judge it with `corscope har FILE`, which needs no memory for it";
            return Err(Fault::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-long",
                message,
                mend,
            ));
        }
        let Some(open) = feed.take() else { continue };
        // The reader may be slower than the network; a thread that waits must not be an async one.
        let sent = tokio::task::spawn_blocking(move || open.send(piece.to_vec()).map(|()| open));
        // A reader that has given up needs no more, and says below why.
        feed = sent.await.ok().and_then(Result::ok);
    }
    drop(feed);
    let read = reading.await.map_err(|_| {
        let mend = "please report this, with the file if it holds no secrets";
        Fault::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed",
            "reading it failed",
            mend,
        )
    })?;
    let capture =
        read.map_err(|error| Fault::input("not-a-har", "file", error.to_string(), error.mend()))?;
    Ok(json(&document(&desk, &capture)))
}

pub(super) async fn remove(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
    match desk.debugger.remove(&id) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_capture()),
    }
}

pub(super) async fn clear(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
    capture(&desk, &id)?.clear();
    Ok(StatusCode::NO_CONTENT)
}

/// The capture as a HAR, without secrets unless `?secrets=1`.
pub(super) async fn har(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Fault> {
    let capture = capture(&desk, &id)?;
    let with_secrets = has_switch(&uri, "secrets");
    let written = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        export_har(&capture.store, &mut bytes, capture.browser, with_secrets).map(|_| bytes)
    });
    let bytes = written.await.ok().and_then(Result::ok).ok_or_else(|| {
        let mend = "try `corscope proxy --har FILE`";
        Fault::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "failed",
            "it cannot be written",
            mend,
        )
    })?;
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, kind);
    let place = HeaderValue::from_static("attachment; filename=\"corscope.har\"");
    headers.insert(header::CONTENT_DISPOSITION, place);
    Ok(response)
}

/// A capture, or that there is none.
pub(super) fn capture(desk: &Desk, id: &str) -> Result<Arc<Capture>, Fault> {
    desk.debugger.capture(id).ok_or_else(no_capture)
}

fn no_capture() -> Fault {
    Fault::new(
        StatusCode::NOT_FOUND,
        "no-capture",
        "this capture is not there",
        "open a browser through corscope, or drop a HAR file",
    )
}
