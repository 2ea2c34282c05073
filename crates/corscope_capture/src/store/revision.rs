//! How others learn that something has changed, without an async runtime.

use std::sync::{Condvar, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

type Listener = Box<dyn Fn(u64) + Send + Sync>;

/// A number that rises with each change.
#[derive(Default)]
pub(super) struct Revision {
    number: Mutex<u64>,
    risen: Condvar,
    listeners: RwLock<Vec<Listener>>,
}

impl Revision {
    pub(super) fn rise_to(&self, number: u64) {
        {
            let mut known = self.number.lock().unwrap_or_else(PoisonError::into_inner);
            *known = number.max(*known);
        }
        self.risen.notify_all();
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
        let mut known = self.number.lock().unwrap_or_else(PoisonError::into_inner);
        while *known <= number {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            known = self
                .risen
                .wait_timeout(known, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *known
    }
}
