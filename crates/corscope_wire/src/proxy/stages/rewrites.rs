//! The rewrites and breakpoints of one proxy: listed, changed and switched while it runs.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::breakpoint::Breakpoint;
use super::document::{BreakpointDocument, RewriteDocument, RulesDocument};
use super::every_preflight::EveryPreflight;
use super::hold::Holds;
use super::mistake::{Mistake, Mistakes};
use super::rewrite::{Ground, Rewrite};
use super::{Stage, Stages};

/// All rewrites and breakpoints; every change is in force at once.
pub struct Rewrites {
    stages: Arc<Stages>,
    ground: Ground,
    holds: Arc<Holds>,
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

struct State {
    enabled: bool,
    every_preflight: bool,
    rewrites: Vec<(RewriteDocument, Arc<Rewrite>)>,
    breakpoints: Vec<(BreakpointDocument, Arc<Breakpoint>)>,
    last: u64,
}

/// A rewrite or breakpoint as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<D> {
    /// How it is written; its identity is never empty.
    pub document: D,
    /// How many exchanges it took.
    pub matches: u64,
    /// Why it could not do its work the last time it could not.
    pub last_miss: Option<String>,
}

/// Why a change was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RewritesError {
    /// There is none of this identity.
    NotThere,
    /// It is wrong.
    Mistakes(Vec<Mistake>),
}

impl fmt::Display for RewritesError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere => out.write_str("there is no such rewrite or breakpoint"),
            Self::Mistakes(mistakes) => {
                for (index, mistake) in mistakes.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "\n" };
                    write!(out, "{comma}{mistake}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for RewritesError {}

impl Rewrites {
    /// None yet; they will be put into `stages`, which holds nothing else.
    pub fn new(stages: Arc<Stages>, ground: Ground) -> Self {
        Self {
            stages,
            ground,
            holds: Arc::default(),
            state: Mutex::new(State {
                enabled: true,
                every_preflight: false,
                rewrites: Vec::new(),
                breakpoints: Vec::new(),
                last: 0,
            }),
            changes: watch::Sender::new(0),
        }
    }

    /// What waits at the breakpoints.
    pub fn holds(&self) -> &Arc<Holds> {
        &self.holds
    }

    /// A number that grows with every change made here.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Puts all that `document` says in place of what was there.
    ///
    /// # Errors
    /// All mistakes; nothing is changed then.
    pub fn load(&self, document: &RulesDocument) -> Result<(), Vec<Mistake>> {
        let mut state = State {
            enabled: document.enabled,
            every_preflight: document.show_every_preflight,
            rewrites: Vec::new(),
            breakpoints: Vec::new(),
            last: self.lock().last,
        };
        let mut mistakes = check_identities(document);
        for (index, rewrite) in document.rewrites.iter().enumerate() {
            let at = format!("rewrite[{index}]");
            let built = Rewrite::build(rewrite, &at, &self.ground, &mut mistakes);
            state.rewrites.push((rewrite.clone(), Arc::new(built)));
        }
        for (index, breakpoint) in document.breakpoints.iter().enumerate() {
            let at = format!("breakpoint[{index}]");
            let (ground, holds) = (&self.ground, &self.holds);
            let built = Breakpoint::build(breakpoint, &at, ground, holds, &mut mistakes);
            state
                .breakpoints
                .push((breakpoint.clone(), Arc::new(built)));
        }
        if !mistakes.found.is_empty() {
            return Err(mistakes.found);
        }
        state.name_all();
        *self.lock() = state;
        self.enforce();
        Ok(())
    }

    /// All of it, to be written to a rules file.
    pub fn document(&self) -> RulesDocument {
        let state = self.lock();
        RulesDocument {
            enabled: state.enabled,
            show_every_preflight: state.every_preflight,
            rewrites: state.rewrites.iter().map(|it| it.0.clone()).collect(),
            breakpoints: state.breakpoints.iter().map(|it| it.0.clone()).collect(),
        }
    }

    /// The rewrites, in order.
    pub fn rewrites(&self) -> Vec<Listed<RewriteDocument>> {
        let state = self.lock();
        let listed = |(document, rewrite): &(RewriteDocument, Arc<Rewrite>)| Listed {
            document: document.clone(),
            matches: rewrite.matches(),
            last_miss: rewrite.last_miss(),
        };
        state.rewrites.iter().map(listed).collect()
    }

    /// The breakpoints, in order.
    pub fn breakpoints(&self) -> Vec<Listed<BreakpointDocument>> {
        let state = self.lock();
        let listed = |(document, breakpoint): &(BreakpointDocument, Arc<Breakpoint>)| Listed {
            document: document.clone(),
            matches: breakpoint.matches(),
            last_miss: None,
        };
        state.breakpoints.iter().map(listed).collect()
    }

    /// Adds a rewrite at the end, or puts it in place of the one with its identity. Gives its
    /// identity.
    ///
    /// # Errors
    /// All its mistakes.
    pub fn put_rewrite(&self, mut document: RewriteDocument) -> Result<String, Vec<Mistake>> {
        let built = Arc::new(document.build(&self.ground)?);
        let mut state = self.lock();
        state.name(&mut document.id);
        let id = document.id.clone();
        match state.rewrites.iter().position(|it| it.0.id == id) {
            Some(index) => state.rewrites[index] = (document, built),
            None if state.has(&id) => return Err(vec![taken("rewrite", &id)]),
            None => state.rewrites.push((document, built)),
        }
        drop(state);
        self.enforce();
        Ok(id)
    }

    /// Adds a breakpoint at the end, or puts it in place of the one with its identity. Gives its
    /// identity.
    ///
    /// # Errors
    /// All its mistakes.
    pub fn put_breakpoint(&self, mut document: BreakpointDocument) -> Result<String, Vec<Mistake>> {
        let built = Arc::new(document.build(&self.ground, &self.holds)?);
        let mut state = self.lock();
        state.name(&mut document.id);
        let id = document.id.clone();
        match state.breakpoints.iter().position(|it| it.0.id == id) {
            Some(index) => state.breakpoints[index] = (document, built),
            None if state.has(&id) => return Err(vec![taken("breakpoint", &id)]),
            None => state.breakpoints.push((document, built)),
        }
        drop(state);
        self.enforce();
        Ok(id)
    }

    /// Takes one out; says whether it was there.
    pub fn remove(&self, id: &str) -> bool {
        let mut state = self.lock();
        let before = state.rewrites.len() + state.breakpoints.len();
        state.rewrites.retain(|it| it.0.id != id);
        state.breakpoints.retain(|it| it.0.id != id);
        let is_gone = state.rewrites.len() + state.breakpoints.len() < before;
        drop(state);
        self.enforce();
        is_gone
    }

    /// Moves one to a place among its kind; says whether it was there.
    pub fn place(&self, id: &str, index: usize) -> bool {
        let mut state = self.lock();
        let is_moved = move_to(&mut state.rewrites, |it| it.0.id == id, index)
            || move_to(&mut state.breakpoints, |it| it.0.id == id, index);
        drop(state);
        self.enforce();
        is_moved
    }

    /// Switches one on or off. One that rests after its last match begins anew when switched on.
    ///
    /// # Errors
    /// When there is none, or a file that it needs is gone.
    pub fn set_enabled(&self, id: &str, enabled: bool) -> Result<(), RewritesError> {
        let document = self.document();
        let rewrite = document.rewrites.into_iter().find(|it| it.id == id);
        let breakpoint = document.breakpoints.into_iter().find(|it| it.id == id);
        let put = match (rewrite, breakpoint) {
            (Some(rewrite), _) => self.put_rewrite(RewriteDocument { enabled, ..rewrite }),
            (None, Some(breakpoint)) => self.put_breakpoint(BreakpointDocument {
                enabled,
                ..breakpoint
            }),
            (None, None) => return Err(RewritesError::NotThere),
        };
        put.map(drop).map_err(RewritesError::Mistakes)
    }

    /// The switch above all others. What waits at a breakpoint goes on when it is switched off.
    pub fn set_all_enabled(&self, enabled: bool) {
        self.lock().enabled = enabled;
        self.enforce();
        if !enabled {
            self.holds.go_on_all();
        }
    }

    /// Whether the switch above all others is on.
    pub fn is_enabled(&self) -> bool {
        self.lock().enabled
    }

    /// Whether browsers are kept from remembering preflights.
    pub fn set_show_every_preflight(&self, on: bool) {
        self.lock().every_preflight = on;
        self.enforce();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what is switched on in force: the rewrites in order, then the breakpoints, which so hold
    /// what would go on.
    fn enforce(&self) {
        let state = self.lock();
        let mut list: Vec<Arc<dyn Stage>> = Vec::new();
        if state.enabled {
            let rewrites = state.rewrites.iter().filter(|it| it.0.enabled);
            list.extend(rewrites.map(|it| Arc::clone(&it.1) as Arc<dyn Stage>));
            if state.every_preflight {
                list.push(Arc::new(EveryPreflight));
            }
            let breakpoints = state.breakpoints.iter().filter(|it| it.0.enabled);
            list.extend(breakpoints.map(|it| Arc::clone(&it.1) as Arc<dyn Stage>));
        }
        self.stages.set(list);
        drop(state);
        self.changes.send_modify(|count| *count += 1);
    }
}

impl State {
    fn has(&self, id: &str) -> bool {
        self.rewrites.iter().any(|it| it.0.id == id)
            || self.breakpoints.iter().any(|it| it.0.id == id)
    }

    /// Gives an identity where there is none.
    fn name(&mut self, id: &mut String) {
        while id.is_empty() {
            self.last += 1;
            let new = format!("#{}", self.last);
            if !self.has(&new) {
                *id = new;
            }
        }
    }

    fn name_all(&mut self) {
        for index in 0..self.rewrites.len() {
            let mut id = std::mem::take(&mut self.rewrites[index].0.id);
            self.name(&mut id);
            self.rewrites[index].0.id = id;
        }
        for index in 0..self.breakpoints.len() {
            let mut id = std::mem::take(&mut self.breakpoints[index].0.id);
            self.name(&mut id);
            self.breakpoints[index].0.id = id;
        }
    }
}

/// All that is wrong with a document; with files and patterns as they are now.
pub(super) fn check(document: &RulesDocument, ground: &Ground) -> Vec<Mistake> {
    let idle = Rewrites::new(Arc::default(), ground.clone());
    idle.load(document).err().unwrap_or_default()
}

fn check_identities(document: &RulesDocument) -> Mistakes {
    let mut mistakes = Mistakes::default();
    let ids = |list: &mut dyn Iterator<Item = &String>, kind: &str| -> Vec<(String, String)> {
        list.enumerate()
            .map(|(index, id)| (format!("{kind}[{index}]"), id.clone()))
            .collect()
    };
    let mut all = ids(&mut document.rewrites.iter().map(|it| &it.id), "rewrite");
    all.extend(ids(
        &mut document.breakpoints.iter().map(|it| &it.id),
        "breakpoint",
    ));
    for (index, (at, id)) in all.iter().enumerate() {
        if !id.is_empty() && all[..index].iter().any(|(_, other)| other == id) {
            mistakes.found.push(taken(at, id));
        }
    }
    mistakes
}

fn taken(at: &str, id: &str) -> Mistake {
    let problem = format!("another one has the id {id:?}");
    Mistake::new(format!("{at}.id"), problem, "give each an id of its own")
}

fn move_to<T>(list: &mut Vec<T>, is_it: impl Fn(&T) -> bool, index: usize) -> bool {
    let Some(at) = list.iter().position(is_it) else {
        return false;
    };
    let moved = list.remove(at);
    list.insert(index.min(list.len()), moved);
    true
}
