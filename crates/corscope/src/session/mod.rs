//! A session of observing: what the proxy sees is put together, judged, kept, and told on.
//!
//! The proxy must never wait for us, so its events pass a bounded queue to a thread of our own. What
//! does not fit is not looked at, and counted: a debugger that is too slow must say so.

pub mod export;
mod keep;
mod make_it_pass;
mod traffic;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use corscope_wire::proxy::{Event, Observer};

pub use make_it_pass::rewrites;
pub use traffic::{Traffic, Update};

/// How many events may wait to be judged.
const QUEUE: usize = 16 * 1024;

/// Whoever wants to know what a session finds.
pub trait Listener: Send {
    /// Called for each update, in order, from the session's thread.
    fn update(&mut self, update: &Update);
}

/// The proxy's end of a session.
#[derive(Debug)]
pub struct Session {
    /// `None` once the session was told to end.
    events: Mutex<Option<SyncSender<Event>>>,
    missed: AtomicU64,
}

impl Session {
    /// Starts a session that tells `listener`. The thread ends, and gives back the traffic, after
    /// [`Session::end`].
    ///
    /// # Errors
    /// When the system has no thread for us.
    pub fn start(
        mut traffic: Traffic,
        mut listener: Box<dyn Listener>,
    ) -> std::io::Result<(Arc<Self>, JoinHandle<Traffic>)> {
        let (sender, receiver): (_, Receiver<Event>) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("session".to_owned())
            .spawn(move || {
                while let Ok(event) = receiver.recv() {
                    if let Some(update) = traffic.take(event) {
                        listener.update(&update);
                    }
                }
                traffic
            })?;
        let session = Self {
            events: Mutex::new(Some(sender)),
            missed: AtomicU64::new(0),
        };
        Ok((Arc::new(session), thread))
    }

    /// Ends the session: what is queued is still looked at, then the thread ends.
    pub fn end(&self) {
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// How many events did not fit into the queue and were not looked at.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}

impl Observer for Session {
    fn observe(&self, event: Event) {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = events.as_ref() else {
            return;
        };
        if let Err(TrySendError::Full(_)) = sender.try_send(event) {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}
