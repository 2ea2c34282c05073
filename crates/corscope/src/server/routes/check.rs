//! `POST /api/check`: asks the real server, with the code and the safety rules of `corscope check`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use corscope_diagnose::scenario::{
    AnswerDocument, HopDocument, NetworkDocument, RawHeaders, Scenario, Subject, scenario_from_json,
};
use corscope_fetch::{Answer, Browser, Outcome};
use corscope_wire::client::{Client, ClientConfig, Limits, NetworkError};
use serde::Serialize;
use url::Url;

use super::has_switch;
use crate::check::{Drive, LiveExchange, Plan, Probe, drive, run_probes, without_secrets};
use crate::cli::check::network::proxy_of_environment;
use crate::server::Desk;
use crate::server::fault::Fault;
use crate::server::reply::{Bytes, json};
use crate::simulate::is_blocked;

/// How long a whole check may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long one exchange may take.
const EXCHANGE: Duration = Duration::from_secs(10);
/// Bytes of a body that the page gets; rules look at its start.
const MOST_BODY: usize = 4096;

/// What the real server answered.
#[derive(Serialize)]
pub(in crate::server) struct Checked {
    /// The scenario with the answers filled in.
    scenario: Scenario,
    /// What went over the wire, in order.
    exchanges: Vec<ExchangeLine>,
    /// What the user should know.
    notes: Vec<String>,
}

/// One exchange in a line.
#[derive(Serialize)]
struct ExchangeLine {
    /// What it is for: `preflight`, `request`, or a probe's purpose.
    purpose: &'static str,
    /// Its method.
    method: String,
    /// Its URL.
    url: String,
    /// The status.
    status: Option<u16>,
    /// The failure below HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Who answered.
    address: Option<String>,
    /// How long it took, in milliseconds.
    ms: Option<f64>,
}

/// The body is a scenario, whose own answers are passed over. `?send=1` really sends a request with
/// an unsafe method; without it only its preflight goes out.
pub(super) async fn check(
    State(desk): State<Arc<Desk>>,
    uri: Uri,
    Bytes(bytes): Bytes,
) -> Result<Response, Fault> {
    let scenario = scenario_from_json(&bytes)?;
    let asked = Scenario {
        preflight: None,
        responses: Vec::new(),
        network: None,
        probes: Vec::new(),
        ..scenario
    };
    let subject = Subject::new(&asked)?;
    let url = Url::parse(&subject.init.url).map_err(|error| {
        let problem = format!("{error}");
        Fault::input("invalid-url", "request.url", problem, "write a whole URL")
    })?;
    let _permit = desk.checks.try_acquire().map_err(|_| {
        Fault::new(
            StatusCode::TOO_MANY_REQUESTS,
            "busy",
            "other checks are still running",
            "wait for them to end",
        )
    })?;
    let client = client(&desk, &url)?;
    let body = subject.init.body.as_ref();
    let plan = Plan {
        body: body.map(|body| body.data.clone().into_bytes()),
        subject,
        cookies: None,
        send: has_switch(&uri, "send"),
        probes: true,
        reads: asked.reads.clone(),
        deadline: Some(Instant::now() + DEADLINE),
    };
    let mut exchanges = Vec::new();
    let mut drives = Vec::new();
    for browser in [
        Browser::Chromium,
        Browser::Firefox,
        Browser::WebKit,
        Browser::Fetch,
    ] {
        drives.push(drive(&plan, browser, &client, &mut exchanges).await);
    }
    refuse_ourselves(&exchanges)?;
    let blocked = drives
        .iter()
        .find(|drive| is_blocked(&drive.play.verdict.outcome));
    let probes = match blocked {
        Some(blocked) => run_probes(&plan, blocked, &client).await,
        None => Vec::new(),
    };
    Ok(json(&Checked {
        notes: notes(&plan, &drives, &exchanges),
        exchanges: lines(&exchanges, &probes),
        scenario: filled(asked, &drives, &probes),
    }))
}

/// Nobody may make us talk to ourselves, by whichever name or redirect.
fn refuse_ourselves(exchanges: &[LiveExchange]) -> Result<(), Fault> {
    let failures = exchanges
        .iter()
        .filter_map(|it| it.wire.result.as_ref().err());
    for failure in failures {
        if let NetworkError::OwnListener { address } = failure {
            let problem = format!("{address} is corscope's own address");
            let mend = "name the server that your page asks";
            return Err(Fault::input("own-address", "request.url", problem, mend));
        }
    }
    Ok(())
}

fn client(desk: &Desk, url: &Url) -> Result<Client, Fault> {
    let defaults = Limits::default();
    let limits = Limits {
        connect: defaults.connect.min(EXCHANGE),
        total: EXCHANGE,
        idle: defaults.idle.min(EXCHANGE),
        ..defaults
    };
    let config = ClientConfig {
        proxy: proxy_of_environment(url.as_str())?,
        limits,
        own: Arc::clone(desk.debugger.own()),
        ..ClientConfig::default()
    };
    Client::new(config).map_err(|error| {
        Fault::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "no-client",
            error.to_string(),
            "check the certificates and the proxy of this machine",
        )
    })
}

/// The scenario with what the servers really said: of all browsers' requests the first answer.
fn filled(mut scenario: Scenario, drives: &[Drive], probes: &[Probe]) -> Scenario {
    let hops = drives.iter().map(|it| it.subject.responses.len()).max();
    let hops = hops.unwrap_or_default();
    let preflight = |hop: usize| {
        drives
            .iter()
            .find_map(|drive| drive.subject.preflights.get(hop)?.as_ref())
    };
    scenario.preflight = preflight(0).map(answered);
    for hop in 0..hops {
        let answers = drives
            .iter()
            .find_map(|drive| drive.subject.responses.get(hop));
        let Some(answer) = answers else { break };
        let AnswerDocument {
            status,
            headers,
            close,
            body,
        } = answered(answer);
        if let Answer::Failure(failure) = answer
            && !failure.closed
        {
            scenario.network = Some(NetworkDocument {
                error: failure.error.to_string(),
                during: corscope_diagnose::scenario::During::Actual,
            });
            break;
        }
        scenario.responses.push(HopDocument {
            status,
            headers,
            close,
            body,
            preflight: (hop > 0).then(|| preflight(hop).map(answered)).flatten(),
        });
    }
    if let Some(Answer::Failure(failure)) = preflight(0)
        && !failure.closed
    {
        scenario.preflight = None;
        scenario.network = Some(NetworkDocument {
            error: failure.error.to_string(),
            during: corscope_diagnose::scenario::During::Preflight,
        });
    }
    scenario.probes = probes.iter().map(Probe::document).collect();
    for probe in &mut scenario.probes {
        probe.headers = RawHeaders(without_secrets(&probe.headers.0));
        probe.body = probe.body.take().map(|body| shortened(&body));
    }
    scenario
}

fn answered(answer: &Answer) -> AnswerDocument {
    match answer {
        Answer::Response(response) => AnswerDocument {
            status: response.status,
            headers: RawHeaders(without_secrets(&response.header_list)),
            close: false,
            body: response
                .body
                .as_ref()
                .map(|body| shortened(&String::from_utf8_lossy(body))),
        },
        Answer::Failure(_) => AnswerDocument {
            close: true,
            ..AnswerDocument::default()
        },
    }
}

fn shortened(body: &str) -> String {
    body[..body.floor_char_boundary(MOST_BODY)].to_owned()
}

fn lines(exchanges: &[LiveExchange], probes: &[Probe]) -> Vec<ExchangeLine> {
    let line = |purpose, url: &Url, wire: &corscope_wire::client::WireExchange| ExchangeLine {
        purpose,
        method: wire.request.method.clone(),
        url: url.to_string(),
        status: wire.result.as_ref().ok().map(|response| response.status),
        error: wire.result.as_ref().err().map(ToString::to_string),
        address: wire.remote_addr.map(|address| address.to_string()),
        ms: wire
            .timing
            .total
            .map(|total| (total.as_secs_f64() * 1e4).round() / 10.0),
    };
    let sent = exchanges.iter().map(|exchange| {
        let purpose = match exchange.request.preflight {
            true => "preflight",
            false => "request",
        };
        line(purpose, &exchange.request.url, &exchange.wire)
    });
    let probed = probes
        .iter()
        .map(|probe| line(probe.purpose, &probe.url, &probe.wire));
    sent.chain(probed).collect()
}

fn notes(plan: &Plan, drives: &[Drive], exchanges: &[LiveExchange]) -> Vec<String> {
    let mut notes = Vec::new();
    for exchange in exchanges {
        if let Err(error) = &exchange.wire.result {
            let request = &exchange.request;
            notes.push(format!("{} {}: {error}", request.method, request.url));
        }
    }
    let not_sent = drives
        .iter()
        .any(|drive| matches!(drive.play.verdict.outcome, Outcome::Incomplete(_)));
    if not_sent && !plan.send {
        let method = plan.subject.init.method.to_ascii_uppercase();
        notes.push(format!(
            "{method} itself was not sent, since it may change something on the server"
        ));
    }
    notes
}
