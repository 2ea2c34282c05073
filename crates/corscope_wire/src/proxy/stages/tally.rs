//! Counting matches, and resting after as many as were wanted.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Exchanges remembered between their request and their response.
const REMEMBERED: usize = 4096;

/// How often something matched, and how often it still may.
#[derive(Debug)]
pub(super) struct Tally {
    limit: Option<u64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    matches: u64,
    /// Taken at their request; their response is taken too, whatever the limit.
    taken: VecDeque<u64>,
}

impl Tally {
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            state: Mutex::default(),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many exchanges were taken.
    pub(super) fn matches(&self) -> u64 {
        self.with(|state| state.matches)
    }

    /// Whether more may be taken.
    pub(super) fn is_open(&self) -> bool {
        self.limit
            .is_none_or(|limit| self.with(|state| state.matches < limit))
    }

    /// Takes an exchange at its request; `remember` when its response will be asked about, too.
    pub(super) fn take_request(&self, exchange: u64, remember: bool) -> bool {
        self.with(|state| {
            if self.limit.is_some_and(|limit| state.matches >= limit) {
                return false;
            }
            state.matches += 1;
            if remember {
                if state.taken.len() == REMEMBERED {
                    state.taken.pop_front();
                }
                state.taken.push_back(exchange);
            }
            true
        })
    }

    /// Takes an exchange at its response: one that was taken at its request, or, if none are taken
    /// there, a new one.
    pub(super) fn take_response(&self, exchange: u64, taken_before: bool) -> bool {
        if !taken_before {
            return self.take_request(exchange, false);
        }
        self.with(|state| {
            let found = state.taken.iter().position(|it| *it == exchange);
            found.is_some_and(|at| state.taken.remove(at).is_some())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn as_many_as_wanted_are_taken_and_their_responses_too() {
        let tally = Tally::new(Some(1));
        assert!(tally.is_open());
        assert!(tally.take_request(7, true));
        assert!(!tally.is_open());
        assert!(!tally.take_request(8, true));
        assert!(!tally.take_response(8, true));
        assert!(tally.take_response(7, true));
        assert!(!tally.take_response(7, true));
        assert_eq!(tally.matches(), 1);
    }
}
