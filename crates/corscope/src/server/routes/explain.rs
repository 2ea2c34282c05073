//! `POST /api/explain`: what a console text means.

use axum::http::StatusCode;
use axum::response::Response;
use corscope_diagnose::console::read::ConsoleMessage;
use corscope_diagnose::scenario::{
    CredentialsDocument, PageDocument, RequestDocument, Scenario, Subject,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::explain::explanations;
use crate::server::fault::Fault;
use crate::server::reply::{Asked, json};

/// Messages of one text that are shown.
const MOST: usize = 50;

/// A text from a browser's console.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct ConsoleText {
    text: String,
}

/// What a console text means.
#[derive(Serialize)]
pub(in crate::server) struct Explanations {
    /// One a message, the most telling first.
    messages: Vec<ExplainedMessage>,
}

impl Explanations {
    /// What the first message tells, as a scenario; `None` when there is no message.
    pub(super) fn first_scenario(&self) -> Option<Option<Scenario>> {
        self.messages.first().map(|it| it.scenario.clone())
    }
}

/// One message.
#[derive(Serialize)]
struct ExplainedMessage {
    /// As `corscope explain --format json` says it.
    explanation: Value,
    /// A scenario with what the message tells; absent when it names no URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<Scenario>,
}

pub(super) async fn explain(Asked(asked): Asked<ConsoleText>) -> Result<Response, Fault> {
    let explanations = explained(&asked.text);
    if explanations.messages.is_empty() {
        return Err(Fault::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "not-a-message",
            "no browser that we know prints this",
            "paste the red text of the console, or fill in the page's and the target's URL instead",
        ));
    }
    Ok(json(&explanations))
}

/// Everything that a text's messages tell.
pub(super) fn explained(text: &str) -> Explanations {
    let messages = explanations(text, MOST)
        .into_iter()
        .map(|(message, explanation)| ExplainedMessage {
            explanation,
            scenario: scenario(&message),
        })
        .collect();
    Explanations { messages }
}

/// What a message tells, as a scenario whose answers are not known.
pub(super) fn scenario(message: &ConsoleMessage) -> Option<Scenario> {
    let url = message.initial_url.as_ref().or(message.url.as_ref())?;
    let api = match message.kind.as_deref() {
        Some("XMLHttpRequest") => corscope_fetch::Api::Xhr,
        _ => corscope_fetch::Api::Fetch,
    };
    let mut headers = Vec::new();
    if let Some(name) = &message.header {
        headers.push((name.clone(), sample_value(name).to_owned()));
    }
    let scenario = Scenario {
        page: PageDocument {
            origin: message.page_origin.clone(),
            url: message
                .page_origin
                .is_none()
                .then(|| "http://localhost:3000/".to_owned()),
            ..PageDocument::default()
        },
        request: RequestDocument {
            api,
            method: message.method.clone().unwrap_or_else(|| "GET".to_owned()),
            url: url.clone(),
            headers,
            credentials: message
                .credentials
                .filter(|is_sent| *is_sent)
                .map(|_| CredentialsDocument::Include),
            ..RequestDocument::default()
        },
        ..Scenario::default()
    };
    // Foreign text: what it names may be no origin at all.
    Subject::new(&scenario).is_ok().then_some(scenario)
}

fn sample_value(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "content-type" => "application/json",
        "authorization" => "Bearer x",
        _ => "1",
    }
}
