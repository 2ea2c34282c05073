//! `/api/rewrites`: the rewrites and breakpoints in force, listed, changed and switched.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use corscope_wire::proxy::stages::{
    BreakpointDocument, Listed, Mistake, RewriteDocument, RewritesError, rules_to_toml,
};
use serde::{Deserialize, Serialize};

use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::{Asked, json};

/// All rewrites and breakpoints.
#[derive(Serialize)]
pub(in crate::server) struct RewriteList {
    /// The switch above all others.
    enabled: bool,
    /// Whether browsers are kept from remembering preflights.
    show_every_preflight: bool,
    /// The rewrites, in order.
    rewrites: Vec<ListedRewrite>,
    /// The breakpoints, in order; they come after the rewrites.
    breakpoints: Vec<ListedBreakpoint>,
}

/// A rewrite as it stands.
#[derive(Serialize)]
struct ListedRewrite {
    /// How it is written.
    document: RewriteDocument,
    /// How many exchanges it took.
    matches: u64,
    /// Why it could not do its work the last time it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_miss: Option<String>,
}

/// A breakpoint as it stands.
#[derive(Serialize)]
struct ListedBreakpoint {
    /// How it is written.
    document: BreakpointDocument,
    /// How many exchanges it held.
    matches: u64,
}

/// The identity that something new was given.
#[derive(Serialize)]
pub(in crate::server) struct Named {
    /// The identity.
    id: String,
}

/// A rules file's text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct RulesText {
    /// TOML.
    toml: String,
}

/// The switches for everything; what is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct Switches {
    enabled: Option<bool>,
    show_every_preflight: Option<bool>,
}

/// What to do with one rewrite or breakpoint; what is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct Entry {
    id: String,
    enabled: Option<bool>,
    #[serde(default)]
    remove: bool,
    /// Its new place among its kind.
    index: Option<usize>,
}

pub(super) async fn list(State(desk): State<Arc<Desk>>) -> Response {
    let rewrites = desk.debugger.steering().rewrites();
    let document = rewrites.document();
    let rewrite = |it: Listed<RewriteDocument>| ListedRewrite {
        document: it.document,
        matches: it.matches,
        last_miss: it.last_miss,
    };
    let breakpoint = |it: Listed<BreakpointDocument>| ListedBreakpoint {
        document: it.document,
        matches: it.matches,
    };
    json(&RewriteList {
        enabled: document.enabled,
        show_every_preflight: document.show_every_preflight,
        rewrites: rewrites.rewrites().into_iter().map(rewrite).collect(),
        breakpoints: rewrites.breakpoints().into_iter().map(breakpoint).collect(),
    })
}

/// Adds a rewrite, or puts it in place of the one with its identity.
pub(super) async fn put_rewrite(
    State(desk): State<Arc<Desk>>,
    Asked(document): Asked<RewriteDocument>,
) -> Result<Response, Fault> {
    let rewrites = desk.debugger.steering().rewrites();
    let id = rewrites.put_rewrite(document).map_err(mistakes)?;
    Ok(json(&Named { id }))
}

/// Adds a breakpoint, or puts it in place of the one with its identity.
pub(super) async fn put_breakpoint(
    State(desk): State<Arc<Desk>>,
    Asked(document): Asked<BreakpointDocument>,
) -> Result<Response, Fault> {
    let rewrites = desk.debugger.steering().rewrites();
    let id = rewrites.put_breakpoint(document).map_err(mistakes)?;
    Ok(json(&Named { id }))
}

/// Switches everything.
pub(super) async fn switch(
    State(desk): State<Arc<Desk>>,
    Asked(switches): Asked<Switches>,
) -> StatusCode {
    let rewrites = desk.debugger.steering().rewrites();
    if let Some(enabled) = switches.enabled {
        rewrites.set_all_enabled(enabled);
    }
    if let Some(on) = switches.show_every_preflight {
        rewrites.set_show_every_preflight(on);
    }
    StatusCode::NO_CONTENT
}

/// Switches, moves or removes one.
pub(super) async fn entry(
    State(desk): State<Arc<Desk>>,
    Asked(entry): Asked<Entry>,
) -> Result<StatusCode, Fault> {
    let rewrites = desk.debugger.steering().rewrites();
    if entry.remove {
        return match rewrites.remove(&entry.id) {
            true => Ok(StatusCode::NO_CONTENT),
            false => Err(not_there()),
        };
    }
    if let Some(enabled) = entry.enabled {
        let switched = rewrites.set_enabled(&entry.id, enabled);
        switched.map_err(|error| match error {
            RewritesError::NotThere => not_there(),
            RewritesError::Mistakes(found) => mistakes(found),
        })?;
    }
    match entry.index {
        Some(index) if !rewrites.place(&entry.id, index) => Err(not_there()),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// All of it as a rules file.
pub(super) async fn file(State(desk): State<Arc<Desk>>) -> Result<Response, Fault> {
    let document = desk.debugger.steering().rewrites().document();
    let toml = rules_to_toml(&document).map_err(|error| {
        let mend = "write it by hand: the guide shows how";
        Fault::input("not-written", "file", error.to_string(), mend)
    })?;
    Ok(json(&RulesText { toml }))
}

/// A rules file in place of all that is in force.
pub(super) async fn load(
    State(desk): State<Arc<Desk>>,
    Asked(text): Asked<RulesText>,
) -> Result<StatusCode, Fault> {
    let loaded = desk.debugger.steering().load(text.toml.as_bytes());
    loaded.map(|()| StatusCode::NO_CONTENT).map_err(mistakes)
}

fn not_there() -> Fault {
    Fault::new(
        StatusCode::NOT_FOUND,
        "not-there",
        "there is no such rewrite or breakpoint any more",
        "look at the list again: it was removed meanwhile",
    )
}

/// Mistakes as one refusal: its place and mend are the first one's, its message names all.
pub(super) fn mistakes(found: Vec<Mistake>) -> Fault {
    let Some(first) = found.first() else {
        return Fault::input("mistakes", "", "it cannot be used", "write it anew");
    };
    let message = match &found[..] {
        [only] => only.problem.clone(),
        several => {
            let lines: Vec<String> = several.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
    };
    let at = match first.position {
        Some((line, column)) => format!("line {line}, column {column}: {}", first.at),
        None => first.at.clone(),
    };
    Fault::input("mistakes", at, message, first.mend.clone())
}
