//! What the events of a browser say about each request. Pure: messages in, events out.

use std::collections::VecDeque;
use std::time::{SystemTime, UNIX_EPOCH};

use corscope_fetch::{Api, Mode};
use serde_json::Value;

use crate::browser::event::mode_of;
use crate::browser::ledger::{Ledger, add_text, learn_credentials};
use crate::browser::{BrowserEvent, Stage};

/// Facts that wait for their request.
const WAITING: usize = 256;

/// The errors that only a request with credentials can meet.
const CREDENTIALS_ERRORS: [&str; 3] = [
    "WildcardOriginNotAllowed",
    "InvalidAllowCredentials",
    "PreflightInvalidAllowCredentials",
];

/// The requests of one browser.
#[derive(Debug, Default)]
pub(super) struct Requests {
    ledger: Ledger,
    /// Facts about requests that are still unknown: their key, the event's name and parameters.
    waiting: VecDeque<(String, &'static str, Value)>,
    /// The latest requests, and how many hops of each have told what really went over the wire.
    wire_hops: VecDeque<(String, usize)>,
}

impl Requests {
    /// Takes in an event and gives the requests about which something new is known.
    pub(super) fn take_in(&mut self, method: &str, params: &Value) -> Vec<BrowserEvent> {
        let key = params["requestId"].as_str().unwrap_or_default();
        match method {
            "Network.requestWillBeSent" => self.begun(key, params),
            "Network.requestWillBeSentExtraInfo" => self.sent(key, params),
            "Network.responseReceived" => self.answered(key, &params["response"]["status"]),
            "Network.responseReceivedExtraInfo" => self.received(key, params),
            "Network.loadingFinished" => self.ended(key, Stage::Finished),
            "Network.loadingFailed" => self.failed(key, params),
            "Network.webSocketCreated" => self.socket_begun(key, params),
            "Network.webSocketHandshakeResponseReceived" => {
                self.answered(key, &params["response"]["status"])
            }
            "Network.webSocketFrameError" => self.failed(key, params),
            "Network.webSocketClosed" => self.ended(key, Stage::Finished),
            "Audits.issueAdded" => self.issue(&params["issue"]),
            "Log.entryAdded" => self.logged(&params["entry"]),
            _ => Vec::new(),
        }
    }

    fn begun(&mut self, key: &str, params: &Value) -> Vec<BrowserEvent> {
        let request = &params["request"];
        let url = request["url"].as_str().unwrap_or_default();
        let document = params["documentURL"].as_str().unwrap_or_default();
        let never_on_a_wire = ["data:", "blob:", "about:", "chrome", "devtools:"];
        if never_on_a_wire.iter().any(|start| url.starts_with(start))
            || document.starts_with("chrome")
        {
            return Vec::new();
        }
        let mut told = Vec::new();
        let mut redirected_from = None;
        if let Some(before) = self.ledger.find(key)
            && !params["redirectResponse"].is_null()
        {
            before.status = status(&params["redirectResponse"]["status"]);
            before.stage = Stage::Finished;
            redirected_from = Some(before.request);
            told.push(before.clone());
            if params["redirectHasExtraInfo"] == false {
                self.count_wire_hop(key);
            }
        }
        let initiator = &params["initiator"];
        let is_preflight = initiator["type"] == "preflight";
        let asked_by = initiator["requestId"].as_str().filter(|_| is_preflight);
        let kind = params["type"].as_str().unwrap_or_default();
        let has_page = !is_preflight && kind != "Document";
        told.extend(self.ledger.begin(
            key,
            asked_by,
            BrowserEvent {
                time: micros(params["wallTime"].as_f64()),
                url: url.to_owned(),
                method: request["method"].as_str().unwrap_or_default().to_owned(),
                is_preflight,
                redirected_from,
                page_url: has_page.then(|| document.to_owned()),
                api: api(kind),
                ..BrowserEvent::default()
            },
        ));
        told.extend(self.catch_up(key));
        told
    }

    fn socket_begun(&mut self, key: &str, params: &Value) -> Vec<BrowserEvent> {
        let event = BrowserEvent {
            time: micros(None),
            url: params["url"].as_str().unwrap_or_default().to_owned(),
            method: "GET".to_owned(),
            api: Some(Api::WebSocket),
            mode: Some(Mode::WebSocket),
            ..BrowserEvent::default()
        };
        self.ledger.begin(key, None, event)
    }

    /// The facts that came before their request.
    fn catch_up(&mut self, key: &str) -> Vec<BrowserEvent> {
        let (ready, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition::<VecDeque<_>, _>(|(of, _, _)| of == key);
        self.waiting = waiting;
        ready
            .into_iter()
            .flat_map(|(_, method, params)| self.take_in(method, &params))
            .collect()
    }

    fn wait(&mut self, key: &str, method: &'static str, params: &Value) -> Vec<BrowserEvent> {
        if self.waiting.len() == WAITING {
            self.waiting.pop_front();
        }
        self.waiting
            .push_back((key.to_owned(), method, params.clone()));
        Vec::new()
    }

    /// How many hops have told before this one.
    fn count_wire_hop(&mut self, key: &str) -> usize {
        if let Some((_, count)) = self.wire_hops.iter_mut().find(|(of, _)| of == key) {
            *count += 1;
            return *count - 1;
        }
        if self.wire_hops.len() == WAITING {
            self.wire_hops.pop_front();
        }
        self.wire_hops.push_back((key.to_owned(), 1));
        0
    }

    /// What really went over the wire.
    fn sent(&mut self, key: &str, params: &Value) -> Vec<BrowserEvent> {
        let known = self.wire_hops.iter().find(|(of, _)| of == key);
        let hop = known.map_or(0, |(_, count)| *count);
        if self.ledger.hop(key, hop).is_none() {
            return self.wait(key, "Network.requestWillBeSentExtraInfo", params);
        }
        self.count_wire_hop(key);
        let Some(event) = self.ledger.hop(key, hop) else {
            return Vec::new();
        };
        let headers = &params["headers"];
        let value = |name: &str| {
            let lower = name.to_ascii_lowercase();
            headers[name].as_str().or(headers[lower.as_str()].as_str())
        };
        event.mode = event.mode.or_else(|| mode_of(value("Sec-Fetch-Mode")?));
        event.api = match value("Sec-Fetch-Dest") {
            Some("worker" | "sharedworker") => Some(Api::Worker),
            Some("iframe") => Some(Api::Iframe),
            _ => event.api,
        };
        let mut cookies = params["associatedCookies"].as_array().into_iter().flatten();
        let went_along = |cookie: &Value| {
            cookie["blockedReasons"]
                .as_array()
                .is_some_and(Vec::is_empty)
        };
        if value("Cookie").is_some() || cookies.any(went_along) {
            learn_credentials(event);
        }
        vec![event.clone()]
    }

    fn answered(&mut self, key: &str, code: &Value) -> Vec<BrowserEvent> {
        self.change(key, |event| {
            event.status = status(code);
            event.stage = event.stage.max(Stage::Answered);
        })
    }

    /// What really came over the wire: also for a response that the page may not see.
    fn received(&mut self, key: &str, params: &Value) -> Vec<BrowserEvent> {
        if self.ledger.find(key).is_none() {
            return self.wait(key, "Network.responseReceivedExtraInfo", params);
        }
        // A redirect is told of by what it leads to.
        let code = status(&params["statusCode"]).filter(|code| !(300..400).contains(code));
        self.change(key, |event| event.status = event.status.or(code))
    }

    fn ended(&mut self, key: &str, stage: Stage) -> Vec<BrowserEvent> {
        self.change(key, |event| event.stage = event.stage.max(stage))
    }

    fn failed(&mut self, key: &str, params: &Value) -> Vec<BrowserEvent> {
        let text = |name: &str| params[name].as_str().map(str::to_owned);
        self.change(key, |event| {
            event.stage = Stage::Failed;
            event.said.net_error = text("errorText").or_else(|| text("errorMessage"));
            event.blocked_reason = text("blockedReason");
            refuse(event, &params["corsErrorStatus"]);
        })
    }

    fn issue(&mut self, issue: &Value) -> Vec<BrowserEvent> {
        let details = &issue["details"]["corsIssueDetails"];
        if issue["code"] != "CorsIssue" || details["isWarning"] == true {
            return Vec::new();
        }
        let key = details["request"]["requestId"].as_str().unwrap_or_default();
        if self.ledger.find(key).is_none() {
            return self.wait(
                key,
                "Audits.issueAdded",
                &serde_json::json!({ "issue": issue }),
            );
        }
        self.change(key, |event| refuse(event, &details["corsErrorStatus"]))
    }

    fn logged(&mut self, entry: &Value) -> Vec<BrowserEvent> {
        let text = entry["text"].as_str().unwrap_or_default();
        if let Some(key) = entry["networkRequestId"].as_str() {
            return self.change(key, |event| add_text(&mut event.said, text));
        }
        // A worker's text is printed again for the page that started it.
        let is_copy = entry["source"] == "worker";
        self.ledger.console(text, is_copy).into_iter().collect()
    }

    fn change(&mut self, key: &str, change: impl FnOnce(&mut BrowserEvent)) -> Vec<BrowserEvent> {
        let Some(event) = self.ledger.find(key) else {
            return Vec::new();
        };
        let before = event.clone();
        change(event);
        let is_new = *event != before;
        is_new.then(|| event.clone()).into_iter().collect()
    }
}

fn refuse(event: &mut BrowserEvent, status: &Value) {
    let text = |name: &str| status[name].as_str().filter(|text| !text.is_empty());
    let Some(error) = text("corsError") else {
        return;
    };
    event.said.cors_error = Some(error.to_owned());
    event.said.failed_parameter = text("failedParameter").map(str::to_owned);
    if CREDENTIALS_ERRORS.contains(&error) {
        learn_credentials(event);
    }
}

fn status(code: &Value) -> Option<u16> {
    code.as_u64()
        .and_then(|code| u16::try_from(code).ok())
        .filter(|code| *code != 0)
}

/// The browser's seconds since the epoch, or now.
fn micros(seconds: Option<f64>) -> u64 {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).ok();
    match seconds {
        Some(seconds) => (seconds * 1e6) as u64,
        None => now().map_or(0, |now| now.as_micros() as u64),
    }
}

fn api(kind: &str) -> Option<Api> {
    Some(match kind {
        "Fetch" => Api::Fetch,
        "XHR" => Api::Xhr,
        "Image" => Api::Img,
        "Script" => Api::Script,
        "Stylesheet" => Api::Style,
        "Font" => Api::Font,
        "Media" | "TextTrack" => Api::Media,
        "EventSource" => Api::EventSource,
        "Ping" => Api::Beacon,
        "WebSocket" => Api::WebSocket,
        _ => return None,
    })
}
