//! What a running program intercepts, shared by the terminal and the web page: captures, rewrites and
//! breakpoints, and the proxy with its browsers.

mod browsers;
mod capture;
mod groups;
mod har;
mod table;
mod view;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use corscope_capture::Store;
use corscope_capture::store::BUDGET;
use corscope_fetch::Browser;
use corscope_wire::OwnListeners;
use corscope_wire::proxy::AuthorityConfig;
use corscope_wire::proxy::stages::Stages;
use tokio::sync::watch;

use crate::config::{self, NoHome};
use crate::session::Steering;

pub use browsers::OpenError;
pub use capture::{Capture, Captured, LIVE};
pub use groups::{Closed, Group, Line};
pub use har::{HarFeed, MOST_HARS};
pub use table::{Entry, Table, Window};
pub use view::Matched;

/// What is intercepted, and what is done about it.
pub struct Debugger {
    steering: Arc<Steering>,
    stages: Arc<Stages>,
    own: Arc<OwnListeners>,
    state: Mutex<State>,
    browsers: browsers::Browsers,
    next_har: AtomicU64,
    changes: watch::Sender<u64>,
    suggested: OnceLock<String>,
}

#[derive(Default)]
struct State {
    live: Option<Arc<Capture>>,
    hars: VecDeque<Arc<Capture>>,
    proxy: Option<SocketAddr>,
    authority: Option<AuthorityConfig>,
}

impl Debugger {
    /// Nothing is intercepted yet. `stages` is what a proxy takes part in exchanges with, `own` what
    /// it must never dial.
    pub fn new(steering: Arc<Steering>, stages: Arc<Stages>, own: Arc<OwnListeners>) -> Self {
        Self {
            steering,
            stages,
            own,
            state: Mutex::default(),
            browsers: browsers::Browsers::default(),
            next_har: AtomicU64::new(1),
            changes: watch::Sender::new(0),
            suggested: OnceLock::new(),
        }
    }

    /// Nothing is intercepted, and nothing in force.
    ///
    /// # Errors
    /// Never, as long as no rules file is read.
    pub fn idle() -> Result<Self, String> {
        let stages = Arc::new(Stages::default());
        let steering = Arc::new(Steering::new(Arc::clone(&stages), None)?);
        Ok(Self::new(steering, stages, Arc::new(OwnListeners::new())))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rewrites and breakpoints.
    pub fn steering(&self) -> &Arc<Steering> {
        &self.steering
    }

    /// Notes a page that is worth opening in a browser: the demo's.
    pub fn suggest(&self, page: String) {
        let _ = self.suggested.set(page); // the first stays
    }

    /// A page that is worth opening in a browser.
    pub fn suggested(&self) -> Option<&str> {
        self.suggested.get().map(String::as_str)
    }

    /// The addresses that this program listens at.
    pub fn own(&self) -> &Arc<OwnListeners> {
        &self.own
    }

    /// Grows with every change of any capture.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The capture of what the proxy sees, which is kept in `store`; by default in memory.
    pub fn live(&self, store: Option<Arc<Store>>, browser: Option<Browser>) -> Arc<Capture> {
        let mut state = self.lock();
        let live = state.live.get_or_insert_with(|| {
            let store = store.unwrap_or_else(|| Arc::new(Store::in_memory(BUDGET)));
            let changes = self.changes.clone();
            let name = "Live traffic".to_owned();
            Arc::new(Capture::new(LIVE.to_owned(), name, store, browser, changes))
        });
        Arc::clone(live)
    }

    /// Notes where the proxy listens, and whose certificates it shows.
    pub fn listens_at(&self, proxy: SocketAddr, authority: Option<AuthorityConfig>) {
        let mut state = self.lock();
        state.proxy = Some(proxy);
        state.authority = authority;
        drop(state);
        self.changes.send_modify(|count| *count += 1);
    }

    /// The authority whose certificates the proxy shows; before there is a proxy, the one that it would.
    ///
    /// # Errors
    /// When there is no home directory to look in.
    pub fn authority(&self) -> Result<AuthorityConfig, NoHome> {
        if let Some(authority) = &self.lock().authority {
            return Ok(authority.clone());
        }
        config::authority_directory().map(AuthorityConfig::new)
    }

    /// Where the proxy listens, if it does.
    pub fn proxy(&self) -> Option<SocketAddr> {
        self.lock().proxy
    }

    /// All captures, the live one first.
    pub fn captures(&self) -> Vec<Arc<Capture>> {
        let state = self.lock();
        state.live.iter().chain(&state.hars).cloned().collect()
    }

    /// A capture.
    pub fn capture(&self, id: &str) -> Option<Arc<Capture>> {
        self.captures().into_iter().find(|it| it.id == id)
    }

    /// Forgets a HAR; says whether it was there.
    pub fn remove(&self, id: &str) -> bool {
        let mut state = self.lock();
        let before = state.hars.len();
        state.hars.retain(|it| it.id != id);
        let is_gone = state.hars.len() < before;
        drop(state);
        self.changes.send_modify(|count| *count += 1);
        is_gone
    }

    /// A capture for a HAR that is to be read; the oldest HAR goes where there are too many.
    fn new_har(&self, name: String) -> Arc<Capture> {
        let number = self.next_har.fetch_add(1, Ordering::Relaxed);
        let store = Arc::new(Store::in_memory(har::HAR_BUDGET));
        let changes = self.changes.clone();
        let capture = Capture::new(format!("har-{number}"), name, store, None, changes);
        let capture = Arc::new(capture);
        let mut state = self.lock();
        if state.hars.len() == MOST_HARS {
            state.hars.pop_front();
        }
        state.hars.push_back(Arc::clone(&capture));
        capture
    }
}
