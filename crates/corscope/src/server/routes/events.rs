//! `GET /api/events`: what changed, as server-sent events. They say that something is new, not what:
//! the page asks for what it shows.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;

use crate::server::Desk;

/// The least time between two reports.
const PAUSE: Duration = Duration::from_millis(100);

/// After this time without news a comment is sent: a connection that is gone is noticed by it.
const SILENCE: Duration = Duration::from_secs(15);

/// The state of a capture.
#[derive(Serialize)]
pub(in crate::server) struct CaptureEvent {
    /// The capture.
    id: String,
    /// Grows with every change.
    revision: u64,
    /// How many rows it has.
    total: usize,
    /// How many exchanges had to go from memory.
    evicted: u64,
    /// How many exchanges came too fast to be looked at.
    missed: u64,
}

/// The state of what waits at breakpoints.
#[derive(Serialize)]
pub(in crate::server) struct HoldsEvent {
    /// How many wait.
    count: usize,
    /// Grows with every change.
    revision: u64,
}

/// The state of the rewrites and breakpoints.
#[derive(Serialize)]
pub(in crate::server) struct RewritesEvent {
    /// Grows with every change.
    revision: u64,
    /// The switch above all others.
    enabled: bool,
    /// How many rewrites and breakpoints are in force.
    active: usize,
}

/// What one page was told last.
struct Told {
    desk: Arc<Desk>,
    captures: HashMap<String, u64>,
    holds: Option<u64>,
    rewrites: Option<u64>,
}

pub(super) async fn stream(State(desk): State<Arc<Desk>>) -> Response {
    let told = Told {
        desk,
        captures: HashMap::new(),
        holds: None,
        rewrites: None,
    };
    let events = stream::unfold(told, |mut told| async move {
        let piece = told.next().await;
        Some((Ok::<_, Infallible>(piece), told))
    });
    let mut response = Body::from_stream(events).into_response();
    let kind = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

impl Told {
    /// What is new, once something is.
    async fn next(&mut self) -> Bytes {
        let debugger = Arc::clone(&self.desk.debugger);
        let rewrites = debugger.steering().rewrites();
        let mut captured = debugger.changes();
        let mut changed = rewrites.changes();
        let mut held = rewrites.holds().changes();
        let is_first = self.holds.is_none();
        if !is_first {
            // What changes in quick succession is told together.
            tokio::time::sleep(PAUSE).await;
        }
        loop {
            captured.mark_unchanged();
            changed.mark_unchanged();
            held.mark_unchanged();
            let news = self.news();
            if !news.is_empty() {
                return news.into();
            }
            let any = async {
                // The senders live as long as the debugger.
                tokio::select! {
                    _ = captured.changed() => {}
                    _ = changed.changed() => {}
                    _ = held.changed() => {}
                }
            };
            if tokio::time::timeout(SILENCE, any).await.is_err() {
                return Bytes::from_static(b":\n\n");
            }
        }
    }

    fn news(&mut self) -> String {
        let mut text = String::new();
        let desk = Arc::clone(&self.desk);
        for capture in desk.debugger.captures() {
            let revision = capture.table.revision();
            if self.captures.get(&capture.id) == Some(&revision) {
                continue;
            }
            self.captures.insert(capture.id.clone(), revision);
            let event = CaptureEvent {
                id: capture.id.clone(),
                revision,
                total: capture.table.len(),
                evicted: capture.store.evicted(),
                missed: capture.missed(),
            };
            push(&mut text, "capture", &event);
        }
        let rewrites = desk.debugger.steering().rewrites();
        let revision = *rewrites.holds().changes().borrow();
        if self.holds.replace(revision) != Some(revision) {
            let count = rewrites.holds().list().len();
            push(&mut text, "holds", &HoldsEvent { count, revision });
        }
        let revision = *rewrites.changes().borrow();
        if self.rewrites.replace(revision) != Some(revision) {
            let document = rewrites.document();
            let active = document.rewrites.iter().filter(|it| it.enabled).count()
                + document.breakpoints.iter().filter(|it| it.enabled).count();
            let event = RewritesEvent {
                revision,
                enabled: document.enabled,
                active,
            };
            push(&mut text, "rewrites", &event);
        }
        text
    }
}

fn push(text: &mut String, name: &str, event: &impl Serialize) {
    if let Ok(data) = serde_json::to_string(event) {
        text.push_str(&format!("event: {name}\ndata: {data}\n\n"));
    }
}
