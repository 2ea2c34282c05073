//! The API: one file a resource, and this is the one list.

mod body;
mod captures;
mod check;
mod contract;
mod detail;
mod events;
mod explain;
mod groups;
mod holds;
mod input;
mod matrix;
mod policy;
mod program;
mod recipes;
mod rewrites;
mod rows;
mod rules;
mod session;
mod settings;
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
        .route("/api/contract", post(contract::write))
        .route("/api/explain", post(explain::explain))
        .route("/api/input", post(input::read))
        .route("/api/rules", get(rules::list))
        .route("/api/rules/{code}", get(rules::page))
        .route("/api/recipes", get(recipes::list))
        .route("/api/recipes/{stack}", post(recipes::render))
        .route("/api/policy/lint", post(policy::lint))
        .route("/api/policy/answer", post(policy::answer))
        .route("/api/events", get(events::stream))
        .route("/api/captures", get(captures::list).post(captures::add))
        .route("/api/captures/{id}/remove", post(captures::remove))
        .route("/api/captures/{id}/clear", post(captures::clear))
        .route("/api/captures/{id}/har", get(captures::har))
        .route("/api/captures/{id}/rows", get(rows::window))
        .route("/api/captures/{id}/groups", get(groups::window))
        .route("/api/captures/{id}/place", get(rows::place))
        .route("/api/captures/{id}/matrix", get(matrix::show))
        .route("/api/captures/{id}/rows/{number}", get(detail::show))
        .route("/api/captures/{id}/rows/{number}/pass", post(detail::pass))
        .route("/api/captures/{id}/rows/{number}/pin", post(rows::pin))
        .route("/api/captures/{id}/rows/{number}/body", get(body::body))
        .route(
            "/api/captures/{id}/rows/{number}/messages",
            get(body::messages),
        )
        .route("/api/captures/{id}/rows/{number}/copy", get(body::copy))
        .route("/api/complete", get(rows::completions))
        .route("/api/rewrites", get(rewrites::list))
        .route("/api/rewrites/rewrite", post(rewrites::put_rewrite))
        .route("/api/rewrites/breakpoint", post(rewrites::put_breakpoint))
        .route("/api/rewrites/switch", post(rewrites::switch))
        .route("/api/rewrites/entry", post(rewrites::entry))
        .route(
            "/api/rewrites/file",
            get(rewrites::file).post(rewrites::load),
        )
        .route("/api/holds", get(holds::list))
        .route("/api/holds/all", post(holds::go_on_all))
        .route("/api/holds/{id}", get(holds::show).post(holds::decide))
        .route("/api/settings", get(settings::show))
        .route("/api/settings/ca.pem", get(settings::certificate))
        .route("/api/browser", post(settings::open))
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
