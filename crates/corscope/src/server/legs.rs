//! The legs of a fetch as the page draws them: what is sent, byte for byte, and what came back.

use corscope_diagnose::Sight;
use corscope_diagnose::scenario::RawHeaders;
use corscope_fetch::{Answer, Leg};
use serde::Serialize;
use url::Url;

/// One leg. Evidence points into its header lists.
#[derive(Debug, Serialize)]
pub(super) struct LegDocument {
    /// `preflight`, `redirect` or `actual`.
    name: &'static str,
    /// How many redirects came before.
    hop: usize,
    /// Whether it is a CORS-preflight request.
    preflight: bool,
    /// Whether the browser sends it, leaves it out since an earlier preflight holds, or never gets
    /// that far.
    state: State,
    /// Whether the browser stops here.
    stops: bool,
    /// The method.
    method: String,
    /// The URL.
    url: String,
    /// What stands in the request line.
    target: String,
    /// What stands in `Host`.
    host: String,
    /// What CORS adds and what the script set, as it is sent.
    headers: RawHeaders,
    /// Whether cookies go with it.
    credentials: bool,
    /// What came back, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<AnsweredDocument>,
    /// The failure below HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// What becomes of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// The browser sends it.
    Sent,
    /// An earlier preflight holds.
    Cached,
    /// The browser stops before.
    Behind,
}

/// What came back.
#[derive(Debug, Serialize)]
struct AnsweredDocument {
    /// The status.
    status: u16,
    /// The header list, raw.
    headers: RawHeaders,
}

/// The legs of a fetch, those behind its first fault included.
pub(super) fn legs(sight: &Sight<'_>) -> Vec<LegDocument> {
    let mut sent = sight.play.verdict.legs.iter().peekable();
    let stop = sight
        .play
        .verdict
        .blocked_by()
        .and_then(|_| sight.faults().first());
    let whole = &sight.whole().legs;
    let document = |(index, leg): (usize, &Leg)| {
        let state = match sent.peek() {
            Some(next) if next.request == leg.request => {
                sent.next();
                State::Sent
            }
            Some(_) if leg.request.preflight => State::Cached,
            _ => State::Behind,
        };
        let stops = stop.is_some_and(|fault| fault.leg == Some(index));
        of(leg, state, stops)
    };
    whole.iter().enumerate().map(document).collect()
}

fn of(leg: &Leg, state: State, stops: bool) -> LegDocument {
    let request = &leg.request;
    LegDocument {
        name: leg.name(),
        hop: leg.hop,
        preflight: request.preflight,
        state,
        stops,
        method: request.method.to_string(),
        url: request.url.to_string(),
        target: target(&request.url),
        host: host(&request.url),
        headers: RawHeaders(request.header_list.clone()),
        credentials: request.include_credentials,
        response: leg.response().map(|response| AnsweredDocument {
            status: response.status,
            headers: RawHeaders(response.header_list.clone()),
        }),
        failure: match &leg.answer {
            Some(Answer::Failure(failure)) => Some(failure.error.to_string()),
            _ => None,
        },
    }
}

fn target(url: &Url) -> String {
    url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}

fn host(url: &Url) -> String {
    url[url::Position::BeforeHost..url::Position::AfterPort].to_owned()
}
