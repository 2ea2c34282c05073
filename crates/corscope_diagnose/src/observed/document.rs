//! An observed fetch as the scenario that would cause it.

use std::sync::Arc;

use corscope_fetch::exchange::{Exchange, ObservedBody, ObservedResponse};
use corscope_fetch::local_network_access::address_space;
use corscope_fetch::request_init::{Api, Body, BodyType, Mode, RedirectMode};
use corscope_fetch::safelist::is_safelisted_method;
use corscope_fetch::{Answer, NetworkFailure, Response};

use super::fetch::{Hop, ObservedFetch};
use super::judge::{Credentials, has_failed};
use super::pairing::redirect_target;
use super::relevance::{api_of, mode_of};
use super::script_headers::{asked_headers, asked_names, script_headers};
use crate::scenario::{
    AnswerDocument, AttributesDocument, During, HopDocument, NetworkDocument, PageDocument,
    RawHeaders, RequestDocument, Scenario,
};

/// How much of a body the rules look at: enough to know a login page from an error page.
pub(super) const BODY_LOOKED_AT: usize = 4096;

/// How many redirects browsers follow; a longer chain ends for its length.
const MOST_REDIRECTS: usize = 20;

/// Names of errors behind which there may be a response that the file does not show.
pub(super) const SAYS_NOTHING: [&str; 3] = [
    "net::ERR_FAILED",
    "NS_ERROR_DOM_BAD_URI",
    "NS_ERROR_FAILURE",
];

/// Writes down the scenario that would cause `fetch`. What was not observed stays unknown.
pub fn scenario(fetch: &ObservedFetch) -> Scenario {
    Scenario {
        id: Some(id(fetch)),
        ..scenario_with(fetch, Credentials::of(fetch))
    }
}

/// What a fetch is called in its scenario.
pub(super) fn id(fetch: &ObservedFetch) -> String {
    format!("#{}", fetch.number)
}

/// The scenario but for its `id`, so that fetches that are alike have the same.
pub(super) fn scenario_with(fetch: &ObservedFetch, credentials: Credentials) -> Scenario {
    let first = fetch.hops.first();
    let lead = first.and_then(Hop::lead);
    let Some((first, lead)) = first.zip(lead) else {
        return Scenario::default();
    };
    let api = api_of(lead);
    let mode = mode_of(lead);
    let is_element = !matches!(
        api,
        Api::Fetch | Api::Xhr | Api::EventSource | Api::WebSocket
    );
    let preflight = known_preflight(fetch, 0);
    let later: Vec<&Exchange> = (1..fetch.hops.len())
        .filter_map(|hop| known_preflight(fetch, hop))
        .collect();
    // A capture that does not say the method is read as the most usual one.
    let method = fetch.method(0).filter(|method| !method.is_empty());
    let method = method.unwrap_or_else(|| "GET".to_owned());
    // Nothing in the request explains its preflight, so the script's way of sending it must.
    let is_forced = preflight.is_some_and(|preflight| {
        asked_names(preflight).is_empty() && is_safelisted_method(method.as_bytes())
    });
    let streams = is_forced && lead.hints.api == Some(Api::Fetch);
    let api = if is_forced && !streams { Api::Xhr } else { api };
    let body = if streams {
        Some(body_of(BodyType::Stream))
    } else {
        let has_body = |actual: &Exchange| actual.request.body.len > 0;
        // Its `Content-Type` is among the headers already.
        let has_body = is_forced || first.actual.as_deref().is_some_and(has_body);
        has_body.then(|| body_of(BodyType::ArrayBuffer))
    };
    Scenario {
        page: PageDocument {
            origin: Some(fetch.page_origin.clone()),
            url: fetch.page_url.clone(),
            ..PageDocument::default()
        },
        request: RequestDocument {
            api,
            method,
            url: url_for_engine(&lead.request.url, api),
            headers: match &first.actual {
                Some(actual) => script_headers(actual, preflight, &later),
                None => asked_headers(lead),
            },
            // An element's mode follows from its attributes.
            mode: mode.filter(|_| !is_element),
            credentials: Some(credentials.document()).filter(|_| !is_element),
            body,
            redirect: redirect_mode(fetch),
            upload_listener: is_forced && !streams,
            ..RequestDocument::default()
        },
        preflight: answer_to_preflight(fetch, 0, api),
        responses: responses(fetch, api),
        initiator_attributes: (is_element && mode == Some(Mode::Cors)).then(|| {
            AttributesDocument {
                crossorigin: Some(credentials.crossorigin().to_owned()),
                integrity: None,
            }
        }),
        network: network(fetch),
        target_address_space: lead
            .hints
            .resolved_addr
            .or(lead.connection.remote_addr)
            .filter(|_| lead.connection.upstream_proxy.is_none())
            .map(|address| address_space(address.ip())),
        ..Scenario::default()
    }
}

/// The preflight that was sent for `hop`. What the cache may hold is the judge's business.
fn known_preflight(fetch: &ObservedFetch, hop: usize) -> Option<&Exchange> {
    fetch.hops.get(hop)?.preflight.sent().map(AsRef::as_ref)
}

/// The answer to a preflight after which nothing more was sent: a scenario has no place for it behind
/// a redirect.
pub(super) fn last_preflight(fetch: &ObservedFetch) -> Option<(usize, Answer)> {
    let hop = fetch.hops.len().checked_sub(1).filter(|hop| *hop > 0)?;
    let last = &fetch.hops[hop];
    if last.actual.is_some() {
        return None;
    }
    let preflight = last.preflight.sent()?;
    let answer = match (&preflight.response, &preflight.failure) {
        (Some(response), _) => Answer::Response(Arc::new(Response {
            status: response.status,
            header_list: response.header_list.clone(),
            body: None,
        })),
        (None, Some(failure)) => Answer::Failure(NetworkFailure {
            error: failure
                .net_error
                .as_ref()
                .unwrap_or(&failure.code)
                .as_ref()
                .into(),
            closed: false,
        }),
        (None, None) => return None,
    };
    Some((hop, answer))
}

fn answer_to_preflight(fetch: &ObservedFetch, hop: usize, api: Api) -> Option<AnswerDocument> {
    let response = known_preflight(fetch, hop)?.response.as_ref()?;
    let answer = hop_document(response, api);
    Some(AnswerDocument {
        status: answer.status,
        headers: answer.headers,
        close: false,
        body: answer.body,
    })
}

fn responses(fetch: &ObservedFetch, api: Api) -> Vec<HopDocument> {
    let mut responses = Vec::with_capacity(fetch.hops.len());
    for (index, hop) in fetch.hops.iter().enumerate() {
        let response = hop.actual.as_ref().and_then(|it| it.response.as_ref());
        let Some(response) = response.filter(|response| response.status >= 101) else {
            break;
        };
        let mut document = hop_document(response, api);
        if index > 0 {
            document.preflight = answer_to_preflight(fetch, index, api);
        }
        responses.push(document);
    }
    responses
}

fn hop_document(response: &ObservedResponse, api: Api) -> HopDocument {
    let opened = api == Api::WebSocket && response.status == 101;
    HopDocument {
        // A scenario's answers are final ones; to a WebSocket 101 is what 200 is to others.
        status: if opened { 200 } else { response.status },
        headers: RawHeaders(response.header_list.clone()),
        close: false,
        body: readable(response),
        preflight: None,
    }
}

/// The beginning of a body that is text.
fn readable(response: &ObservedResponse) -> Option<String> {
    let ObservedBody { bytes, .. } = &response.body;
    if bytes.is_empty()
        || response.status < 300
        || response.header_list.contains("Content-Encoding")
    {
        return None;
    }
    let start = &bytes[..bytes.len().min(BODY_LOOKED_AT)];
    Some(String::from_utf8_lossy(start).into_owned())
}

/// `ws:` is compared as `http:` by a wire, and named by its own scheme by the engine.
fn url_for_engine(url: &str, api: Api) -> String {
    match (api, url.strip_prefix("http")) {
        (Api::WebSocket, Some(rest)) => format!("ws{rest}"),
        _ => url.to_owned(),
    }
}

/// A redirect that the browser failed at, and not for CORS' sake, is one that the script forbade.
fn redirect_mode(fetch: &ObservedFetch) -> RedirectMode {
    let is_forbidden = fetch.last_actual().is_some_and(|last| {
        let is_followable = redirect_target(last).is_some_and(|target| {
            let url = url::Url::parse(&target).ok();
            url.is_some_and(|url| {
                url.scheme().starts_with("http")
                    && url.username().is_empty()
                    && url.password().is_none()
            })
        });
        let said = last.hints.browser.as_deref();
        is_followable && said.is_some_and(|it| it.cors_error.is_none() && has_failed(it))
    });
    if is_forbidden && fetch.hops.len() <= MOST_REDIRECTS {
        RedirectMode::Error
    } else {
        RedirectMode::Follow
    }
}

fn body_of(kind: BodyType) -> Body {
    Body {
        kind,
        data: String::new(),
        content_type: None,
    }
}

/// The failure that the fetch ended with, if it was one below HTTP.
fn network(fetch: &ObservedFetch) -> Option<NetworkDocument> {
    let last = fetch.hops.last()?;
    let (exchange, during) = match (&last.actual, last.preflight.sent()) {
        (Some(actual), _) => (actual, During::Actual),
        (None, Some(preflight)) if fetch.hops.len() == 1 => (preflight, During::Preflight),
        (None, _) => return None,
    };
    let failure = exchange.failure.as_ref()?;
    let name = failure.net_error.as_ref().unwrap_or(&failure.code);
    // What browsers call every refusal of their own says nothing about the network.
    if exchange.response.is_some() || SAYS_NOTHING.contains(&name.as_ref()) {
        return None;
    }
    Some(NetworkDocument {
        error: name.to_string(),
        during,
    })
}
