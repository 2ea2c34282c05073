//! A session of observing: what the proxy sees is put together, judged, kept, and told on.
//!
//! The proxy must never wait for us, so its events pass a bounded queue to a thread of our own. What
//! does not fit is not looked at, and counted: a debugger that is too slow must say so.

pub mod cors_check;
pub mod export;
mod keep;
mod make_it_pass;
mod steering;
mod traffic;
mod words;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use corscope_wire::proxy::{Event, Observer};

use crate::browser::BrowserEvent;

pub use make_it_pass::rewrites;
pub use steering::{CannotPass, MadeRewrite, Passed, Steering};
pub(crate) use traffic::for_judging;
pub use traffic::{Traffic, Update};

/// How many events may wait to be judged.
const QUEUE: usize = 16 * 1024;

/// How often it is looked whether a browser's words have stayed without an exchange.
const TICK: Duration = Duration::from_millis(250);

/// What a session looks at.
enum Seen {
    /// Something on the wire.
    Wire(Event),
    /// Something that the browser says.
    Browser(Box<BrowserEvent>),
}

/// Whoever wants to know what a session finds.
pub trait Listener: Send {
    /// Called for each update, in order, from the session's thread.
    fn update(&mut self, update: &Update);
}

impl Listener for Vec<Box<dyn Listener>> {
    fn update(&mut self, update: &Update) {
        for listener in self {
            listener.update(update);
        }
    }
}

/// The proxy's end of a session.
#[derive(Debug)]
pub struct Session {
    /// `None` once the session was told to end.
    events: Mutex<Option<SyncSender<Seen>>>,
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
        let (sender, receiver) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("session".to_owned())
            .spawn(move || {
                watch(&receiver, &mut traffic, listener.as_mut());
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

impl Session {
    /// Takes what the browser says of a request.
    pub fn browser_said(&self, event: BrowserEvent) {
        self.see(Seen::Browser(Box::new(event)));
    }

    fn see(&self, seen: Seen) {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = events.as_ref() else {
            return;
        };
        if let Err(TrySendError::Full(_)) = sender.try_send(seen) {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Observer for Session {
    fn observe(&self, event: Event) {
        self.see(Seen::Wire(event));
    }
}

/// Looks at what is seen until nothing more can come.
fn watch(receiver: &Receiver<Seen>, traffic: &mut Traffic, listener: &mut dyn Listener) {
    loop {
        // Without a browser nothing has to be waited for, and the thread sleeps.
        let seen = if traffic.hears_a_browser() {
            receiver.recv_timeout(TICK)
        } else {
            receiver.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        let updates = match seen {
            Ok(Seen::Wire(event)) => traffic.take(event, now()),
            Ok(Seen::Browser(event)) => traffic.browser_said(*event, now()),
            Err(RecvTimeoutError::Timeout) => traffic.tick(now()),
            Err(RecvTimeoutError::Disconnected) => {
                // What the browser said last may still want an exchange.
                traffic
                    .tick(u64::MAX)
                    .iter()
                    .for_each(|it| listener.update(it));
                return;
            }
        };
        for update in &updates {
            listener.update(update);
        }
    }
}

/// Microseconds since the Unix epoch.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
    })
}
