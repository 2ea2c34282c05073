//! The browser's own words, joined to what went over the wire.
//!
//! A browser tells of requests by numbers of its own, and a proxy sees exchanges: what joins them is
//! method, URL, and when. Of a request that never went out the browser tells, too; its words belong to
//! the preflight that stopped it, or to no exchange at all.

mod unsent;

use std::collections::{BTreeMap, VecDeque};

use corscope_fetch::Api;
use corscope_fetch::exchange::Exchange;

use crate::browser::{BrowserEvent, Stage};
use unsent::unsent;

/// How many requests are remembered.
const REMEMBERED: usize = 4096;

/// How many exchanges may wait for the browser's words.
const UNJOINED: usize = 1024;

/// How long a request may be under way in the browser before it is on the wire, in microseconds: there
/// are queues, and preflights before it.
const APART: u64 = 30_000_000;

/// How much later than on the wire a browser's clock may say that a request began, in microseconds.
const EARLY: u64 = 100_000;

/// Requests that began so close to each other, as by one task of a page, go out in the order in which
/// they began, in microseconds. Of others the latest is the likeliest: of those before it the end may
/// not have been told yet.
const TOGETHER: u64 = 3_000;

/// How long a failure may wait for its exchange before it counts as never sent, in microseconds.
const PATIENCE: u64 = 700_000;

/// What a browser has said of one request.
#[derive(Debug)]
struct Known {
    event: BrowserEvent,
    /// When it was last heard of.
    heard: u64,
    /// When it was first heard to have ended.
    over: Option<u64>,
    exchange: Option<u64>,
    /// Whether it was told as a request that was never sent.
    is_told: bool,
}

/// An exchange of which the browser has said nothing yet.
#[derive(Debug)]
struct Unjoined {
    method: String,
    url: String,
    is_preflight: bool,
    started: u64,
}

impl Known {
    fn note_end(&mut self) {
        if self.event.stage >= Stage::Finished {
            self.over.get_or_insert(self.heard);
        }
    }

    /// Whether an exchange that began on the wire at `started` can be this request.
    fn can_be(&self, method: &str, url: &str, is_preflight: bool, started: u64) -> bool {
        let event = &self.event;
        // Of a WebSocket the browser does not say when it began, only we when we heard of it.
        let early = match event.api {
            Some(Api::WebSocket) => APART,
            _ => EARLY,
        };
        self.exchange.is_none()
            && event.is_preflight == is_preflight
            && event.method == method
            && is_same_url(&event.url, url)
            && event.time <= started.saturating_add(early)
            && started.saturating_sub(event.time) < APART
            // What had ended before was another round of the same.
            && self.over.is_none_or(|over| over >= started)
    }
}

/// What a browser has said.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: VecDeque<Known>,
    /// By the exchange's number, so that a later state of one is found at once.
    unjoined: BTreeMap<u64, Unjoined>,
}

impl Words {
    /// Takes what the browser says at `now`. The answer is the exchange that is now better known.
    pub(super) fn hear(&mut self, event: BrowserEvent, now: u64) -> Option<u64> {
        let request = event.request;
        let found = self
            .known
            .iter_mut()
            .rev()
            .find(|known| known.event.request == request);
        match found {
            Some(known) => {
                known.event = event;
                known.heard = now;
                known.note_end();
            }
            None => {
                if self.known.len() == REMEMBERED {
                    self.known.pop_front();
                }
                let mut known = Known {
                    event,
                    heard: now,
                    over: None,
                    exchange: None,
                    is_told: false,
                };
                known.note_end();
                self.known.push_back(known);
            }
        }
        self.join_late(request);
        let own = self.known.iter().find(|it| it.event.request == request)?;
        own.exchange.or_else(|| self.preflight_of(&own.event))
    }

    /// Finds the exchange of a request, where it was seen before the browser spoke.
    fn join_late(&mut self, request: u64) {
        let Some(known) = self
            .known
            .iter_mut()
            .find(|it| it.event.request == request && it.exchange.is_none())
        else {
            return;
        };
        // Exchanges come in the order of their requests.
        let first = self
            .unjoined
            .iter()
            .find(|(_, it)| known.can_be(&it.method, &it.url, it.is_preflight, it.started))
            .map(|(exchange, _)| *exchange);
        if let Some(exchange) = first {
            self.unjoined.remove(&exchange);
            known.exchange = Some(exchange);
        }
    }

    /// The exchange that was the preflight of a request.
    fn preflight_of(&self, event: &BrowserEvent) -> Option<u64> {
        let preflight = self.known.iter().find(|it| asks_for(&it.event, event))?;
        preflight.exchange
    }

    /// Finds out which of the browser's requests an exchange is, and fills its hints.
    pub(super) fn join(&mut self, exchange: &mut Exchange) {
        let id = exchange.id;
        if !self.known.iter().any(|it| it.exchange == Some(id)) {
            match self.likeliest(exchange) {
                Some(known) => known.exchange = Some(id),
                None => {
                    self.leave_unjoined(exchange);
                    return;
                }
            }
        }
        self.fill(exchange);
    }

    /// Of the browser's requests that can be this exchange, the one that it is most likely.
    fn likeliest(&mut self, exchange: &Exchange) -> Option<&mut Known> {
        let is_preflight = exchange.is_preflight();
        let (method, url) = (&exchange.request.method, &exchange.request.url);
        let can_be = |known: &Known| known.can_be(method, url, is_preflight, exchange.started);
        let latest = self
            .known
            .iter()
            .filter(|known| can_be(known))
            .map(|known| known.event.time)
            .max()?;
        self.known
            .iter_mut()
            .find(|known| can_be(known) && latest - known.event.time < TOGETHER)
    }

    fn leave_unjoined(&mut self, exchange: &Exchange) {
        if self.unjoined.contains_key(&exchange.id) {
            return;
        }
        if self.unjoined.len() == UNJOINED {
            self.unjoined.pop_first();
        }
        let unjoined = Unjoined {
            method: exchange.request.method.clone(),
            url: exchange.request.url.clone(),
            is_preflight: exchange.is_preflight(),
            started: exchange.started,
        };
        self.unjoined.insert(exchange.id, unjoined);
    }

    /// Fills the hints of an exchange that was joined.
    pub(super) fn fill(&self, exchange: &mut Exchange) {
        self.fill_once(exchange, |event| event.is_end_final);
    }

    /// The same once the browser has had its time: what has ended well has.
    pub(super) fn fill_at_last(&self, exchange: &mut Exchange) {
        self.fill_once(exchange, |_| true);
    }

    /// `is_end_final`: whether the end of a request means that nothing more will be said of it.
    fn fill_once(&self, exchange: &mut Exchange, is_end_final: impl Fn(&BrowserEvent) -> bool) {
        let Some(own) = self
            .known
            .iter()
            .find(|it| it.exchange == Some(exchange.id))
        else {
            return;
        };
        // Of a preflight the browser says little; what it says of the request that waits for it counts,
        // as long as that has no exchange of its own.
        let asked = self
            .known
            .iter()
            .rev()
            .find(|it| it.exchange.is_none() && asks_for(&own.event, &it.event));
        let told = asked.unwrap_or(own);
        let hints = &mut exchange.hints;
        hints.api = told.event.api;
        hints.mode = told.event.mode;
        hints.credentials = told.event.credentials;
        hints.page_url.clone_from(&told.event.page_url);
        let said = &told.event.said;
        // A preflight that went well says nothing yet about the request that asked for it, nor does a
        // redirect about what it leads to.
        let leads_on = exchange.response.as_ref().is_some_and(|response| {
            (300..400).contains(&response.status) && response.header_list.contains("Location")
        });
        let is_over = match told.event.stage {
            // Where the console follows, it says why.
            Stage::Failed => said.cors_error.is_some() || is_end_final(&told.event),
            Stage::Finished => is_end_final(&told.event) && !told.event.is_preflight && !leads_on,
            Stage::Begun | Stage::Answered => false,
        };
        // A line on the console comes before the verdict: alone it looks as if all had gone well.
        if is_over || said.cors_error.is_some() {
            hints.browser = Some(Box::new(said.clone()));
        }
    }

    /// Requests that failed some time before `now` without ever having been on the wire.
    pub(super) fn never_sent(&mut self, now: u64) -> Vec<Exchange> {
        let is_due = |it: &Known| {
            it.event.stage == Stage::Failed
                && it.exchange.is_none()
                && !it.is_told
                && !it.event.is_preflight
                && now.saturating_sub(it.heard) > PATIENCE
        };
        let due: Vec<usize> = (0..self.known.len())
            .filter(|place| is_due(&self.known[*place]))
            .collect();
        let mut exchanges = Vec::new();
        for place in due {
            self.known[place].is_told = true;
            let event = &self.known[place].event;
            // What a preflight stopped is told with the preflight.
            if self.known.iter().all(|it| !asks_for(&it.event, event)) {
                exchanges.extend(unsent(event));
            }
        }
        exchanges
    }
}

/// Whether `preflight` is that of `request`. A browser names the first hop where a later one asked.
fn asks_for(preflight: &BrowserEvent, request: &BrowserEvent) -> bool {
    preflight.preflight_of.is_some_and(|owner| {
        request.request == owner
            || (request.redirected_from == Some(owner) && is_same_url(&request.url, &preflight.url))
    })
}

/// Whether two URLs are one but for the fragment and the spelling of WebSockets' schemes.
fn is_same_url(one: &str, other: &str) -> bool {
    let bare = |url: &'_ str| -> String {
        let url = url.split('#').next().unwrap_or_default();
        match url.strip_prefix("ws") {
            Some(rest) => format!("http{rest}"),
            None => url.to_owned(),
        }
    };
    one == other || bare(one) == bare(other)
}

#[cfg(test)]
mod tests;
