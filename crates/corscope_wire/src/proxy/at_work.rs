//! Streams that are carried by tasks of their own: the proxy ends after the last of them was told of.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// How many are at work.
#[derive(Default)]
pub(crate) struct AtWork {
    count: AtomicUsize,
    none: Notify,
}

/// One that is at work for as long as this lives.
pub(crate) struct Working<'a>(&'a AtWork);

impl AtWork {
    pub(crate) fn begin(&self) -> Working<'_> {
        self.count.fetch_add(1, Ordering::SeqCst);
        Working(self)
    }

    /// Waits until none is.
    pub(crate) async fn ended(&self) {
        loop {
            // Made before the look, so that no end is missed.
            let none = self.none.notified();
            if self.count.load(Ordering::SeqCst) == 0 {
                return;
            }
            none.await;
        }
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.none.notify_waiters();
        }
    }
}
