//! What was observed so far, as fetches with their verdicts.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use corscope_diagnose::observed::{Finding, Pairing, Standing};
use corscope_fetch::{Browser, Exchange};
use corscope_wire::proxy::{Event, Message};

/// How many fetches' standings are remembered, so that nothing is told twice.
const REMEMBERED: usize = 8192;

/// Something new.
#[derive(Debug)]
pub enum Update {
    /// A fetch that CORS has a say in, judged anew.
    Fetch(Box<Finding>),
    /// An exchange that CORS has no say in.
    Aside(Arc<Exchange>),
    /// A message inside an exchange.
    Message(Message),
    /// An exchange whose page or URL means nothing, with the reason.
    Unreadable(Arc<Exchange>, String),
}

/// Puts events together and judges them.
#[derive(Debug, Default)]
pub struct Traffic {
    pairing: Pairing,
    browser: Option<Browser>,
    told: HashMap<u64, (Standing, usize)>,
    order: VecDeque<u64>,
}

impl Traffic {
    /// Nothing seen yet. `browser` is whose rules to follow; by default those of the browser that
    /// sent the request.
    pub fn new(browser: Option<Browser>) -> Self {
        Self {
            browser,
            ..Self::default()
        }
    }

    /// Takes what the proxy saw, and says what is new because of it.
    pub fn take(&mut self, event: Event) -> Vec<Update> {
        match event {
            Event::Progress(exchange) | Event::Ended(exchange) => {
                self.exchange(Arc::from(exchange)).into_iter().collect()
            }
            Event::Message(message) => vec![Update::Message(message)],
        }
    }

    /// What is still open when the capture ends: fetches whose last word was not heard.
    pub fn finish(&mut self) -> Vec<Finding> {
        let open = std::mem::take(&mut self.pairing).finish();
        open.into_iter()
            .filter(|fetch| {
                self.told
                    .get(&fetch.number)
                    .is_none_or(|(standing, _)| *standing == Standing::Unknown)
            })
            .filter_map(|fetch| Finding::of(fetch, self.browser).ok())
            .collect()
    }

    fn exchange(&mut self, exchange: Arc<Exchange>) -> Option<Update> {
        let place = self.pairing.observe(Arc::clone(&exchange));
        // Settled fetches were told when they were judged; only the open ones are kept.
        drop(self.pairing.take_settled());
        let Some(place) = place else {
            return exchange.ended.then_some(Update::Aside(exchange));
        };
        let fetch = self.pairing.fetch(place.fetch)?.clone();
        let legs = fetch.exchanges().count();
        match Finding::of(fetch, self.browser) {
            Ok(finding) => {
                let now = (finding.judged.standing, legs);
                let is_news = self.told.get(&place.fetch) != Some(&now);
                self.remember(place.fetch, now);
                (is_news || exchange.ended).then(|| Update::Fetch(Box::new(finding)))
            }
            Err(error) => Some(Update::Unreadable(exchange, error.to_string())),
        }
    }

    fn remember(&mut self, fetch: u64, now: (Standing, usize)) {
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
