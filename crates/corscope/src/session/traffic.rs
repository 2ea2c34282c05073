//! What was observed so far, as fetches with their verdicts.

use std::collections::VecDeque;
use std::sync::Arc;

use corscope_capture::Store;
use corscope_diagnose::observed::{Finding, Judgements, Pairing, Standing};
use corscope_fetch::{Browser, Exchange};
use corscope_wire::proxy::{Event, Message, Numbers};
use foldhash::HashMap;

use super::keep::{self, Keeper};
use super::words::Words;
use crate::browser::BrowserEvent;

/// How many fetches' standings are remembered, so that nothing is told twice.
const REMEMBERED: usize = 8192;

/// How long a browser may take to say its word, in microseconds.
const WORD_PATIENCE: u64 = 3_000_000;

/// How many fetches wait for it.
const MOST_WAITING: usize = 1024;

/// Something new.
#[derive(Debug)]
pub enum Update {
    /// A fetch that CORS has a say in, judged anew.
    Fetch(Finding),
    /// An exchange that CORS has no say in; told again once it has ended.
    Aside(Arc<Exchange>),
    /// A message inside an exchange.
    Message(Message),
    /// An exchange whose page or URL means nothing, with the reason.
    Unreadable(Arc<Exchange>, String),
}

/// What was told of a fetch last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    standing: Standing,
    /// The root cause's rule.
    root: Option<&'static str>,
    /// How many exchanges it had.
    legs: usize,
}

/// Puts events together, judges them, and keeps them where they are to be kept.
#[derive(Default)]
pub struct Traffic {
    pairing: Pairing,
    judgements: Judgements,
    store: Option<Arc<Store>>,
    /// What is added to the proxy's numbers, which begin anew with each run.
    offset: u64,
    told: HashMap<u64, Told>,
    order: VecDeque<u64>,
    words: Words,
    hears_a_browser: bool,
    /// Where a request that never was on the wire gets its number.
    numbers: Numbers,
    /// Fetches that are told once the browser has said its word, with when that was first waited for.
    waiting: VecDeque<(u64, u64)>,
}

impl Traffic {
    /// Nothing seen yet. `browser` is whose rules to follow; by default those of the browser that
    /// sent the request.
    pub fn new(browser: Option<Browser>) -> Self {
        Self {
            judgements: Judgements::by(browser),
            ..Self::default()
        }
    }

    /// Keeps what is seen in `store`, too.
    #[must_use]
    pub fn kept_in(mut self, store: Arc<Store>) -> Self {
        self.offset = store.reserve_id().saturating_sub(1);
        self.store = Some(store);
        self
    }

    /// Who keeps what is seen, for those who see it.
    pub(super) fn keeper(&self) -> Keeper {
        Keeper::new(self.store.clone(), self.offset)
    }

    /// Takes what the proxy saw at `now`, and says what is new because of it.
    pub fn take(&mut self, event: Event, now: u64) -> Vec<Update> {
        let event = self.keeper().keep(event);
        let mut updates = Vec::new();
        self.take_kept(event, now, &mut updates);
        updates
    }

    /// The same of what its [`Keeper`] has kept; what is new comes after what is in `updates`.
    pub(super) fn take_kept(&mut self, event: Event, now: u64, updates: &mut Vec<Update>) {
        let update = self.take_one(event);
        updates.extend(update.and_then(|it| self.or_wait(it, now)));
        if self.hears_a_browser {
            updates.extend(self.tick(now));
        }
    }

    /// Keeps a finding back while the browser that it is accompanied by has not said its word.
    fn or_wait(&mut self, update: Update, now: u64) -> Option<Update> {
        let Update::Fetch(finding) = &update else {
            return Some(update);
        };
        let number = finding.fetch.number;
        // A browser may tell that it gave up before the end of the exchange shows why.
        let is_explained = finding.root_cause().is_some()
            || finding.judged.standing != Standing::Blocked
            || finding.fetch.exchanges().all(|exchange| exchange.ended);
        if !self.hears_a_browser || (finding.browser_said().is_some() && is_explained) {
            self.waiting.retain(|(waiting, _)| *waiting != number);
            return Some(update);
        }
        if !self.waiting.iter().any(|(waiting, _)| *waiting == number) {
            if self.waiting.len() == MOST_WAITING {
                self.waiting.pop_front();
            }
            self.waiting.push_back((number, now));
        }
        None
    }

    /// Numbers what never was on the wire as the proxy numbers what was.
    #[must_use]
    pub fn numbered_by(mut self, numbers: Numbers) -> Self {
        self.numbers = numbers;
        self
    }

    /// Waits for what a browser says, from the first exchange on. Without this the waiting begins with
    /// the first word of a browser.
    #[must_use]
    pub fn accompanied(mut self) -> Self {
        self.hears_a_browser = true;
        self
    }

    /// Whether a browser says something.
    pub fn hears_a_browser(&self) -> bool {
        self.hears_a_browser
    }

    /// Takes what the browser says at `now`, in microseconds since the Unix epoch.
    pub fn browser_said(&mut self, event: BrowserEvent, now: u64) -> Vec<Update> {
        self.hears_a_browser = true;
        let mut updates = Vec::new();
        if let Some(id) = self.words.hear(event, now)
            && let Some(exchange) = self.pairing.exchange(id)
        {
            let mut better = Exchange::clone(exchange);
            self.words.fill(&mut better);
            if better.hints != exchange.hints
                && let Some(update) = self.observe(Arc::new(better))
            {
                updates.extend(self.or_wait(update, now));
            }
        }
        updates.extend(self.tick(now));
        updates
    }

    /// Looks for requests that the browser never sent, and for fetches of which it says nothing.
    pub fn tick(&mut self, now: u64) -> Vec<Update> {
        let never_sent = self.words.never_sent(now);
        let mut updates: Vec<Update> = never_sent
            .into_iter()
            .filter_map(|exchange| self.never_sent(exchange))
            .collect();
        while let Some((number, _)) = self
            .waiting
            .pop_front_if(|(_, since)| now.saturating_sub(*since) > WORD_PATIENCE)
        {
            updates.extend(self.at_last(number));
        }
        updates
    }

    /// Takes a request that never was on the wire among the exchanges, as the next of them.
    fn never_sent(&mut self, mut exchange: Exchange) -> Option<Update> {
        exchange.id = self.numbers.next_number() + self.offset;
        if let Some(store) = &self.store {
            store.put(exchange.clone());
        }
        self.observe(Arc::new(exchange))
    }

    /// A fetch of which the browser says no more.
    fn at_last(&mut self, number: u64) -> Option<Update> {
        let last = self.pairing.fetch(number)?.exchanges().last()?;
        let mut last = Exchange::clone(last);
        self.words.fill_at_last(&mut last);
        self.observe(Arc::new(last))
    }

    fn take_one(&mut self, event: Event) -> Option<Update> {
        match event {
            Event::Progress(exchange) | Event::Ended(exchange) => self.exchange(exchange),
            Event::Message(message) => Some(Update::Message(message)),
        }
    }

    /// What is still open when the capture ends: fetches whose last word was not heard.
    pub fn finish(&mut self) -> Vec<Finding> {
        let open = std::mem::take(&mut self.pairing).finish();
        open.into_iter()
            .filter(|fetch| {
                self.told
                    .get(&fetch.number)
                    .is_none_or(|told| told.standing == Standing::Unknown)
            })
            .filter_map(|fetch| self.judgements.finding(fetch).ok())
            .collect()
    }

    fn exchange(&mut self, mut exchange: Arc<Exchange>) -> Option<Update> {
        if self.hears_a_browser {
            self.words.join(Arc::make_mut(&mut exchange));
        }
        self.observe(exchange)
    }

    fn observe(&mut self, exchange: Arc<Exchange>) -> Option<Update> {
        let place = self.pairing.observe(Arc::clone(&exchange));
        // Settled fetches were told when they were judged; only the open ones are kept.
        drop(self.pairing.take_settled());
        let Some(place) = place else {
            return Some(Update::Aside(exchange));
        };
        let fetch = Arc::clone(self.pairing.fetch(place.fetch)?);
        let legs = fetch.exchanges().count();
        match self.judgements.finding(fetch) {
            Ok(finding) => {
                if let Some(store) = &self.store {
                    keep::facts(store, &finding);
                }
                let now = Told {
                    standing: finding.judged.standing,
                    root: finding.root_cause().map(|root| root.rule),
                    legs,
                };
                let is_news = self.told.get(&place.fetch) != Some(&now);
                self.remember(place.fetch, now);
                (is_news || exchange.ended).then_some(Update::Fetch(finding))
            }
            Err(error) => Some(Update::Unreadable(exchange, error.to_string())),
        }
    }

    fn remember(&mut self, fetch: u64, now: Told) {
        if self.told.insert(fetch, now).is_some() {
            return;
        }
        self.order.push_back(fetch);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.told.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::Stage;

    /// A request's end, as a browser tells it that stopped the request before it went out.
    fn stopped(request: u64) -> BrowserEvent {
        BrowserEvent {
            request,
            stage: Stage::Failed,
            url: format!("https://api.test/{request}"),
            method: "GET".to_owned(),
            page_url: Some("https://app.test/".to_owned()),
            ..BrowserEvent::default()
        }
    }

    #[test]
    fn what_was_never_sent_stands_in_its_place_among_the_exchanges() {
        let store = Arc::new(Store::in_memory(1 << 20));
        let numbers = Numbers::default();
        let mut traffic = Traffic::new(None)
            .kept_in(Arc::clone(&store))
            .numbered_by(numbers.clone());
        assert_eq!(numbers.next_number(), 1); // something that the proxy carries
        traffic.browser_said(stopped(7), 1);
        let updates = traffic.tick(u64::MAX);
        let [Update::Fetch(finding)] = updates.as_slice() else {
            panic!("{updates:?}");
        };
        assert_eq!(finding.fetch.number, 2);
        let kept = &store.get(2).unwrap().exchange;
        assert_eq!(kept.request.url, "https://api.test/7");
        assert_eq!(kept.failure.as_ref().unwrap().code, "never-sent");
        assert_eq!(numbers.next_number(), 3);
    }
}
