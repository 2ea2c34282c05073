//! `POST /api/input`: whatever people have at hand, understood. Nothing of it is executed.

use axum::response::Response;
use corscope_diagnose::scenario::{
    CredentialsDocument, HopDocument, PageDocument, RequestDocument, Scenario, Subject,
    scenario_from_json, scenario_from_toml,
};
use corscope_fetch::CredentialsMode;
use serde::{Deserialize, Serialize};
use url::Url;

use super::explain::{Explanations, explained};
use crate::input::{self, Given};
use crate::server::fault::Fault;
use crate::server::raw_answer::raw_answers;
use crate::server::reply::{Asked, json};

/// A pasted text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct Pasted {
    text: String,
}

/// What a pasted text is.
#[derive(Serialize)]
pub(in crate::server) struct Understood {
    /// What it was taken for.
    kind: Kind,
    /// The scenario that it describes.
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<Scenario>,
    /// The answers that it holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<HopDocument>,
    /// What its messages mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanations: Option<Explanations>,
    /// What was read otherwise than written.
    notes: Vec<String>,
}

/// What a text can be.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// A scenario file.
    Scenario,
    /// A cURL command.
    Curl,
    /// A `fetch()` call.
    Fetch,
    /// A server's answer.
    Answer,
    /// A HAR: it is to be read as a capture.
    Har,
    /// Console messages.
    Console,
    /// A URL.
    Url,
}

impl Understood {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            scenario: None,
            answers: Vec::new(),
            explanations: None,
            notes: Vec::new(),
        }
    }
}

pub(super) async fn read(Asked(pasted): Asked<Pasted>) -> Result<Response, Fault> {
    understand(pasted.text.trim()).map(|understood| json(&understood))
}

fn understand(text: &str) -> Result<Understood, Fault> {
    if text.starts_with('{') || text.starts_with("[page]") || text.starts_with("[request]") {
        return scenario_file(text);
    }
    let first = text.trim_start_matches(['$', '%', ' ']);
    if first.starts_with("curl ") || first.starts_with("curl.exe") {
        return given(Kind::Curl, input::curl::curl(text)?);
    }
    let explanations = explained(text);
    if let Some(scenario) = explanations.first_scenario() {
        return Ok(Understood {
            scenario,
            explanations: Some(explanations),
            ..Understood::new(Kind::Console)
        });
    }
    let answers = raw_answers(text);
    if !answers.is_empty() {
        return Ok(Understood {
            answers,
            ..Understood::new(Kind::Answer)
        });
    }
    if text.contains("fetch(") {
        return given(Kind::Fetch, input::fetch_snippet::fetch_snippet(text)?);
    }
    if !text.contains(char::is_whitespace) && Url::parse(text).is_ok_and(|url| url.has_host()) {
        return Ok(Understood {
            scenario: Some(of_request(RequestDocument {
                url: text.to_owned(),
                ..RequestDocument::default()
            })),
            ..Understood::new(Kind::Url)
        });
    }
    Err(Fault::input(
        "unknown-text",
        "",
        "this is nothing that corscope can read",
        "paste the red text of the console, \"Copy as cURL\" or \"Copy as fetch\" from the network \
         tab, a server's response headers, or a URL",
    ))
}

fn scenario_file(text: &str) -> Result<Understood, Fault> {
    let scenario = match text.starts_with('{') {
        true => scenario_from_json(text.as_bytes()),
        false => scenario_from_toml(text.as_bytes()),
    }
    .map_err(Fault::from);
    let is_har = text.contains("\"log\"") && text.contains("\"entries\"");
    match scenario {
        Err(_) if is_har => Ok(Understood::new(Kind::Har)),
        Err(fault) => Err(fault),
        Ok(scenario) => {
            Subject::new(&scenario)?;
            Ok(Understood {
                scenario: Some(scenario),
                ..Understood::new(Kind::Scenario)
            })
        }
    }
}

/// A copied command says what is asked, and mostly of which page.
fn given(kind: Kind, given: Given) -> Result<Understood, Fault> {
    let mut notes = given.notes;
    notes.extend(given.dropped.iter().map(|dropped| {
        let name = input::error::quoted(&dropped.name);
        format!("{name} was left out: {}", dropped.reason)
    }));
    let init = given.init;
    let mut scenario = of_request(RequestDocument {
        api: init.api,
        method: init.method,
        url: init.url,
        headers: init.headers,
        mode: init.mode,
        credentials: init.credentials.map(|mode| match mode {
            CredentialsMode::Omit => CredentialsDocument::Omit,
            CredentialsMode::SameOrigin => CredentialsDocument::SameOrigin,
            CredentialsMode::Include => CredentialsDocument::Include,
        }),
        redirect: init.redirect,
        cache: init.cache,
        integrity: init.integrity,
        keepalive: init.keepalive,
        body: init.body,
        upload_listener: init.upload_listener,
    });
    if given.page_url.is_some() || given.page_origin.is_some() {
        scenario.page = PageDocument {
            origin: given.page_origin,
            url: given.page_url,
            ..PageDocument::default()
        };
    }
    Subject::new(&scenario)?;
    Ok(Understood {
        scenario: Some(scenario),
        notes,
        ..Understood::new(kind)
    })
}

/// A page has to be named; developers' servers stand there most often.
fn of_request(request: RequestDocument) -> Scenario {
    Scenario {
        page: PageDocument {
            url: Some("http://localhost:3000/".to_owned()),
            ..PageDocument::default()
        },
        request,
        ..Scenario::default()
    }
}
