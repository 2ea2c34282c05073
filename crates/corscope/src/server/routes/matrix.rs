//! `/api/captures/{id}/matrix`: which page's origin asks which server, and how it goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Serialize;
use url::Url;

use super::captures::capture;
use super::rows::{filter, origin_of};
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::json;

/// Origins and targets of a matrix, the busiest.
const MOST_OF_MATRIX: usize = 50;

/// How the origins of pages fare at the servers they ask.
#[derive(Serialize)]
pub(in crate::server) struct Matrix {
    /// Pages' origins, the busiest first.
    origins: Vec<String>,
    /// Servers' origins, the busiest first.
    targets: Vec<String>,
    /// Pairs that were seen.
    cells: Vec<Cell>,
    /// Fetches of pairs that are left out.
    others: usize,
}

/// How one origin fares at one server.
#[derive(Clone, Serialize)]
struct Cell {
    /// Index of the page's origin.
    origin: usize,
    /// Index of the server's.
    target: usize,
    /// Fetches whose response could be read.
    allowed: usize,
    /// Fetches that the browser refused.
    blocked: usize,
    /// All others.
    other: usize,
}

pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Fault> {
    let capture = capture(&desk, &id)?;
    let (filter, query) = filter(&uri)?;
    let mut pairs: BTreeMap<(String, String), [usize; 3]> = BTreeMap::new();
    for entry in capture.table.all(&filter, &query) {
        let Some(standing) = entry.standing else {
            continue;
        };
        let Some(lead) = entry.legs.first().and_then(|leg| capture.store.get(*leg)) else {
            continue;
        };
        let Some(origin) = origin_of(&lead.exchange) else {
            continue;
        };
        let target = Url::parse(&lead.exchange.request.url)
            .map(|url| url.origin().ascii_serialization())
            .unwrap_or_default();
        let at = match standing.name() {
            "allowed" => 0,
            "blocked" => 1,
            _ => 2,
        };
        pairs.entry((origin, target)).or_default()[at] += 1;
    }
    Ok(json(&matrix_of(&pairs)))
}

fn matrix_of(pairs: &BTreeMap<(String, String), [usize; 3]>) -> Matrix {
    let busiest = |name: fn(&(String, String)) -> &String| -> Vec<String> {
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        for (pair, count) in pairs {
            *counts.entry(name(pair)).or_default() += count.iter().sum::<usize>();
        }
        let mut names: Vec<(&String, usize)> = counts.into_iter().collect();
        names.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
        let names = names.into_iter().take(MOST_OF_MATRIX);
        names.map(|(name, _)| name.clone()).collect()
    };
    let origins = busiest(|pair| &pair.0);
    let targets = busiest(|pair| &pair.1);
    let mut others = 0;
    let mut cells = Vec::new();
    for ((origin, target), [allowed, blocked, other]) in pairs {
        let origin = origins.iter().position(|it| it == origin);
        let target = targets.iter().position(|it| it == target);
        match origin.zip(target) {
            Some((origin, target)) => cells.push(Cell {
                origin,
                target,
                allowed: *allowed,
                blocked: *blocked,
                other: *other,
            }),
            None => others += allowed + blocked + other,
        }
    }
    cells.sort_by_key(|cell| (cell.origin, cell.target));
    Matrix {
        origins,
        targets,
        cells,
        others,
    }
}
