//! JSON in and out, bounded.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fault::Fault;

/// The longest body of a request. Pasted text may hold a whole HAR entry.
pub(super) const MAX_BODY: usize = 12 * 1024 * 1024;

/// A JSON response.
pub(super) fn json<T: Serialize + ?Sized>(document: &T) -> Response {
    match serde_json::to_vec(document) {
        Ok(bytes) => of_bytes(bytes),
        // The documents have string keys only.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn of_bytes(bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// A request's body, at most [`MAX_BODY`] long.
pub(super) struct Bytes(pub(super) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for Bytes {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let too_long = |_| {
            Fault::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-long",
                format!("more than {} MiB", MAX_BODY >> 20),
                "give the one request, message or answer that matters",
            )
        };
        let bytes = to_bytes(request.into_body(), MAX_BODY)
            .await
            .map_err(too_long)?;
        Ok(Self(bytes.into()))
    }
}

/// A request's body as a document; a mistake names its place.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Asked<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let Bytes(bytes) = Bytes::from_request(request, state).await?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        serde_path_to_error::deserialize(&mut reader)
            .map(Self)
            .map_err(|error| {
                let at = match error.path().to_string() {
                    path if path == "." => String::new(),
                    path => path,
                };
                let problem = error.into_inner().to_string();
                Fault::input("invalid-document", at, problem, "correct this field")
            })
    }
}
