//! The API: one file a resource, and this is the one list. Live traffic, breakpoints and HAR come
//! here as further resources.

mod check;
mod explain;
mod input;
mod policy;
mod program;
mod recipes;
mod rules;
mod session;
mod simulate;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::fault::Fault;
use super::{Desk, gate, page_files};

/// Every route, behind the gate.
pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/api/session", post(session::enter))
        .route("/api/program", get(program::show))
        .route("/api/simulate", post(simulate::simulate))
        .route("/api/check", post(check::check))
        .route("/api/explain", post(explain::explain))
        .route("/api/input", post(input::read))
        .route("/api/rules", get(rules::list))
        .route("/api/rules/{code}", get(rules::page))
        .route("/api/recipes", get(recipes::list))
        .route("/api/recipes/{stack}", post(recipes::render))
        .route("/api/policy/lint", post(policy::lint))
        .route("/api/policy/answer", post(policy::answer))
        .route("/api/{*rest}", get(no_route).post(no_route))
        .fallback(page_files::file)
        .layer(from_fn_with_state(Arc::clone(&desk), gate::gate))
        .with_state(desk)
}

async fn no_route(uri: Uri) -> Fault {
    Fault::new(
        StatusCode::NOT_FOUND,
        "no-such-resource",
        format!("there is no {}", uri.path()),
        "the page and the program may be of different versions: reload the page",
    )
}

/// Whether a query has a switch: `?send=1`.
fn has_switch(uri: &Uri, name: &str) -> bool {
    option(uri, name).is_some_and(|value| value != "0")
}

/// A query's value.
fn option(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
