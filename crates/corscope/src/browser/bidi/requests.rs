//! What the events of Firefox say about each request. Pure: messages in, events out.

use std::collections::VecDeque;

use corscope_fetch::Api;
use serde_json::Value;

use crate::browser::event::mode_of;
use crate::browser::ledger::{Ledger, learn_credentials, without_fragment};
use crate::browser::{BrowserEvent, Stage};

/// Pages and frames whose URL is remembered.
const PAGES: usize = 512;

/// The requests of one Firefox.
#[derive(Debug, Default)]
pub(super) struct Requests {
    ledger: Ledger,
    /// Browsing contexts, and what they show.
    pages: VecDeque<(String, String)>,
}

impl Requests {
    /// Takes in an event and gives the requests about which something new is known.
    pub(super) fn take_in(&mut self, method: &str, params: &Value) -> Vec<BrowserEvent> {
        match method {
            "browsingContext.contextCreated" => {
                self.shows(params, &params["url"]);
                Vec::new()
            }
            "network.beforeRequestSent" => self.begun(params),
            "network.responseCompleted" => self.change(params, |event| {
                let status = params["response"]["status"].as_u64();
                event.status = status.and_then(|status| u16::try_from(status).ok());
                event.stage = event.stage.max(Stage::Finished);
            }),
            "network.fetchError" => self.change(params, |event| {
                event.stage = Stage::Failed;
                event.said.net_error = params["errorText"].as_str().map(str::to_owned);
            }),
            "log.entryAdded" => {
                let text = params["text"].as_str().unwrap_or_default();
                self.ledger.console(text, false).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    fn begun(&mut self, params: &Value) -> Vec<BrowserEvent> {
        let request = &params["request"];
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let url = without_fragment(text("url"));
        let never_on_a_wire = ["data:", "blob:", "about:", "chrome:", "resource:", "moz-"];
        if never_on_a_wire.iter().any(|start| url.starts_with(start)) {
            return Vec::new();
        }
        let key = text("request");
        let asked_method = header(request, "Access-Control-Request-Method");
        let is_preflight = text("method") == "OPTIONS" && asked_method.is_some();
        let mode = header(request, "Sec-Fetch-Mode").and_then(mode_of);
        let is_page = !params["navigation"].is_null();
        if is_page {
            self.shows(params, &request["url"]);
        }
        let page = self
            .pages
            .iter()
            .find(|(context, _)| params["context"] == **context);
        // Firefox does not say whose preflight it is. It begins the request first, then asks.
        let owner = self.ledger.latest(|event| {
            !event.is_preflight && event.url == url && Some(event.method.as_str()) == asked_method
        });
        let owner = owner
            .filter(|_| is_preflight)
            .map(|(key, _)| key.to_owned());
        let redirects = params["redirectCount"].as_u64().unwrap_or_default();
        let redirected_from = self.ledger.find(key).filter(|_| redirects > 0);
        let mut event = BrowserEvent {
            time: micros(&request["timings"]["requestTime"], &params["timestamp"]),
            url: url.to_owned(),
            method: text("method").to_owned(),
            is_preflight,
            redirected_from: redirected_from.map(|event| event.request),
            page_url: page.filter(|_| !is_page).map(|(_, url)| url.clone()),
            api: api(request),
            mode,
            ..BrowserEvent::default()
        };
        if header(request, "Cookie").is_some() {
            learn_credentials(&mut event);
        }
        self.ledger.begin(key, owner.as_deref(), event)
    }

    fn shows(&mut self, params: &Value, url: &Value) {
        let (Some(context), Some(url)) = (params["context"].as_str(), url.as_str()) else {
            return;
        };
        self.pages.retain(|(known, _)| known != context);
        if self.pages.len() == PAGES {
            self.pages.pop_front();
        }
        let url = without_fragment(url).to_owned();
        self.pages.push_back((context.to_owned(), url));
    }

    fn change(
        &mut self,
        params: &Value,
        change: impl FnOnce(&mut BrowserEvent),
    ) -> Vec<BrowserEvent> {
        let request = &params["request"];
        let key = request["request"].as_str().unwrap_or_default();
        let hop = params["redirectCount"].as_u64().unwrap_or_default();
        let hop = usize::try_from(hop).unwrap_or(usize::MAX);
        let Some(event) = self.ledger.hop(key, hop) else {
            return Vec::new();
        };
        change(event);
        // Late headers: what the network stack adds is not there when the request begins.
        if header(request, "Cookie").is_some() {
            learn_credentials(event);
        }
        vec![event.clone()]
    }
}

fn header<'a>(request: &'a Value, name: &str) -> Option<&'a str> {
    let mut headers = request["headers"].as_array()?.iter();
    let same = |header: &&Value| {
        let known = header["name"].as_str();
        known.is_some_and(|known| known.eq_ignore_ascii_case(name))
    };
    headers.find(same)?["value"]["value"].as_str()
}

/// Milliseconds, the finer clock first.
fn micros(fine: &Value, coarse: &Value) -> u64 {
    let millis = [fine, coarse]
        .into_iter()
        .filter_map(Value::as_f64)
        .find(|millis| *millis > 0.0);
    (millis.unwrap_or_default() * 1e3) as u64
}

fn api(request: &Value) -> Option<Api> {
    let text = |name: &str| request[name].as_str().unwrap_or_default();
    if header(request, "Accept") == Some("text/event-stream") {
        return Some(Api::EventSource);
    }
    Some(match (text("initiatorType"), text("destination")) {
        ("fetch", _) => Api::Fetch,
        ("xmlhttprequest", _) => Api::Xhr,
        ("beacon", _) => Api::Beacon,
        (_, "image") => Api::Img,
        (_, "script") => Api::Script,
        (_, "style") => Api::Style,
        (_, "font") => Api::Font,
        (_, "audio" | "video" | "track") => Api::Media,
        (_, "worker" | "sharedworker") => Api::Worker,
        (_, "iframe") => Api::Iframe,
        _ => return None,
    })
}
