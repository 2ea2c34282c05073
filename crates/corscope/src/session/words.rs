//! The browser's own words, joined to what went over the wire.
//!
//! A browser tells of requests by numbers of its own, and a proxy sees exchanges: what joins them is
//! method, URL, and when. Of a request that never went out the browser tells, too; its words belong to
//! the preflight that stopped it, or to no exchange at all.

use std::collections::VecDeque;

use corscope_fetch::exchange::{
    BrowserSaid, Exchange, Failure, Hints, HttpVersion, ObservedRequest, Side,
};
use corscope_fetch::{HeaderList, Mode};
use url::Url;

use crate::browser::{BrowserEvent, Stage};

/// How many requests are remembered.
const REMEMBERED: usize = 4096;

/// How many exchanges may wait for the browser's words.
const UNJOINED: usize = 1024;

/// How far the browser's clock and ours may be apart on one request, in microseconds: a browser counts
/// from before its queue.
const APART: u64 = 30_000_000;

/// How long a failure may wait for its exchange before it counts as never sent, in microseconds.
const PATIENCE: u64 = 700_000;

/// What a browser has said of one request.
#[derive(Debug)]
struct Known {
    event: BrowserEvent,
    /// When it was last heard of.
    heard: u64,
    exchange: Option<u64>,
    /// Whether it was told as a request that was never sent.
    is_told: bool,
}

/// An exchange of which the browser has said nothing yet.
#[derive(Debug)]
struct Unjoined {
    exchange: u64,
    method: String,
    url: String,
    is_preflight: bool,
    started: u64,
}

/// What a browser has said.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: VecDeque<Known>,
    unjoined: VecDeque<Unjoined>,
    /// Whether a request's good end is the browser's last word on it. Firefox ends a request well and
    /// then says in the console why the page may not read it.
    is_end_final: bool,
}

impl Words {
    /// Of a browser whose word on a request that ended well is final, or not.
    pub(super) fn of_browser(is_end_final: bool) -> Self {
        Self {
            is_end_final,
            ..Self::default()
        }
    }

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
            }
            None => {
                if self.known.len() == REMEMBERED {
                    self.known.pop_front();
                }
                self.known.push_back(Known {
                    event,
                    heard: now,
                    exchange: None,
                    is_told: false,
                });
            }
        }
        self.join_late(request);
        let own = self.known.iter().find(|it| it.event.request == request)?;
        own.exchange.or_else(|| self.preflight_of(request))
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
        let event = &known.event;
        let nearest = self
            .unjoined
            .iter()
            .enumerate()
            .filter(|(_, it)| {
                it.is_preflight == event.is_preflight
                    && it.method == event.method
                    && is_same_url(&it.url, &event.url)
                    && it.started.abs_diff(event.time) < APART
            })
            .min_by_key(|(_, it)| it.started.abs_diff(event.time))
            .map(|(index, _)| index);
        if let Some(found) = nearest.and_then(|index| self.unjoined.remove(index)) {
            known.exchange = Some(found.exchange);
        }
    }

    /// The exchange that was the preflight of a request.
    fn preflight_of(&self, request: u64) -> Option<u64> {
        let preflight = self
            .known
            .iter()
            .find(|it| it.event.preflight_of == Some(request))?;
        preflight.exchange
    }

    /// Finds out which of the browser's requests an exchange is, and fills its hints.
    pub(super) fn join(&mut self, exchange: &mut Exchange) {
        let id = exchange.id;
        if !self.known.iter().any(|it| it.exchange == Some(id)) {
            let is_preflight = exchange.is_preflight();
            let fits = |known: &&mut Known| {
                let event = &known.event;
                known.exchange.is_none()
                    && event.is_preflight == is_preflight
                    && event.method == exchange.request.method
                    && is_same_url(&event.url, &exchange.request.url)
                    && event.time.abs_diff(exchange.started) < APART
            };
            let nearest = self
                .known
                .iter_mut()
                .filter(fits)
                .min_by_key(|it| it.event.time.abs_diff(exchange.started));
            match nearest {
                Some(known) => known.exchange = Some(id),
                None => {
                    self.leave_unjoined(exchange);
                    return;
                }
            }
        }
        self.fill(exchange);
    }

    fn leave_unjoined(&mut self, exchange: &Exchange) {
        let is_there = self.unjoined.iter().any(|it| it.exchange == exchange.id);
        if is_there {
            return;
        }
        if self.unjoined.len() == UNJOINED {
            self.unjoined.pop_front();
        }
        self.unjoined.push_back(Unjoined {
            exchange: exchange.id,
            method: exchange.request.method.clone(),
            url: exchange.request.url.clone(),
            is_preflight: exchange.is_preflight(),
            started: exchange.started,
        });
    }

    /// Fills the hints of an exchange that was joined.
    pub(super) fn fill(&self, exchange: &mut Exchange) {
        self.fill_as(exchange, self.is_end_final);
    }

    /// The same once the browser has had its time: what has ended well has.
    pub(super) fn fill_at_last(&self, exchange: &mut Exchange) {
        self.fill_as(exchange, true);
    }

    fn fill_as(&self, exchange: &mut Exchange, is_end_final: bool) {
        let Some(own) = self
            .known
            .iter()
            .find(|it| it.exchange == Some(exchange.id))
        else {
            return;
        };
        // Of a preflight the browser says little; what it says of the request that waits for it counts,
        // as long as that has no exchange of its own.
        let asked = own
            .event
            .preflight_of
            .and_then(|request| self.known.iter().find(|it| it.event.request == request))
            .filter(|asked| asked.exchange.is_none());
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
        let is_final = is_end_final && !told.event.is_preflight && !leads_on;
        let is_over = match told.event.stage {
            Stage::Failed => true,
            Stage::Finished => is_final,
            Stage::Begun | Stage::Answered => false,
        };
        if is_over || *said != BrowserSaid::default() {
            hints.browser = Some(Box::new(said.clone()));
        }
    }

    /// Requests that failed some time before `now` without ever having been on the wire.
    pub(super) fn never_sent(&mut self, now: u64) -> Vec<Exchange> {
        let preflighted: Vec<u64> = self
            .known
            .iter()
            .filter_map(|it| it.event.preflight_of)
            .collect();
        self.known
            .iter_mut()
            .filter(|known| {
                known.event.stage == Stage::Failed
                    && known.exchange.is_none()
                    && !known.is_told
                    && !known.event.is_preflight
                    && now.saturating_sub(known.heard) > PATIENCE
                    && !preflighted.contains(&known.event.request)
            })
            .filter_map(|known| {
                known.is_told = true;
                unsent(&known.event)
            })
            .collect()
    }
}

/// An exchange, without a number yet, that stands for a request which the browser did not let out.
fn unsent(event: &BrowserEvent) -> Option<Exchange> {
    let page = event
        .page_url
        .as_deref()
        .and_then(|it| Url::parse(it).ok())?;
    let is_navigation = event.mode == Some(Mode::Navigate);
    let is_http = event.url.starts_with("http") || event.url.starts_with("ws");
    if is_navigation || !is_http {
        return None;
    }
    let mut header_list = HeaderList::new();
    header_list.push("Origin", page.origin().ascii_serialization());
    let reason = event.blocked_reason.as_deref().unwrap_or("its own rules");
    let net_error = event.said.net_error.clone();
    Some(Exchange {
        started: event.time,
        request: ObservedRequest {
            method: event.method.clone(),
            url: event.url.clone(),
            version: HttpVersion::Http11,
            header_list,
            ..ObservedRequest::default()
        },
        failure: Some(Failure {
            code: "never-sent".into(),
            net_error: net_error.map(Into::into),
            side: Side::Client,
            message: format!("the browser did not send it, because of {reason}"),
        }),
        hints: Hints {
            api: event.api,
            mode: event.mode,
            credentials: event.credentials,
            page_url: event.page_url.clone(),
            browser: Some(Box::new(event.said.clone())),
            ..Hints::default()
        },
        ended: true,
        ..Exchange::default()
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
mod tests {
    use super::*;

    fn event(request: u64, method: &str, stage: Stage) -> BrowserEvent {
        BrowserEvent {
            request,
            stage,
            time: 1_000,
            url: "https://api.test/x".to_owned(),
            method: method.to_owned(),
            is_preflight: method == "OPTIONS",
            page_url: Some("https://app.test/".to_owned()),
            ..BrowserEvent::default()
        }
    }

    fn refused(mut event: BrowserEvent) -> BrowserEvent {
        event.said.cors_error = Some("MissingAllowOriginHeader".to_owned());
        event
    }

    fn exchange(id: u64, method: &str) -> Exchange {
        let headers = [
            ("Origin", "https://app.test"),
            ("Access-Control-Request-Method", "PUT"),
        ];
        Exchange {
            id,
            started: 1_100,
            request: ObservedRequest {
                method: method.to_owned(),
                url: "https://api.test/x".to_owned(),
                header_list: headers.into_iter().collect(),
                ..ObservedRequest::default()
            },
            ..Exchange::default()
        }
    }

    #[test]
    fn words_find_their_exchange_whichever_comes_first() {
        let mut words = Words::default();
        let mut seen = exchange(1, "GET");
        words.join(&mut seen);
        assert_eq!(seen.hints, Hints::default());
        assert_eq!(words.hear(event(7, "GET", Stage::Begun), 0), Some(1));
        words.fill(&mut seen);
        assert_eq!(seen.hints.page_url.as_deref(), Some("https://app.test/"));
        assert_eq!(seen.hints.browser, None);
        let better = words.hear(refused(event(7, "GET", Stage::Failed)), 0);
        assert_eq!(better, Some(1));
        words.fill(&mut seen);
        assert!(seen.hints.browser.unwrap().cors_error.is_some());
    }

    #[test]
    fn what_the_preflight_stopped_speaks_for_the_preflight() {
        let mut words = Words::default();
        words.hear(event(7, "PUT", Stage::Begun), 0);
        let mut asks = event(8, "OPTIONS", Stage::Begun);
        asks.preflight_of = Some(7);
        words.hear(asks, 0);
        let mut seen = exchange(1, "OPTIONS");
        words.join(&mut seen);
        let better = words.hear(refused(event(7, "PUT", Stage::Failed)), 0);
        assert_eq!(better, Some(1));
        words.fill(&mut seen);
        assert!(seen.hints.browser.unwrap().cors_error.is_some());
        assert!(words.never_sent(u64::MAX).is_empty());
    }

    #[test]
    fn a_request_that_never_went_out_is_told_once() {
        let mut words = Words::default();
        words.hear(refused(event(7, "GET", Stage::Failed)), 5);
        assert!(words.never_sent(6).is_empty());
        let told = words.never_sent(5 + PATIENCE + 1);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].failure.as_ref().unwrap().code, "never-sent");
        assert!(words.never_sent(u64::MAX).is_empty());
    }

    #[test]
    fn a_good_end_is_the_last_word_of_some_browsers_only() {
        for (is_end_final, says) in [(true, true), (false, false)] {
            let mut words = Words::of_browser(is_end_final);
            words.hear(event(7, "GET", Stage::Finished), 0);
            let mut seen = exchange(1, "GET");
            words.join(&mut seen);
            assert_eq!(seen.hints.browser.is_some(), says);
            words.fill_at_last(&mut seen);
            assert!(seen.hints.browser.is_some());
        }
    }

    #[test]
    fn two_alike_requests_have_words_of_their_own() {
        let mut words = Words::default();
        words.hear(event(1, "GET", Stage::Begun), 0);
        let mut later = event(2, "GET", Stage::Begun);
        later.time = 5_000_000;
        words.hear(later, 0);
        let mut second = exchange(20, "GET");
        second.started = 5_000_100;
        words.join(&mut second);
        let mut first = exchange(10, "GET");
        words.join(&mut first);
        assert_eq!(words.hear(event(2, "GET", Stage::Finished), 0), Some(20));
        assert_eq!(words.hear(event(1, "GET", Stage::Finished), 0), Some(10));
    }
}
