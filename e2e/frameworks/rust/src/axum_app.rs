//! The application that the axum recipe is put around.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};

pub(crate) fn app() -> Router {
    Router::new()
        .route("/items", any(items).options(plain))
        .route("/private", any(items))
        .route("/own", get(own))
        .route("/405", get(items))
        .route("/500", get(fail))
        .layer(middleware::from_fn(authenticate))
}

async fn authenticate(request: Request, next: Next) -> Response {
    if request.uri().path() == "/private" && !request.headers().contains_key("Authorization") {
        return (StatusCode::UNAUTHORIZED, "who are you?").into_response();
    }
    next.run(request).await
}

async fn items() -> impl IntoResponse {
    ([("x-total", "3"), ("x-own", "4")], "[]")
}

async fn plain() -> impl IntoResponse {
    ([("x-plain", "yes")], "app")
}

async fn own() -> impl IntoResponse {
    let headers = [
        ("access-control-allow-origin", "https://own.example"),
        ("access-control-allow-credentials", "true"),
        ("vary", "accept-encoding"),
    ];
    (headers, "own")
}

/// `resume_unwind` is a panic without the hook's report on standard error.
async fn fail() -> &'static str {
    std::panic::resume_unwind(Box::new("as it should"))
}
