//! `/api/holds`: the exchanges that wait at a breakpoint, and what becomes of them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use corscope_diagnose::scenario::Scenario;
use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse};
use corscope_fetch::{Browser, Exchange, HeaderList};
use corscope_wire::proxy::stages::{Direction, Held, HoldError, HoldOutcome, Resolution};
use serde::{Deserialize, Serialize};

use super::detail::{latin1, lines};
use super::rewrites::mistakes;
use crate::debugger::LIVE;
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::{Asked, json};

/// What waits at the breakpoints.
#[derive(Serialize)]
pub(in crate::server) struct HeldList {
    /// What waits, the longest wait first.
    held: Vec<HeldExchange>,
}

/// An exchange that waits.
#[derive(Serialize)]
struct HeldExchange {
    /// The hold's number.
    id: u64,
    /// The exchange's number.
    exchange: u64,
    /// The breakpoint's name.
    breakpoint: String,
    /// Which message waits.
    direction: Direction,
    /// The request's method.
    method: String,
    /// Its URL.
    url: String,
    /// The page's origin, as the request names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// Whether it is a CORS-preflight request.
    preflight: bool,
    /// The response's status, where that is what waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Since when, in microseconds since the Unix epoch.
    since: u64,
    /// Until when at most.
    until: u64,
}

/// A message that waits, whole.
#[derive(Serialize)]
pub(in crate::server) struct HeldMessage {
    /// Whose it is.
    #[serde(flatten)]
    held: HeldExchange,
    /// The request.
    request: MessageDocument,
    /// The response, where that is what waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<MessageDocument>,
    /// What CORS makes of the response can be asked with this scenario, where CORS has a say.
    #[serde(skip_serializing_if = "Option::is_none")]
    judged_as: Option<JudgedAs>,
}

/// Where a response that waits stands in a scenario.
#[derive(Serialize)]
struct JudgedAs {
    /// The fetch as far as it is known.
    scenario: Scenario,
    /// Whose rules the browser follows.
    browser: Browser,
    /// The number of redirects before it.
    hop: usize,
}

/// A request or response that can be edited. What is absent stays as it was.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct MessageDocument {
    /// A request's method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// A request's URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// A response's status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The header list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(String, String)>>,
    /// The body, as it goes over the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<MessageBody>,
}

/// A message's body: text, or bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageBody {
    /// Its text, where it is UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Its bytes, where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// How long it is on the wire, in bytes.
    #[serde(default)]
    len: u64,
    /// Whether all of it is here; what is cut short cannot be changed.
    #[serde(default = "yes")]
    whole: bool,
}

fn yes() -> bool {
    true
}

/// What is decided about an exchange that waits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct Decision {
    action: Action,
    message: Option<MessageDocument>,
}

/// What becomes of an exchange that waits.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Action {
    /// It goes on unchanged.
    GoOn,
    /// The client's connection is closed without an answer.
    Close,
    /// It goes on as the message says.
    Edit,
    /// The request is answered by the message, without the server.
    Answer,
}

pub(super) async fn list(State(desk): State<Arc<Desk>>) -> Response {
    let held = desk.debugger.steering().rewrites().holds().list();
    json(&HeldList {
        held: held.iter().map(|it| summary(it)).collect(),
    })
}

pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<u64>,
) -> Result<Response, Fault> {
    let holds = desk.debugger.steering().rewrites().holds();
    let held = holds
        .get(id)
        .ok_or_else(|| fault(HoldError::NotHeld(holds.outcome(id))))?;
    let request = &held.request;
    let message = HeldMessage {
        request: MessageDocument {
            method: Some(request.method.clone()),
            url: Some(request.url.clone()),
            status: None,
            headers: Some(lines(&request.header_list)),
            body: Some(body(&request.body)),
        },
        response: held.response.as_ref().map(|response| MessageDocument {
            method: None,
            url: None,
            status: Some(response.status),
            headers: Some(lines(&response.header_list)),
            body: Some(body(&response.body)),
        }),
        judged_as: held.response.as_ref().and_then(|_| judged_as(&desk, &held)),
        held: summary(&held),
    };
    Ok(json(&message))
}

fn judged_as(desk: &Desk, held: &Held) -> Option<JudgedAs> {
    let capture = desk.debugger.capture(LIVE)?;
    let finding = capture.finding(capture.table.row_of(held.exchange)?)?;
    let is_it = |exchange: &Arc<Exchange>| exchange.id == held.exchange;
    let hop = finding.fetch.hops.iter().position(|hop| {
        hop.preflight.sent().is_some_and(is_it) || hop.actual.as_ref().is_some_and(is_it)
    })?;
    Some(JudgedAs {
        scenario: finding.scenario(),
        browser: finding.judged.play.verdict.browser,
        hop,
    })
}

/// Decides about one; what cannot be sent still waits.
pub(super) async fn decide(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<u64>,
    Asked(decision): Asked<Decision>,
) -> Result<StatusCode, Fault> {
    let holds = desk.debugger.steering().rewrites().holds();
    let held = holds
        .get(id)
        .ok_or_else(|| fault(HoldError::NotHeld(holds.outcome(id))))?;
    let resolution = resolution(&held, decision)?;
    holds.resolve(id, resolution).map_err(fault)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets all of them go on unchanged.
pub(super) async fn go_on_all(State(desk): State<Arc<Desk>>) -> StatusCode {
    desk.debugger.steering().rewrites().holds().go_on_all();
    StatusCode::NO_CONTENT
}

fn resolution(held: &Held, decision: Decision) -> Result<Resolution, Fault> {
    let message = || {
        decision.message.ok_or_else(|| {
            let mend = "give the message as it shall be";
            Fault::input("no-message", "message", "there is nothing to send", mend)
        })
    };
    Ok(match decision.action {
        Action::GoOn => Resolution::GoOn,
        Action::Close => Resolution::Close,
        Action::Answer => Resolution::Answer(Box::new(response(
            ObservedResponse {
                status: 200,
                ..ObservedResponse::default()
            },
            message()?,
        )?)),
        Action::Edit => match &held.response {
            Some(original) => {
                Resolution::Response(Box::new(response(original.clone(), message()?)?))
            }
            None => Resolution::Request(Box::new(request(held.request.clone(), message()?)?)),
        },
    })
}

fn request(
    mut edited: ObservedRequest,
    message: MessageDocument,
) -> Result<ObservedRequest, Fault> {
    edited.method = message.method.unwrap_or(edited.method);
    edited.url = message.url.unwrap_or(edited.url);
    edit_list(&mut edited.header_list, message.headers);
    edit_body(&mut edited.body, message.body)?;
    Ok(edited)
}

fn response(
    mut edited: ObservedResponse,
    message: MessageDocument,
) -> Result<ObservedResponse, Fault> {
    if let Some(status) = message.status.filter(|status| *status != edited.status) {
        edited.status = status;
        edited.reason.clear();
    }
    edit_list(&mut edited.header_list, message.headers);
    edit_body(&mut edited.body, message.body)?;
    Ok(edited)
}

/// Text that was not touched must not lose bytes that the page cannot show.
fn edit_list(list: &mut HeaderList, edited: Option<Vec<(String, String)>>) {
    let Some(edited) = edited.filter(|edited| *edited != lines(list)) else {
        return;
    };
    let mut old: Vec<_> = list.iter().map(Some).collect();
    let mut new = HeaderList::new();
    for (name, value) in &edited {
        let known = old.iter_mut().find(|line| {
            line.is_some_and(|line| latin1(line.name) == *name && latin1(line.value) == *value)
        });
        match known.and_then(Option::take) {
            Some(line) => new.push(line.name, line.value),
            None => new.push(to_bytes(name), to_bytes(value)),
        }
    }
    *list = new;
}

fn edit_body(body: &mut ObservedBody, edited: Option<MessageBody>) -> Result<(), Fault> {
    let Some(edited) = edited else { return Ok(()) };
    let bytes = match (edited.text, edited.base64) {
        (Some(text), _) => text.into_bytes(),
        (None, Some(base64)) => BASE64_STANDARD.decode(base64.as_bytes()).map_err(|error| {
            let mend = "give text, or bytes in Base64";
            Fault::input(
                "invalid-base64",
                "message.body.base64",
                error.to_string(),
                mend,
            )
        })?,
        (None, None) => return Ok(()),
    };
    if bytes != body.bytes {
        *body = ObservedBody {
            len: bytes.len() as u64,
            bytes,
        };
    }
    Ok(())
}

fn summary(held: &Held) -> HeldExchange {
    let request = &held.request;
    let origin = request.header_list.get("Origin");
    HeldExchange {
        id: held.id,
        exchange: held.exchange,
        breakpoint: held.breakpoint.clone(),
        direction: held.direction,
        method: request.method.clone(),
        url: request.url.clone(),
        origin: origin.map(|origin| latin1(&origin)),
        preflight: request.method == "OPTIONS"
            && request
                .header_list
                .contains("Access-Control-Request-Method"),
        status: held.response.as_ref().map(|response| response.status),
        since: held.since,
        until: held.until,
    }
}

fn body(body: &ObservedBody) -> MessageBody {
    let text = str::from_utf8(&body.bytes).ok();
    MessageBody {
        text: text.map(str::to_owned),
        base64: match text {
            Some(_) => None,
            None => Some(BASE64_STANDARD.encode(&body.bytes)),
        },
        len: body.len,
        whole: body.is_whole(),
    }
}

/// The way back; what no byte can be is sent as UTF-8.
fn to_bytes(text: &str) -> Vec<u8> {
    let bytes: Option<Vec<u8>> = text.chars().map(|it| u8::try_from(it).ok()).collect();
    bytes.unwrap_or_else(|| text.as_bytes().to_vec())
}

fn fault(error: HoldError) -> Fault {
    match error {
        HoldError::Unsendable(found) => mistakes(found),
        HoldError::NotHeld(outcome) => {
            let code = match outcome {
                Some(HoldOutcome::TimedOut) => "timed-out",
                Some(HoldOutcome::ClientGone) => "client-gone",
                Some(_) => "decided",
                None => "not-held",
            };
            let mend = "do it again in the page to hold it once more";
            Fault::new(StatusCode::CONFLICT, code, error.to_string(), mend)
        }
        HoldError::BodyCutShort | HoldError::WrongDirection => {
            let mend = "leave the body as it is, and change the rest";
            Fault::input("unsendable", "message", error.to_string(), mend)
        }
    }
}
