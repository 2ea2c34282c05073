//! A capture: what the proxy sees while it runs, or what a HAR holds.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use corscope_capture::Store;
use corscope_diagnose::observed::{Finding, Pairing};
use corscope_fetch::Browser;
use tokio::sync::watch;

use super::table::Table;
use crate::session::{Listener, Session, Update, for_judging};

/// The capture of what the proxy sees.
pub const LIVE: &str = "live";

/// What was captured, and how it is shown.
pub struct Capture {
    /// Its identity.
    pub id: String,
    /// What people know it by.
    pub name: String,
    /// Where its exchanges are kept.
    pub store: Arc<Store>,
    /// Its rows.
    pub table: Table,
    /// Whose rules it is judged by; by default those of the browser that sent each request.
    pub browser: Option<Browser>,
    /// Bytes of the HAR that were read.
    pub read: AtomicU64,
    /// Whether nothing more comes.
    pub is_done: AtomicBool,
    problem: Mutex<Option<String>>,
    session: Mutex<Weak<Session>>,
    changes: watch::Sender<u64>,
}

impl Capture {
    /// An empty one; each change is told to `changes`.
    pub(super) fn new(
        id: String,
        name: String,
        store: Arc<Store>,
        browser: Option<Browser>,
        changes: watch::Sender<u64>,
    ) -> Self {
        Self {
            id,
            name,
            table: Table::new(Arc::clone(&store)),
            store,
            browser,
            read: AtomicU64::new(0),
            is_done: AtomicBool::new(false),
            problem: Mutex::default(),
            session: Mutex::default(),
            changes,
        }
    }

    /// Whether it is what the proxy sees.
    pub fn is_live(&self) -> bool {
        self.id == LIVE
    }

    /// Why a HAR could not be read to its end.
    pub fn problem(&self) -> Option<String> {
        let problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        problem.clone()
    }

    pub(super) fn has_problem(&self, problem: String) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
    }

    /// Notes where its exchanges come from.
    pub fn comes_from(&self, session: &Arc<Session>) {
        let mut known = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::downgrade(session);
    }

    /// How many exchanges came too fast to be looked at.
    pub fn missed(&self) -> u64 {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.upgrade().map_or(0, |session| session.missed())
    }

    /// Tells those who listen that something changed.
    pub fn tell(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Takes something new, and tells of it.
    pub fn take(&self, update: &Update) {
        self.note(update);
        self.table.let_go();
        self.tell();
    }

    fn note(&self, update: &Update) {
        match update {
            Update::Fetch(finding) => self.table.fetch(finding),
            Update::Aside(exchange) | Update::Unreadable(exchange, _) => {
                self.table.aside(exchange.id);
            }
            Update::Message(message) => self.table.touch(message.exchange),
        }
    }

    /// Forgets what is in memory, but for what is pinned or has not ended.
    pub fn clear(&self) {
        self.store.clear();
        self.table.follow_store();
        self.tell();
    }

    /// The fetch of a row, judged anew and its remedies proved; `None` where CORS has no say, or its
    /// exchanges are forgotten.
    pub fn finding(&self, number: u64) -> Option<Finding> {
        let entry = self.table.get(number)?;
        entry.standing?;
        let fetch = self.table.fetch_of(number).or_else(|| {
            // What the browser's cache held is not known any more; the rest is.
            let mut pairing = Pairing::new();
            for leg in &entry.legs {
                let row = self.store.get(*leg)?;
                pairing.observe(for_judging(&row.exchange));
            }
            pairing.finish().into_iter().find(|it| it.number == number)
        })?;
        let mut finding = Finding::of(fetch, self.browser).ok()?;
        finding.prove();
        Some(finding)
    }

    pub(super) fn is_done(&self) {
        self.is_done.store(true, Ordering::Relaxed);
        self.tell();
    }
}

/// A capture as a session's listener. In a burst it tells of many changes at once: each wakes those who
/// look.
pub struct Captured {
    capture: Arc<Capture>,
    untold: usize,
}

/// So many changes are told of at once at most.
const MOST_UNTOLD: usize = 64;

impl Captured {
    /// Takes what a session finds into `capture`.
    pub fn new(capture: Arc<Capture>) -> Self {
        Self { capture, untold: 0 }
    }
}

impl Listener for Captured {
    fn update(&mut self, update: &Update) {
        self.capture.note(update);
        self.untold += 1;
        if self.untold == MOST_UNTOLD {
            self.rest();
        }
    }

    fn rest(&mut self) {
        if self.untold > 0 {
            self.untold = 0;
            self.capture.table.let_go();
            self.capture.tell();
        }
    }
}
