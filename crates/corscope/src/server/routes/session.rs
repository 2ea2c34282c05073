//! `POST /api/session`: exchanges the launch link's token for the cookie, once.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::Asked;

/// What the page has from the launch link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct Entry {
    token: String,
}

pub(super) async fn enter(
    State(desk): State<Arc<Desk>>,
    Asked(entry): Asked<Entry>,
) -> Result<Response, Fault> {
    let cookie = desk.access.exchange(&entry.token).ok_or_else(|| {
        Fault::new(
            StatusCode::FORBIDDEN,
            "token-used",
            "this link was used before, or is of another run",
            "press Enter in the terminal where corscope serve runs: it prints a new link",
        )
    })?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
