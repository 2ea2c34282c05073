//! Putting exchanges together that are one fetch of the browser.

use std::collections::VecDeque;
use std::sync::Arc;

use corscope_fetch::AddressSpace;
use corscope_fetch::exchange::Exchange;
use corscope_fetch::local_network_access::address_space;
use foldhash::HashMap;

mod signs;

use super::fetch::{Hop, ObservedFetch, PreflightSeen};
use super::judge::{Standing, judge, user_agent_of};
use super::recent::Recent;
use super::relevance::{Relevance, relevance};
pub(super) use signs::redirect_target;
use signs::{
    REDIRECT_WINDOW, follows, header, is_asked_for, plain, precedes, preflighted, url_origin,
    within,
};

/// How many fetches are kept in case more of their exchanges come.
const OPEN_FETCHES: usize = 2048;

/// How many redirects browsers follow.
const MOST_REDIRECTS: usize = 20;

/// Where an exchange was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the fetch.
    pub fetch: u64,
    /// Whether the fetch began with it.
    pub is_new: bool,
}

/// What an open fetch waits for, filed under the URL at which it must come.
#[derive(Clone, Copy, Debug)]
struct Awaited {
    fetch: u64,
    /// The index of the hop.
    hop: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// The request that a preflight asked for.
    Actual,
    /// A preflight that is listed after its request, as HARs do.
    Preflight,
    /// What a redirect leads to.
    Redirected,
}

/// What is awaited at one URL, by [`What`]: a page that asks for the same thing again and again has
/// thousands of requests there of which none awaits the next one.
type AwaitedAt = [VecDeque<Awaited>; 3];

/// Puts exchanges together, one by one, in bounded memory.
#[derive(Debug, Default)]
pub struct Pairing {
    open: HashMap<u64, Arc<ObservedFetch>>,
    order: VecDeque<u64>,
    awaited: HashMap<String, AwaitedAt>,
    fetch_of: HashMap<u64, u64>,
    /// Successful preflights, newest last, for what the CORS-preflight cache may hold.
    preflights: Recent<(String, String), Arc<Exchange>>,
    /// Redirects of exchanges that were none of CORS' business until they led away.
    redirects: Recent<String, Vec<Arc<Exchange>>>,
    /// The address space each origin was loaded from.
    spaces: Recent<String, AddressSpace>,
    settled: Vec<Arc<ObservedFetch>>,
}

impl Pairing {
    /// Nothing observed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an exchange, or a later state of one. `None` when CORS has no say in it (so far: a
    /// redirect may yet lead to where it has).
    pub fn observe(&mut self, exchange: Arc<Exchange>) -> Option<Place> {
        self.note_space(&exchange);
        if let Some(number) = self.fetch_of.get(&exchange.id).copied() {
            self.replace(number, &exchange);
            return Some(Place {
                fetch: number,
                is_new: false,
            });
        }
        match relevance(&exchange) {
            Relevance::Aside => {
                if let Some(target) = redirect_target(&exchange) {
                    let mut chain = self.led_here(&exchange);
                    if chain.len() < MOST_REDIRECTS {
                        chain.push(exchange);
                        self.redirects.put(target, chain);
                    }
                }
                None
            }
            Relevance::Preflight { origin } => Some(self.preflight(exchange, origin)),
            Relevance::Request { origin } => Some(self.request(exchange, origin)),
        }
    }

    /// A fetch to which more may yet come.
    pub fn fetch(&self, number: u64) -> Option<&Arc<ObservedFetch>> {
        self.open.get(&number)
    }

    /// An exchange of a fetch to which more may yet come.
    pub fn exchange(&self, id: u64) -> Option<&Arc<Exchange>> {
        let fetch = self.open.get(self.fetch_of.get(&id)?)?;
        fetch.exchanges().find(|exchange| exchange.id == id)
    }

    /// Fetches to which nothing more will come, in the order in which they began.
    pub fn take_settled(&mut self) -> Vec<Arc<ObservedFetch>> {
        std::mem::take(&mut self.settled)
    }

    /// Ends: all that is open is settled.
    pub fn finish(mut self) -> Vec<Arc<ObservedFetch>> {
        while let Some(number) = self.order.pop_front() {
            self.settle(number);
        }
        self.settled
    }

    fn preflight(&mut self, exchange: Arc<Exchange>, origin: String) -> Place {
        let asked = Arc::clone(&exchange);
        let url = asked.request.url.as_str();
        let method = header(&exchange, "Access-Control-Request-Method");
        if exchange
            .response
            .as_ref()
            .is_some_and(|response| (200..300).contains(&response.status))
        {
            let key = (origin.clone(), url.to_owned());
            self.preflights.put(key, Arc::clone(&exchange));
        }
        let late = self.take_awaited(What::Preflight, url, |it, fetch| {
            fetch.hops.get(it.hop).is_some_and(|hop| {
                hop.actual.as_ref().is_some_and(|actual| {
                    // A HAR may list a request that never went out without its Origin.
                    actual.request.method == method
                        && precedes(actual, &exchange)
                        && (fetch.page_origin == origin || header(actual, "Origin") == origin)
                })
            })
        });
        if let Some(place) = late {
            return self.set_preflight(place.fetch, place.hop, exchange);
        }
        let redirected = self.take_awaited(What::Redirected, url, |it, fetch| {
            follows(fetch, it.hop, &exchange)
        });
        if let Some(place) = redirected {
            self.await_at(url, place.fetch, place.hop, What::Actual);
            return self.push_hop(place.fetch, preflighted(exchange));
        }
        let number = exchange.id;
        let hop = preflighted(Arc::clone(&exchange));
        let led = self.begin_after_redirects(origin, &exchange, hop);
        self.await_at(url, number, led, What::Actual);
        Place {
            fetch: number,
            is_new: true,
        }
    }

    fn request(&mut self, exchange: Arc<Exchange>, origin: String) -> Place {
        let sent = Arc::clone(&exchange);
        let url = sent.request.url.as_str();
        let asked = self.take_awaited(What::Actual, url, |it, fetch| {
            // A HAR may list the request that a refused preflight kept from being sent.
            is_asked_for(fetch, it.hop, &exchange)
                && (never_went_out(&exchange) || !is_refused(fetch))
        });
        if let Some(place) = asked {
            self.await_redirect(&exchange, place.fetch, place.hop);
            return self.set_actual(place.fetch, place.hop, exchange);
        }
        let redirected = self.take_awaited(What::Redirected, url, |it, fetch| {
            follows(fetch, it.hop, &exchange)
        });
        if let Some(place) = redirected {
            self.await_redirect(&exchange, place.fetch, place.hop);
            return self.push_hop(place.fetch, plain(exchange));
        }
        let number = exchange.id;
        let asked = (!self.preflights.values.is_empty()).then(|| (origin.clone(), url.to_owned()));
        let cached = asked.and_then(|asked| self.preflights.values.get(&asked));
        let preflight = match cached {
            Some(preflight) => PreflightSeen::Cached(Arc::clone(preflight)),
            None => PreflightSeen::None,
        };
        let hop = Hop {
            preflight,
            actual: Some(Arc::clone(&exchange)),
        };
        let led = self.begin_after_redirects(origin, &exchange, hop);
        if led == 0 {
            self.await_at(url, number, 0, What::Preflight);
        }
        self.await_redirect(&exchange, number, led);
        Place {
            fetch: number,
            is_new: true,
        }
    }

    /// The redirects by which the page's own server sent an exchange here; mostly none.
    fn led_here(&self, exchange: &Exchange) -> Vec<Arc<Exchange>> {
        let Some(chain) = self.redirects.values.get(&exchange.request.url) else {
            return Vec::new();
        };
        let is_one_clients = |last: &Arc<Exchange>| {
            (exchange.connection.client == last.connection.client
                || url_origin(&last.request.url) == header(exchange, "Origin"))
                && within(last, exchange, REDIRECT_WINDOW)
        };
        if chain.last().is_some_and(is_one_clients) {
            chain.clone()
        } else {
            Vec::new()
        }
    }

    /// Begins a fetch with `hop`, or with the redirects that led there. The answer is the hop's index.
    fn begin_after_redirects(&mut self, origin: String, exchange: &Exchange, hop: Hop) -> usize {
        let mut led = self.led_here(exchange).into_iter();
        let Some(first) = led.next() else {
            self.begin(origin, exchange, hop);
            return 0;
        };
        let page = url_origin(&first.request.url).into_owned();
        self.begin(page, exchange, plain(first));
        let mut index = 1;
        for redirect in led {
            self.push_hop(exchange.id, plain(redirect));
            index += 1;
        }
        self.push_hop(exchange.id, hop);
        index
    }

    fn begin(&mut self, page_origin: String, exchange: &Exchange, hop: Hop) {
        let number = exchange.id;
        let page_url = exchange
            .hints
            .page_url
            .clone()
            .or_else(|| Some(header(exchange, "Referer")))
            .filter(|url| url_origin(url) == page_origin);
        let fetch = ObservedFetch {
            number,
            hops: vec![hop],
            page_space: self.spaces.values.get(&page_origin).copied(),
            page_origin,
            page_url,
        };
        self.fetch_of.insert(number, number);
        self.open.insert(number, Arc::new(fetch));
        self.order.push_back(number);
        if self.order.len() > OPEN_FETCHES
            && let Some(oldest) = self.order.pop_front()
        {
            self.settle(oldest);
        }
    }

    fn settle(&mut self, number: u64) {
        let Some(fetch) = self.open.remove(&number) else {
            return;
        };
        for exchange in fetch.exchanges() {
            self.fetch_of.remove(&exchange.id);
            self.forget_settled(&exchange.request.url);
            if let Some(target) = redirect_target(exchange) {
                self.forget_settled(&target);
            }
        }
        self.settled.push(fetch);
    }

    /// Lets go what settled fetches awaited at `url`. One that stands behind an open fetch goes once
    /// that is settled; until then nothing fits it.
    fn forget_settled(&mut self, url: &str) {
        let Some(lists) = self.awaited.get_mut(url) else {
            return;
        };
        for list in &mut *lists {
            while let Some(first) = list.front()
                && !self.open.contains_key(&first.fetch)
            {
                list.pop_front();
            }
        }
        if lists.iter().all(VecDeque::is_empty) {
            self.awaited.remove(url);
        }
    }

    fn set_preflight(&mut self, number: u64, hop: usize, exchange: Arc<Exchange>) -> Place {
        self.fetch_of.insert(exchange.id, number);
        if let Some(hop) = self
            .open
            .get_mut(&number)
            .and_then(|fetch| Arc::make_mut(fetch).hops.get_mut(hop))
        {
            hop.preflight = PreflightSeen::Exchange(exchange);
        }
        Place {
            fetch: number,
            is_new: false,
        }
    }

    fn set_actual(&mut self, number: u64, hop: usize, exchange: Arc<Exchange>) -> Place {
        self.fetch_of.insert(exchange.id, number);
        if let Some(hop) = self
            .open
            .get_mut(&number)
            .and_then(|fetch| Arc::make_mut(fetch).hops.get_mut(hop))
        {
            hop.actual = Some(exchange);
        }
        Place {
            fetch: number,
            is_new: false,
        }
    }

    fn push_hop(&mut self, number: u64, hop: Hop) -> Place {
        if let Some(lead) = hop.lead() {
            self.fetch_of.insert(lead.id, number);
        }
        if let Some(fetch) = self.open.get_mut(&number) {
            Arc::make_mut(fetch).hops.push(hop);
        }
        Place {
            fetch: number,
            is_new: false,
        }
    }

    fn replace(&mut self, number: u64, exchange: &Arc<Exchange>) {
        let Some(fetch) = self.open.get_mut(&number) else {
            return;
        };
        let mut redirect = None;
        for (index, hop) in Arc::make_mut(fetch).hops.iter_mut().enumerate() {
            if let Some(actual) = &mut hop.actual
                && actual.id == exchange.id
            {
                // A head that has come since may be a redirect.
                redirect = actual.response.is_none().then_some(index);
                *actual = Arc::clone(exchange);
            }
            if let PreflightSeen::Exchange(preflight) = &mut hop.preflight
                && preflight.id == exchange.id
            {
                *preflight = Arc::clone(exchange);
            }
        }
        if let Some(hop) = redirect {
            self.await_redirect(exchange, number, hop);
        }
    }

    fn await_redirect(&mut self, exchange: &Exchange, number: u64, hop: usize) {
        if let Some(target) = redirect_target(exchange) {
            self.await_at(&target, number, hop + 1, What::Redirected);
        }
    }

    fn await_at(&mut self, url: &str, fetch: u64, hop: usize, what: What) {
        let awaited = Awaited { fetch, hop };
        match self.awaited.get_mut(url) {
            Some(lists) => lists[what as usize].push_back(awaited),
            None => {
                let mut lists = AwaitedAt::default();
                lists[what as usize].push_back(awaited);
                self.awaited.insert(url.to_owned(), lists);
            }
        }
    }

    /// Takes the oldest of what is awaited at `url` that `fits`: requests go out in the order of
    /// their preflights.
    fn take_awaited(
        &mut self,
        what: What,
        url: &str,
        fits: impl Fn(&Awaited, &ObservedFetch) -> bool,
    ) -> Option<Awaited> {
        let lists = self.awaited.get_mut(url)?;
        let list = &mut lists[what as usize];
        let index = list.iter().position(|it| {
            self.open
                .get(&it.fetch)
                .is_some_and(|fetch| fits(it, fetch))
        })?;
        let taken = list.remove(index);
        if lists.iter().all(VecDeque::is_empty) {
            self.awaited.remove(url);
        }
        taken
    }

    fn note_space(&mut self, exchange: &Exchange) {
        let Some(address) = exchange.connection.remote_addr else {
            return;
        };
        if exchange.connection.upstream_proxy.is_some() {
            return;
        }
        let is_document = exchange
            .request
            .header_list
            .get("Sec-Fetch-Dest")
            .is_none_or(|destination| &*destination == b"document");
        if is_document {
            let origin = url_origin(&exchange.request.url);
            let space = address_space(address.ip());
            // Mostly it is known already.
            if self.spaces.values.get(&*origin) != Some(&space) {
                self.spaces.put(origin.into_owned(), space);
            }
        }
    }
}

/// Whether it is known that nothing of it was on a wire.
fn never_went_out(exchange: &Exchange) -> bool {
    exchange.ended && exchange.response.is_none() && exchange.connection.remote_addr.is_none()
}

/// Whether the browser took the preflight that a fetch ends with for a refusal, so that nothing
/// follows it.
fn is_refused(fetch: &ObservedFetch) -> bool {
    fetch.is_never_sent()
        && judge(fetch, user_agent_of(fetch)).is_ok_and(|it| it.standing == Standing::Blocked)
}

#[cfg(test)]
mod tests;
