//! `/api/captures/{id}/groups`: a capture's list under the origins of its pages.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Serialize;

use super::captures::capture;
use super::option;
use super::rows::{Counts, MOST_ROWS, RowDocument, document, filter, held, number};
use crate::debugger::{Closed, Line};
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::json;

/// How a group is named in `?closed=` whose rows no page's origin asked for.
const NO_ORIGIN: &str = "-";

/// Some lines of a grouped list.
#[derive(Serialize)]
pub(in crate::server) struct GroupedWindow {
    /// The state of the capture that this shows.
    revision: u64,
    /// How many rows there are.
    total: usize,
    /// How many of them pass the filter.
    matched: usize,
    /// Of these, how they stand.
    counts: Counts,
    /// How many lines there are, those of groups and those of rows.
    places: usize,
    /// The place of the first line below.
    from: usize,
    /// The lines.
    lines: Vec<LineDocument>,
}

/// A line: a group's own, or a row of the group above.
#[derive(Serialize)]
struct LineDocument {
    /// The group.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupDocument>,
    /// The row.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<RowDocument>,
}

/// The rows of one origin.
#[derive(Serialize)]
struct GroupDocument {
    /// The page's origin; absent where CORS has no say.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// How many rows it has.
    matched: usize,
    /// Of these, how they stand.
    counts: Counts,
    /// Whether its rows stand below it.
    open: bool,
}

/// The groups in `?closed=` show no rows.
pub(super) async fn window(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Fault> {
    let capture = capture(&desk, &id)?;
    let (filter, query) = filter(&uri)?;
    let from = number(&uri, "from").unwrap_or(0);
    let count = number(&uri, "count").unwrap_or(100).min(MOST_ROWS);
    let closed: Closed = option(&uri, "closed")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .map(|origin| (origin != NO_ORIGIN).then(|| origin.to_owned()))
        .collect();
    let range = from..from.saturating_add(count);
    let window = capture.table.grouped(&filter, &query, &closed, range);
    let held = held(&desk);
    let line = |line: Line| match line {
        Line::Group(group) => LineDocument {
            group: Some(GroupDocument {
                origin: group.origin.as_deref().map(str::to_owned),
                matched: group.matched.all,
                counts: group.matched.into(),
                open: group.is_open,
            }),
            row: None,
        },
        Line::Row(entry) => LineDocument {
            group: None,
            row: Some(document(&capture, &entry, &held)),
        },
    };
    Ok(json(&GroupedWindow {
        revision: window.revision,
        total: window.total,
        matched: window.matched.all,
        counts: window.matched.into(),
        places: window.places,
        from,
        lines: window.lines.into_iter().map(line).collect(),
    }))
}
