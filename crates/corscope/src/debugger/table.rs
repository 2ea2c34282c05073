//! The rows of a capture, in order: one a fetch, whatever exchanges it took, and one an exchange that
//! CORS has no say in. A row is small; what it shows is looked up in the store when it is shown.

use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use corscope_capture::{Query, Store};
use corscope_diagnose::Rule;
use corscope_diagnose::observed::{Finding, ObservedFetch, PreflightSeen, Standing};
use foldhash::HashMap;

use super::groups::{Closed, GroupedWindow, grouped};
use super::view::{Matched, View};

/// The most rows; then the oldest go. A store forgets by bytes, and most often before that.
const MOST_ROWS: usize = 500_000;

/// Fetches that are kept as they were judged.
const MOST_FETCHES: usize = 2048;

/// Changes that are remembered, for views that come to know of them later.
const MOST_CHANGES: usize = 1 << 16;

/// So many rows may begin between the first and the last leg of a fetch that is looked for by a leg.
const MOST_BETWEEN: usize = 4096;

/// So many of the newest rows are looked at one by one before a row is searched for.
const NEARLY_LAST: usize = 64;

/// Views that are kept up to date.
const MOST_VIEWS: usize = 6;

/// A row.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its number: that of the exchange it began with.
    pub number: u64,
    /// Its exchanges, in the order of the legs.
    pub legs: Box<[u64]>,
    /// The origin of the page that fetched; `None` where CORS has no say.
    pub origin: Option<Arc<str>>,
    /// How it stands; `None` where CORS has no say.
    pub standing: Option<Standing>,
    /// The rule of the deciding fault.
    pub rule: Option<&'static Rule>,
    /// The earlier preflight that the browser's cache held.
    pub preflight_learnt_at: Option<u64>,
    /// What Local Network Access would refuse without the proxy.
    pub hidden_by_proxy: Option<&'static str>,
    /// Whether the request that a preflight asked for was not sent.
    pub never_sent: bool,
    /// Whether the browser's own verdict is another one.
    pub disagrees: bool,
}

impl Entry {
    /// The row of an exchange that CORS has no say in.
    pub fn aside(exchange: u64) -> Self {
        Self {
            number: exchange,
            legs: Box::new([exchange]),
            origin: None,
            standing: None,
            rule: None,
            preflight_learnt_at: None,
            hidden_by_proxy: None,
            never_sent: false,
            disagrees: false,
        }
    }

    fn of(finding: &Finding, origin: Arc<str>) -> Self {
        let first = finding.diagnostics.iter().find(|it| it.first);
        let preflight = finding.fetch.hops.first().map(|hop| &hop.preflight);
        let is_sent = matches!(preflight, Some(PreflightSeen::Exchange(_)));
        Self {
            number: finding.fetch.number,
            legs: finding.fetch.exchanges().map(|it| it.id).collect(),
            origin: Some(origin),
            standing: Some(finding.judged.standing),
            rule: first.map(|it| it.rule),
            preflight_learnt_at: finding.judged.cached_preflight.filter(|_| !is_sent),
            hidden_by_proxy: finding.judged.hidden_by_proxy,
            never_sent: finding.fetch.is_never_sent(),
            disagrees: finding.disagreement().is_some(),
        }
    }
}

/// The rows of a capture.
pub struct Table {
    store: Arc<Store>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By rising number.
    rows: VecDeque<Entry>,
    revision: u64,
    /// Which row each of the last changes was of; the last one led to `revision`.
    changes: VecDeque<u64>,
    fetches: HashMap<u64, Arc<ObservedFetch>>,
    fetch_order: VecDeque<u64>,
    /// Origins of pages, each once: many rows share one.
    origins: BTreeSet<Arc<str>>,
    /// The one used last stands last.
    views: Vec<View>,
    /// What the store had forgotten when it was last looked.
    evicted: u64,
}

/// Some rows of a view.
#[derive(Debug, Default)]
pub struct Window {
    /// The state of the table that this shows.
    pub revision: u64,
    /// How many rows there are.
    pub total: usize,
    /// How many of them pass the filter, by how they stand.
    pub matched: Matched,
    /// The rows asked for.
    pub rows: Vec<Entry>,
}

impl Table {
    /// No rows yet, of exchanges that `store` keeps.
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a fetch, or a later state of it.
    pub fn fetch(&self, finding: &Finding) {
        let mut state = self.lock();
        let entry = Entry::of(finding, state.origin(&finding.fetch.page_origin));
        state.keep(Arc::clone(&finding.fetch));
        for leg in entry.legs.iter().filter(|leg| **leg != entry.number) {
            // It was a row of its own until more was known.
            state.remove(*leg);
        }
        state.put(entry);
    }

    /// Takes an exchange that CORS has no say in, or a later state of it.
    pub fn aside(&self, exchange: u64) {
        let mut state = self.lock();
        state.put(Entry::aside(exchange));
    }

    /// Lets the oldest rows go whose exchanges the store let go.
    pub fn let_go(&self) {
        self.lock().let_go(&self.store);
    }

    /// Notes that something about a row changed which stands in the store.
    pub fn touch(&self, number: u64) {
        let mut state = self.lock();
        if state.at(number).is_ok() {
            state.changed(number);
        }
    }

    /// A number that grows with every change.
    pub fn revision(&self) -> u64 {
        self.lock().revision
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.lock().rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row.
    pub fn get(&self, number: u64) -> Option<Entry> {
        let state = self.lock();
        let at = state.at(number).ok()?;
        state.rows.get(at).cloned()
    }

    /// A fetch as it was judged last, as long as that is remembered.
    pub fn fetch_of(&self, number: u64) -> Option<Arc<ObservedFetch>> {
        self.lock().fetches.get(&number).cloned()
    }

    /// The rows at these places among those that pass a filter, the oldest first.
    pub fn window(&self, filter: &str, query: &Query, range: Range<usize>) -> Window {
        let mut state = self.lock();
        let view = state.view(filter, query, &self.store);
        let numbers = view.numbers(range);
        let matched = view.matched();
        let row = |number: &u64| state.at(*number).ok().and_then(|at| state.rows.get(at));
        Window {
            revision: state.revision,
            total: state.rows.len(),
            rows: numbers.iter().filter_map(row).cloned().collect(),
            matched,
        }
    }

    /// The lines at these places of the rows that pass a filter, under their pages' origins.
    pub fn grouped(
        &self,
        filter: &str,
        query: &Query,
        closed: &Closed,
        range: Range<usize>,
    ) -> GroupedWindow {
        let mut state = self.lock();
        let view = state.view(filter, query, &self.store);
        let numbers = view.numbers(0..usize::MAX);
        let matched = view.matched();
        let row = |number: &u64| state.at(*number).ok().and_then(|at| state.rows.get(at));
        let (places, lines) = grouped(numbers.iter().filter_map(row), closed, &range);
        GroupedWindow {
            revision: state.revision,
            total: state.rows.len(),
            matched,
            places,
            lines,
        }
    }

    /// The row that an exchange is a leg of.
    pub fn row_of(&self, exchange: u64) -> Option<u64> {
        let state = self.lock();
        // A fetch begins with its first leg, so its number is not greater.
        let end = match state.at(exchange) {
            Ok(at) => at + 1,
            Err(at) => at,
        };
        let rows = state.rows.range(..end).rev();
        let own = rows
            .take(MOST_BETWEEN)
            .find(|row| row.legs.contains(&exchange));
        own.map(|row| row.number)
    }

    /// The place of a row, or where it would be, among those that pass a filter.
    pub fn place(&self, filter: &str, query: &Query, number: u64) -> usize {
        self.lock().view(filter, query, &self.store).place(number)
    }

    /// All rows that pass a filter.
    pub fn all(&self, filter: &str, query: &Query) -> Vec<Entry> {
        self.window(filter, query, 0..usize::MAX).rows
    }

    /// Forgets the rows whose exchanges the store has forgotten.
    pub fn follow_store(&self) {
        let mut state = self.lock();
        let kept = |entry: &Entry| entry.legs.iter().any(|leg| self.store.contains(*leg));
        let (rows, gone): (VecDeque<_>, VecDeque<_>) = state.rows.drain(..).partition(kept);
        state.rows = rows;
        for entry in gone {
            state.fetches.remove(&entry.number);
            state.changed(entry.number);
        }
    }
}

impl State {
    fn at(&self, number: u64) -> Result<usize, usize> {
        // Mostly it is the next one, or nearly: exchanges end in another order than they begin.
        let newest = self.rows.iter().rev().take(NEARLY_LAST);
        for (back, row) in newest.enumerate() {
            match row.number.cmp(&number) {
                Ordering::Less => return Err(self.rows.len() - back),
                Ordering::Equal => return Ok(self.rows.len() - back - 1),
                Ordering::Greater => {}
            }
        }
        self.rows.binary_search_by_key(&number, |row| row.number)
    }

    fn put(&mut self, entry: Entry) {
        let number = entry.number;
        match self.at(number) {
            Ok(at) => self.rows[at] = entry,
            Err(at) => self.rows.insert(at, entry),
        }
        self.changed(number);
    }

    fn remove(&mut self, number: u64) {
        if let Ok(at) = self.at(number) {
            self.rows.remove(at);
            self.changed(number);
        }
    }

    fn origin(&mut self, origin: &str) -> Arc<str> {
        if let Some(known) = self.origins.get(origin) {
            return Arc::clone(known);
        }
        let origin: Arc<str> = Arc::from(origin);
        self.origins.insert(Arc::clone(&origin));
        origin
    }

    fn changed(&mut self, number: u64) {
        self.revision += 1;
        if self.changes.len() == MOST_CHANGES {
            self.changes.pop_front();
        }
        self.changes.push_back(number);
    }

    fn keep(&mut self, fetch: Arc<ObservedFetch>) {
        let number = fetch.number;
        if self.fetches.insert(number, fetch).is_some() {
            return;
        }
        self.fetch_order.push_back(number);
        if self.fetch_order.len() > MOST_FETCHES
            && let Some(oldest) = self.fetch_order.pop_front()
        {
            self.fetches.remove(&oldest);
        }
    }

    fn let_go(&mut self, store: &Store) {
        let evicted = store.evicted();
        let is_gone = |entry: &Entry| !entry.legs.iter().any(|leg| store.contains(*leg));
        let looks = evicted != self.evicted;
        self.evicted = evicted;
        while let Some(oldest) = self.rows.front()
            && (self.rows.len() > MOST_ROWS || (looks && is_gone(oldest)))
        {
            let number = oldest.number;
            self.rows.pop_front();
            self.changed(number);
        }
    }

    /// The view of a filter, up to date.
    fn view(&mut self, filter: &str, query: &Query, store: &Store) -> &View {
        let known = self.views.iter().position(|view| view.filter() == filter);
        let mut view = match known {
            Some(at) => self.views.remove(at),
            None => View::new(filter),
        };
        let missed = self.revision - view.revision();
        match usize::try_from(missed) {
            Ok(missed) if missed <= self.changes.len() && view.revision() > 0 => {
                let from = self.changes.len() - missed;
                let mut changed: Vec<u64> = self.changes.range(from..).copied().collect();
                changed.sort_unstable();
                changed.dedup();
                for number in changed {
                    let row = self.at(number).ok().and_then(|at| self.rows.get(at));
                    view.update(number, row.filter(|row| passes(row, query, store)));
                }
            }
            _ => view.build(self.rows.iter().filter(|row| passes(row, query, store))),
        }
        view.is_at(self.revision);
        if self.views.len() == MOST_VIEWS {
            self.views.remove(0);
        }
        self.views.push(view);
        &self.views[self.views.len() - 1]
    }
}

/// Whether any exchange of a row passes.
fn passes(row: &Entry, query: &Query, store: &Store) -> bool {
    query.is_empty()
        || row
            .legs
            .iter()
            .any(|leg| store.get(*leg).is_some_and(|kept| query.matches(&kept)))
}
