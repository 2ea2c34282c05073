//! The requests that a browser has told of, and which of them a console text belongs to.

use std::collections::VecDeque;

use corscope_diagnose::console::read::{ConsoleMessage, Effect, read_message};
use corscope_fetch::exchange::BrowserSaid;
use corscope_fetch::{CredentialsMode, Mode};
use url::Url;

use super::{BrowserEvent, Stage};

/// Requests remembered; texts and issues about an older one are lost.
const REQUESTS: usize = 2048;

/// Texts that wait for their request: the browser's processes tell in no particular order.
const UNCLAIMED: usize = 64;

/// Texts kept of one request, and of one text.
const TEXTS: usize = 8;
const TEXT_BYTES: usize = 4096;

/// The latest requests of one browser, in the order of their beginning.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: VecDeque<Entry>,
    unclaimed: VecDeque<(ConsoleMessage, String)>,
    begun: u64,
}

#[derive(Debug)]
struct Entry {
    /// The browser's name for it, shared by all hops of a redirect.
    key: String,
    /// The key of the request that it is the preflight of.
    preflight_of: Option<String>,
    event: BrowserEvent,
}

impl Ledger {
    /// Takes up a request, numbers it, and gives what can be told: it, and its preflight when that
    /// was told of before.
    pub(super) fn begin(
        &mut self,
        key: &str,
        preflight_of: Option<&str>,
        mut event: BrowserEvent,
    ) -> Vec<BrowserEvent> {
        self.begun += 1;
        event.request = self.begun;
        event.url = without_fragment(&event.url).to_owned();
        if let Some(owner) = preflight_of.and_then(|key| self.find(key)) {
            event.preflight_of = Some(owner.request);
            event.page_url.clone_from(&owner.page_url);
        }
        let waiting = self.unclaimed.iter().position(|(message, _)| {
            !event.is_preflight && message.url.as_deref().map(without_fragment) == Some(&event.url)
        });
        if let Some((message, text)) = waiting.and_then(|place| self.unclaimed.remove(place)) {
            hear(&mut event, &message, &text);
        }
        let mut told = vec![event.clone()];
        let mut preflights = self
            .entries
            .iter_mut()
            .rev()
            .take(UNCLAIMED)
            .filter(|entry| {
                entry.preflight_of.as_deref() == Some(key) && entry.event.preflight_of.is_none()
            });
        if let Some(preflight) = preflights.next() {
            preflight.event.preflight_of = Some(event.request);
            preflight.event.page_url.clone_from(&event.page_url);
            told.push(preflight.event.clone());
        }
        self.entries.push_back(Entry {
            key: key.to_owned(),
            preflight_of: preflight_of.map(str::to_owned),
            event,
        });
        if self.entries.len() > REQUESTS {
            self.entries.pop_front();
        }
        told
    }

    /// The latest hop of a request.
    pub(super) fn find(&mut self, key: &str) -> Option<&mut BrowserEvent> {
        let mut latest = self.entries.iter_mut().rev();
        latest
            .find(|entry| entry.key == key)
            .map(|entry| &mut entry.event)
    }

    /// One hop of a request, counted from 0.
    pub(super) fn hop(&mut self, key: &str, hop: usize) -> Option<&mut BrowserEvent> {
        self.entries
            .iter_mut()
            .filter(|entry| entry.key == key)
            .nth(hop)
            .map(|entry| &mut entry.event)
    }

    /// The latest request of that kind.
    pub(super) fn latest(&self, is_it: impl Fn(&BrowserEvent) -> bool) -> Option<(&str, u64)> {
        let mut latest = self.entries.iter().rev();
        latest
            .find(|entry| is_it(&entry.event))
            .map(|entry| (entry.key.as_str(), entry.event.request))
    }

    /// Gives a console text to the request that it names, and what is then known of it.
    /// `is_copy`: the browser may have printed it elsewhere before.
    pub(super) fn console(&mut self, text: &str, is_copy: bool) -> Option<BrowserEvent> {
        let message = read_message(text)?;
        let url = without_fragment(message.url.as_deref()?).to_owned();
        let named = |entry: &&mut Entry| !entry.event.is_preflight && entry.event.url == url;
        let has = |entry: &Entry| entry.event.said.console.iter().any(|one| one == text);
        if is_copy
            && self
                .entries
                .iter_mut()
                .filter(named)
                .any(|entry| has(entry))
        {
            return None;
        }
        // The same failure twice at a time prints the same text twice: one for each.
        let suspect = |entry: &&mut Entry| {
            entry.event.stage != Stage::Finished || entry.event.said.cors_error.is_some()
        };
        let place = |entry: &Entry| entry.event.request;
        let mut open = self.entries.iter_mut().rev().filter(named);
        let chosen = open
            .find(|entry| suspect(entry) && !has(entry))
            .map(|entry| place(entry));
        let mut any = self.entries.iter_mut().rev().filter(named);
        let chosen = chosen.or_else(|| any.find(|entry| !has(entry)).map(|entry| place(entry)));
        let mut entries = self.entries.iter_mut();
        let Some(entry) = entries.find(|entry| Some(entry.event.request) == chosen) else {
            if self.unclaimed.len() == UNCLAIMED {
                self.unclaimed.pop_front();
            }
            self.unclaimed.push_back((message, text.to_owned()));
            return None;
        };
        hear(&mut entry.event, &message, text);
        Some(entry.event.clone())
    }
}

fn hear(event: &mut BrowserEvent, message: &ConsoleMessage, text: &str) {
    add_text(&mut event.said, text);
    if message.credentials == Some(true) {
        learn_credentials(event);
    }
    // Chromium names its error elsewhere; Firefox ends a refused request as if all were well.
    let by_firefox = message.browser == Some(corscope_fetch::Browser::Firefox);
    if by_firefox && message.effect == Effect::Blocked {
        event.stage = Stage::Failed;
        if message.not_cors.is_none() && event.said.cors_error.is_none() {
            event.said.cors_error = message.browser_code.map(str::to_owned);
        }
    }
}

/// Adds a console text, if there is room and it is new.
pub(super) fn add_text(said: &mut BrowserSaid, text: &str) {
    let mut end = text.len().min(TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    if said.console.len() < TEXTS && !said.console.iter().any(|one| one == text) {
        said.console.push(text.to_owned());
    }
}

/// Takes in that credentials went along: to another origin they only do when they are asked for.
pub(super) fn learn_credentials(event: &mut BrowserEvent) {
    let may_be_asked = matches!(event.mode, None | Some(Mode::Cors));
    if may_be_asked && is_cross_origin(event) == Some(true) {
        event.credentials = Some(CredentialsMode::Include);
    }
}

fn is_cross_origin(event: &BrowserEvent) -> Option<bool> {
    let page = Url::parse(event.page_url.as_deref()?).ok()?;
    Some(page.origin() != Url::parse(&event.url).ok()?.origin())
}

pub(super) fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(url, _)| url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Access to fetch at 'http://b.example/x' from origin 'http://a.example' has \
        been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the \
        requested resource.";

    fn request(url: &str) -> BrowserEvent {
        BrowserEvent {
            url: url.to_owned(),
            method: "GET".to_owned(),
            ..BrowserEvent::default()
        }
    }

    #[test]
    fn a_text_goes_to_the_request_that_has_not_ended_well() {
        let mut ledger = Ledger::default();
        for key in ["1", "2", "3"] {
            ledger.begin(key, None, request("http://b.example/x"));
        }
        ledger.find("3").unwrap().stage = Stage::Finished;
        assert_eq!(ledger.console(TEXT, false).unwrap().request, 2);
        assert_eq!(ledger.console(TEXT, true), None);
        assert_eq!(ledger.console(TEXT, false).unwrap().request, 1);
        assert_eq!(ledger.console("hello", false), None);
    }

    #[test]
    fn a_text_before_its_request_waits_for_it() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.console(TEXT, false), None);
        ledger.begin("0", None, request("http://b.example/other"));
        let told = ledger.begin("1", None, request("http://b.example/x#part"));
        assert_eq!(told[0].said.console, [TEXT]);
        assert_eq!(told[0].url, "http://b.example/x");
    }

    #[test]
    fn a_preflight_finds_its_request_in_either_order() {
        let mut ledger = Ledger::default();
        let mut page = request("http://b.example/x");
        page.page_url = Some("http://a.example/".to_owned());
        ledger.begin("p", Some("1"), request("http://b.example/x"));
        let told = ledger.begin("1", None, page);
        assert_eq!(told[1].preflight_of, Some(2));
        assert_eq!(told[1].page_url.as_deref(), Some("http://a.example/"));
        let told = ledger.begin("q", Some("1"), request("http://b.example/x"));
        assert_eq!(told[0].preflight_of, Some(2));
    }

    #[test]
    fn the_oldest_requests_are_forgotten() {
        let mut ledger = Ledger::default();
        for number in 0..REQUESTS + 10 {
            ledger.begin(&number.to_string(), None, request("http://b.example/x"));
        }
        assert_eq!(ledger.entries.len(), REQUESTS);
        assert!(ledger.find("9").is_none() && ledger.find("10").is_some());
    }

    #[test]
    fn credentials_are_told_only_by_another_origin() {
        let mut event = request("http://a.example/x");
        event.page_url = Some("http://a.example/".to_owned());
        learn_credentials(&mut event);
        assert_eq!(event.credentials, None);
        event.url = "http://a.example:81/x".to_owned();
        learn_credentials(&mut event);
        assert_eq!(event.credentials, Some(CredentialsMode::Include));
    }
}
