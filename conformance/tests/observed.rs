//! What was on the wire in the recorded runs, put together and judged, says what the browser did.
//!
//! The recorded requests of each browser are made exchanges of, with the scenario's answers, and go
//! through pairing and judging as captured traffic does. The worst that could happen is to call
//! allowed what the browser blocked.

use std::collections::HashMap;
use std::sync::Arc;

use conformance::{RECORDED, Row, SentRow};
use corscope_diagnose::observed::{Finding, Judgements, ObservedFetch, Pairing, Standing};
use corscope_diagnose::scenario::{CredentialsDocument, Scenario, Subject, scenario_from_json};
use corscope_fetch::exchange::{
    Failure, Hints, ObservedBody, ObservedRequest, ObservedResponse, Side, Timing,
};
use corscope_fetch::request_init::{BodyType, RedirectMode};
use corscope_fetch::{Answer, Api, Browser, CredentialsMode, Exchange, HeaderList, Mode};

fn lines(name: &str) -> Vec<String> {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// What a wire cannot show: such scenarios are left out.
fn shows_on_a_wire(scenario: &Scenario) -> bool {
    let request = &scenario.request;
    request.redirect == RedirectMode::Follow
        && request.integrity.is_empty()
        // A preflight does not tell that a stream waits behind it, which Chromium then refuses to send.
        && request.body.as_ref().is_none_or(|body| body.kind != BodyType::Stream)
        && matches!(request.api, Api::Fetch | Api::Xhr)
        && scenario.network.is_none()
}

/// The exchanges that a proxy would have seen; without hints it knows no more than the wire.
fn exchanges(
    scenario: &Scenario,
    sent: &[SentRow],
    browser: Browser,
    hints: bool,
) -> Vec<Exchange> {
    let subject = Subject::new(scenario).unwrap();
    let mut hop = 0;
    let mut exchanges = Vec::new();
    for (index, request) in sent.iter().enumerate() {
        let answer = if request.preflight {
            let own = subject.preflights.get(hop).and_then(Option::as_ref);
            own.or_else(|| subject.preflights.first().and_then(Option::as_ref))
                .cloned()
        } else {
            hop += 1;
            subject.responses.get(hop - 1).cloned()
        };
        exchanges.push(Exchange {
            id: index as u64 + 1,
            started: index as u64 * 1000,
            request: observed_request(scenario, request, browser),
            timing: Timing {
                total: Some(500),
                ..Timing::default()
            },
            hints: Hints {
                credentials: hints.then_some(credentials(scenario)),
                mode: hints.then_some(scenario.request.mode).flatten(),
                api: hints.then_some(scenario.request.api),
                ..Hints::default()
            },
            ended: true,
            ..Exchange::default()
        });
        let exchange = exchanges.last_mut().unwrap();
        match answer {
            Some(Answer::Response(response)) => {
                let bytes = response.body.clone().unwrap_or_default();
                exchange.response = Some(ObservedResponse {
                    status: response.status,
                    header_list: response.header_list.clone(),
                    body: ObservedBody {
                        len: bytes.len() as u64,
                        bytes,
                    },
                    ..ObservedResponse::default()
                });
            }
            Some(Answer::Failure(_)) | None => {
                exchange.failure = Some(Failure {
                    code: "empty-response".into(),
                    net_error: Some("net::ERR_EMPTY_RESPONSE".into()),
                    side: Side::Server,
                    message: String::new(),
                });
            }
        }
    }
    exchanges
}

fn credentials(scenario: &Scenario) -> CredentialsMode {
    match scenario.request.credentials {
        Some(CredentialsDocument::Include) => CredentialsMode::Include,
        Some(CredentialsDocument::Omit) => CredentialsMode::Omit,
        _ => CredentialsMode::SameOrigin,
    }
}

fn observed_request(scenario: &Scenario, sent: &SentRow, browser: Browser) -> ObservedRequest {
    let mut list = HeaderList::new();
    let agent = match browser {
        Browser::Firefox => "Mozilla/5.0 Firefox/153.0",
        Browser::WebKit => "Mozilla/5.0 AppleWebKit/605.1.15",
        _ => "Mozilla/5.0 AppleWebKit/537.36 Chrome/156.0",
    };
    list.push("User-Agent", agent);
    for (name, value) in &sent.headers {
        list.push(name, value);
    }
    let mode = match scenario.request.mode {
        Some(Mode::NoCors) if !sent.preflight => "no-cors",
        _ => "cors",
    };
    list.push("Sec-Fetch-Mode", mode);
    if let Some(origin) = scenario.page.origin.as_deref().filter(|it| *it != "null") {
        list.push("Referer", format!("{origin}/"));
    }
    if !sent.preflight {
        for (name, value) in &scenario.request.headers {
            if !list.contains(name) {
                list.push(name, value.chars().map(|it| it as u8).collect::<Vec<_>>());
            }
        }
    }
    ObservedRequest {
        method: sent.method.clone(),
        url: sent.url.clone().unwrap_or_default(),
        header_list: list,
        ..ObservedRequest::default()
    }
}

fn fetch_of(exchanges: Vec<Exchange>) -> Option<Arc<ObservedFetch>> {
    let mut pairing = Pairing::new();
    for exchange in exchanges {
        pairing.observe(Arc::new(exchange));
    }
    let mut fetches = pairing.finish();
    (fetches.len() == 1).then(|| fetches.remove(0))
}

#[derive(Debug, Default)]
struct Tally {
    judged: usize,
    agreed: usize,
    split: Vec<String>,
    wrongly_allowed: Vec<String>,
    others: Vec<String>,
}

fn said(finding: &Finding) -> String {
    serde_json::to_string(&finding.document()).unwrap()
}

fn tally(hints: bool) -> Tally {
    let mut tally = Tally::default();
    let mut judgements = Judgements::by(None);
    let scenarios: HashMap<String, Scenario> = lines("scenarios.jsonl")
        .iter()
        .map(|line| scenario_from_json(line.as_bytes()).unwrap())
        .map(|scenario| (scenario.id.clone().unwrap(), scenario))
        .collect();
    for browser in RECORDED {
        for line in lines(&format!("{}.jsonl", browser.name())) {
            let row: Row = serde_json::from_str(&line).unwrap();
            let scenario = &scenarios[&row.id];
            if !shows_on_a_wire(scenario) || row.sent.is_empty() {
                continue;
            }
            let exchanges = exchanges(scenario, &row.sent, browser, hints);
            let is_own = |exchange: &Exchange| {
                let origin = scenario.page.origin.as_deref().unwrap_or_default();
                exchange.request.url.starts_with(&format!("{origin}/"))
            };
            // A fetch that stays with its own server is none of CORS' business.
            if exchanges.iter().all(is_own) {
                continue;
            }
            let name = format!("{} {}", browser.name(), row.id);
            let Some(fetch) = fetch_of(exchanges) else {
                tally.split.push(name);
                continue;
            };
            let alone = Finding::of(Arc::clone(&fetch), None).unwrap();
            let finding = judgements.finding(fetch).unwrap();
            assert_eq!(
                said(&finding),
                said(&alone),
                "{name}: not as if it were alone"
            );
            let standing = finding.judged.standing;
            tally.judged += 1;
            let agrees = match row.outcome.as_str() {
                "readable" => standing == Standing::Allowed,
                "opaque" | "opaqueredirect" => standing == Standing::Opaque,
                _ => standing == Standing::Blocked,
            };
            if agrees || (!hints && standing == Standing::DependsOnCredentials) {
                tally.agreed += 1;
            } else if standing == Standing::Allowed {
                tally.wrongly_allowed.push(name);
            } else {
                tally
                    .others
                    .push(format!("{name} {} {standing:?}", row.outcome));
            }
        }
    }
    tally
}

#[test]
fn with_what_a_debugging_browser_tells_every_recorded_run_is_judged_as_it_went() {
    let tally = tally(true);
    println!("{} of {} agree", tally.agreed, tally.judged);
    assert!(tally.judged > 2000, "only {}", tally.judged);
    assert_eq!(tally.wrongly_allowed, Vec::<String>::new());
    assert_eq!(tally.others, Vec::<String>::new());
    assert_eq!(tally.split, Vec::<String>::new());
}

#[test]
fn by_the_wire_alone_nothing_blocked_is_called_allowed() {
    let tally = tally(false);
    println!("{} of {} agree", tally.agreed, tally.judged);
    assert_eq!(tally.wrongly_allowed, Vec::<String>::new());
}
