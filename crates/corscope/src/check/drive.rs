//! Driving the engine over the network.

use std::sync::Arc;
use std::time::Instant;

use corscope_diagnose::scenario::{Play, Subject};
use corscope_fetch::verdict::{Outcome, Verdict};
use corscope_fetch::{
    Answer, Browser, Fetch, NetworkFailure, Next, Options, PreflightCache, Response, SentRequest,
};
use corscope_wire::client::{Client, WireExchange, WireRequest};

use super::Plan;
use super::browser_headers::wire_headers;

/// A request that really went over the wire, and what came back.
#[derive(Debug)]
pub struct LiveExchange {
    /// What the engine wanted sent.
    pub request: SentRequest,
    /// What went over the wire.
    pub wire: WireExchange,
    /// Whether the browser itself would not have sent it: we looked behind a failure.
    pub behind: bool,
}

impl LiveExchange {
    /// The answer in the engine's terms.
    pub fn answer(&self) -> Answer {
        match &self.wire.result {
            Ok(response) => Answer::Response(Arc::new(Response {
                status: response.status,
                header_list: response.header_list.clone(),
                body: Some(response.body.clone()),
            })),
            Err(error) => Answer::Failure(NetworkFailure {
                error: error.chromium_net_error().into(),
                closed: error.code() == "empty-response",
            }),
        }
    }
}

/// What one browser does, and the answers behind it.
#[derive(Debug)]
pub struct Drive {
    /// The subject with the answers that this browser's requests got.
    pub subject: Subject,
    /// The verdict, and the survey behind it.
    pub play: Play,
    /// For each leg of the survey (or of the verdict, without one): its exchange, if it was sent.
    pub legs: Vec<Option<usize>>,
}

/// Runs one browser's fetch. Requests that were sent before, for another browser or in the strict
/// run, are not sent again.
pub async fn drive(
    plan: &Plan,
    browser: Browser,
    client: &Client,
    exchanges: &mut Vec<LiveExchange>,
) -> Drive {
    let mut subject = plan.subject.clone();
    let options = subject.options;
    let verdict = run(
        plan,
        &mut subject,
        browser,
        options,
        client,
        exchanges,
        false,
    )
    .await;
    let is_blocked = matches!(verdict.outcome, Outcome::Error | Outcome::Throw);
    let survey = if is_blocked {
        let options = Options {
            survey: true,
            trace: false,
            ..options
        };
        Some(
            run(
                plan,
                &mut subject,
                browser,
                options,
                client,
                exchanges,
                true,
            )
            .await,
        )
    } else {
        None
    };
    let whole = survey.as_ref().unwrap_or(&verdict);
    let legs = whole
        .legs
        .iter()
        .map(|leg| find(exchanges, &leg.request))
        .collect();
    Drive {
        subject,
        play: Play { verdict, survey },
        legs,
    }
}

async fn run(
    plan: &Plan,
    subject: &mut Subject,
    browser: Browser,
    options: Options,
    client: &Client,
    exchanges: &mut Vec<LiveExchange>,
    behind: bool,
) -> Verdict {
    let page = subject.client.clone();
    let init = subject.init.clone();
    let mut cache = PreflightCache::new();
    let mut fetch = Fetch::new(&init, &page, browser.profile(), options);
    let mut next = fetch.start(&mut cache, 0);
    while next == Next::Send {
        let Some(request) = fetch.outgoing().cloned() else {
            break;
        };
        if find(exchanges, &request).is_none()
            && plan.deadline.is_some_and(|end| Instant::now() > end)
        {
            let failure = NetworkFailure {
                error: "net::ERR_TIMED_OUT".into(),
                closed: false,
            };
            let answer = Answer::Failure(failure);
            remember(subject, request.preflight, fetch.hop(), answer.clone());
            next = fetch.receive(answer, &mut cache, 0);
            continue;
        }
        let index = match find(exchanges, &request) {
            Some(index) => index,
            None if !may_send(plan, &request, behind) => break,
            None => {
                let wire = exchange(plan, &request, client).await;
                exchanges.push(LiveExchange {
                    request: request.clone(),
                    wire,
                    behind,
                });
                exchanges.len() - 1
            }
        };
        let answer = exchanges[index].answer();
        remember(subject, request.preflight, fetch.hop(), answer.clone());
        next = fetch.receive(answer, &mut cache, 0);
    }
    fetch.finish()
}

/// Whether a request may go out. A preflight changes nothing; a request with an unsafe method only
/// goes where the user said so, and never where the browser itself would have stopped.
fn may_send(plan: &Plan, request: &SentRequest, behind: bool) -> bool {
    let is_safe = matches!(&*request.method, "GET" | "HEAD") || request.preflight;
    if behind {
        plan.probes && is_safe
    } else {
        is_safe || plan.send
    }
}

fn find(exchanges: &[LiveExchange], request: &SentRequest) -> Option<usize> {
    exchanges
        .iter()
        .position(|exchange| exchange.request == *request)
}

fn remember(subject: &mut Subject, preflight: bool, hop: usize, answer: Answer) {
    if preflight {
        if subject.preflights.len() <= hop {
            subject.preflights.resize(hop + 1, None);
        }
        subject.preflights[hop] = Some(answer);
    } else if subject.responses.len() <= hop {
        subject.responses.push(answer);
    } else {
        subject.responses[hop] = answer;
    }
}

async fn exchange(plan: &Plan, request: &SentRequest, client: &Client) -> WireExchange {
    let page = &plan.subject.client;
    let api = plan.subject.init.api;
    let is_target_host = plan
        .subject
        .target_host()
        .is_some_and(|host| request.url.host_str() == Some(host.as_str()));
    let cookies = plan.cookies.as_deref().filter(|_| is_target_host);
    let has_body = !request.preflight && !matches!(&*request.method, "GET" | "HEAD");
    client
        .exchange(WireRequest {
            method: request.method.to_string(),
            url: request.url.as_ref().clone(),
            header_list: wire_headers(request, api, page, cookies),
            body: plan.body.clone().filter(|_| has_body),
        })
        .await
}
