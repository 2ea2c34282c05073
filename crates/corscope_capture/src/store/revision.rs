//! How others learn that something has changed, without an async runtime.

use std::sync::{Condvar, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

type Listener = Box<dyn Fn(u64) + Send + Sync>;

/// A number that rises with each change.
#[derive(Default)]
pub(super) struct Revision {
    state: Mutex<State>,
    risen: Condvar,
    listeners: RwLock<Vec<Listener>>,
}

#[derive(Default)]
struct State {
    number: u64,
    /// How many threads wait. Mostly none does, and waking nobody would be a system call, too.
    waiting: usize,
}

impl Revision {
    pub(super) fn rise_to(&self, number: u64) {
        let is_awaited = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.number = number.max(state.number);
            state.waiting > 0
        };
        if is_awaited {
            self.risen.notify_all();
        }
        let listeners = self
            .listeners
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        for listener in listeners.iter() {
            listener(number);
        }
    }

    pub(super) fn listen(&self, listener: Listener) {
        let mut listeners = self
            .listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.push(listener);
    }

    pub(super) fn wait_beyond(&self, number: u64, patience: Duration) -> u64 {
        let until = Instant::now() + patience;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting += 1;
        while state.number <= number {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self
                .risen
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        state.waiting -= 1;
        state.number
    }
}
