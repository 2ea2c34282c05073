//! Why a request was not answered: what is wrong, where, and how to mend it, as JSON.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use corscope_diagnose::scenario::ScenarioError;
use serde::Serialize;

use super::reply::json;
use crate::input::InputError;

/// A refusal.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    document: FaultDocument,
}

/// A refusal as the page gets it.
#[derive(Debug, Serialize)]
pub(super) struct FaultReply {
    /// What is wrong.
    error: FaultDocument,
}

/// What is wrong.
#[derive(Debug, Serialize)]
struct FaultDocument {
    /// A stable name of the kind of mistake.
    code: &'static str,
    /// What is wrong, in one line.
    message: String,
    /// Where: a field's path, such as `request.headers[2]`, or a place in a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
    /// The source around the fault, with carets below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<String>,
}

impl Fault {
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let document = FaultDocument {
            code,
            message: message.into(),
            at: None,
            mend: Some(mend.into()),
            excerpt: None,
        };
        Self { status, document }
    }

    /// An input that cannot be used.
    pub(super) fn input(
        code: &'static str,
        at: impl Into<String>,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let mut fault = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message, mend);
        fault.document.at = Some(at.into());
        fault
    }
}

impl From<ScenarioError> for Fault {
    fn from(error: ScenarioError) -> Self {
        let document = FaultDocument {
            code: error.code,
            message: error.message,
            at: Some(error.at),
            mend: None,
            excerpt: None,
        };
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            document,
        }
    }
}

impl From<InputError> for Fault {
    fn from(error: InputError) -> Self {
        let mut fault = Self::input("unreadable-input", error.place, error.problem, error.mend);
        fault.document.excerpt = error.excerpt;
        fault
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let reply = FaultReply {
            error: self.document,
        };
        (self.status, json(&reply)).into_response()
    }
}
