//! A session of observing: what the proxy sees is put together, judged, kept, and told on.
//!
//! What the proxy sees is kept at once, on the thread that saw it. To be judged it passes a bounded
//! queue to a thread of our own. Where more comes than can be judged, whoever brings it is held up for a
//! moment each time, so that the traffic slows down to what can be judged; what does not fit in spite of
//! that is kept and not judged, and counted: a debugger that is too slow must say so.

pub mod cors_check;
pub mod export;
mod keep;
mod make_it_pass;
mod steering;
mod traffic;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use corscope_wire::proxy::{Event, Observer};

use crate::browser::BrowserEvent;
use keep::Keeper;

pub(crate) use keep::for_judging;
pub use keep::lets_pass;
pub use make_it_pass::rewrites;
pub use steering::{CannotPass, MadeRewrite, Passed, Steering};
pub use traffic::{Traffic, Update};

/// How many events may wait to be judged.
const QUEUE: usize = 4096;

/// While so many wait, each one that is added holds up who brings it.
const CROWDED: usize = QUEUE / 4 * 3;

/// For so long. Judging takes some microseconds, so that a crowd is gone after a few of these.
const HOLD_UP: Duration = Duration::from_micros(200);

/// While traffic goes on, what comes is looked at so often: to be woken for each event would cost whoever
/// brings it more than the event does.
const LINGER: Duration = Duration::from_millis(1);

/// So many events are taken off the count of those that wait at once: whoever brings more looks at it.
const TAKEN_AT_ONCE: usize = 32;

/// How often it is looked whether a browser's words have stayed without an exchange.
const TICK: Duration = Duration::from_millis(250);

/// What a session looks at.
enum Seen {
    /// Something on the wire.
    Wire(Event),
    /// Something that the browser says, and when it was heard.
    Browser(Box<BrowserEvent>, u64),
    /// The end of the session.
    End,
}

/// Whoever wants to know what a session finds.
pub trait Listener: Send {
    /// Called for each update, in order, from the session's thread.
    fn update(&mut self, update: &Update);

    /// Called once nothing more waits to be looked at, for what is better done for many updates.
    fn rest(&mut self) {}
}

impl Listener for Vec<Box<dyn Listener>> {
    fn update(&mut self, update: &Update) {
        for listener in self {
            listener.update(update);
        }
    }

    fn rest(&mut self) {
        for listener in self {
            listener.rest();
        }
    }
}

/// The proxy's end of a session.
pub struct Session {
    events: SyncSender<Seen>,
    waiting: Arc<AtomicUsize>,
    missed: AtomicU64,
    keeper: Keeper,
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
        let waiting = Arc::new(AtomicUsize::new(0));
        let keeper = traffic.keeper();
        let waits = Arc::clone(&waiting);
        let thread = std::thread::Builder::new()
            .name("session".to_owned())
            .spawn(move || {
                watch(&receiver, &waits, &mut traffic, listener.as_mut());
                traffic
            })?;
        let session = Self {
            events: sender,
            waiting,
            missed: AtomicU64::new(0),
            keeper,
        };
        Ok((Arc::new(session), thread))
    }

    /// Ends the session: what is queued is still looked at, then the thread ends.
    pub fn end(&self) {
        // Nobody is there any more if it has ended already.
        let _ = self.events.send(Seen::End);
    }

    /// How many events did not fit into the queue and were not looked at.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}

impl Session {
    /// Takes what the browser says of a request.
    pub fn browser_said(&self, event: BrowserEvent) {
        self.see(Seen::Browser(Box::new(event), now())); // of words there are few
    }

    /// Queues what was seen; says whether many things wait already.
    fn see(&self, seen: Seen) -> bool {
        // Before it can be taken, so that the count is never below nothing.
        let waiting = self.waiting.fetch_add(1, Ordering::Relaxed);
        match self.events.try_send(seen) {
            Ok(()) => waiting >= CROWDED,
            Err(TrySendError::Full(_)) => {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                self.missed.fetch_add(1, Ordering::Relaxed);
                true
            }
            // What comes after the end is nobody's.
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}

impl Observer for Session {
    fn observe(&self, event: Event) {
        if self.see(Seen::Wire(self.keeper.keep(event))) {
            std::thread::sleep(HOLD_UP);
        }
    }
}

/// Looks at what is seen until nothing more can come.
fn watch(
    receiver: &Receiver<Seen>,
    waiting: &AtomicUsize,
    traffic: &mut Traffic,
    listener: &mut dyn Listener,
) {
    let mut has_lingered = false;
    let mut updates = Vec::new();
    let mut taken = 0;
    loop {
        let seen = match receiver.try_recv() {
            Ok(seen) => Ok(seen),
            Err(_) if !has_lingered => {
                waiting.fetch_sub(std::mem::take(&mut taken), Ordering::Relaxed);
                listener.rest();
                std::thread::sleep(LINGER);
                has_lingered = true;
                continue;
            }
            // Without a browser nothing has to be waited for, and the thread sleeps.
            Err(_) if !traffic.hears_a_browser() => {
                receiver.recv().map_err(|_| RecvTimeoutError::Disconnected)
            }
            Err(_) => receiver.recv_timeout(TICK),
        };
        has_lingered = false;
        taken += usize::from(matches!(seen, Ok(Seen::Wire(_) | Seen::Browser(..))));
        if taken == TAKEN_AT_ONCE {
            waiting.fetch_sub(std::mem::take(&mut taken), Ordering::Relaxed);
        }
        match seen {
            Ok(Seen::Wire(event)) => traffic.take_kept(event, now(), &mut updates),
            Ok(Seen::Browser(event, heard)) => updates.extend(traffic.browser_said(*event, heard)),
            Err(RecvTimeoutError::Timeout) => updates.extend(traffic.tick(now())),
            Ok(Seen::End) | Err(RecvTimeoutError::Disconnected) => {
                waiting.fetch_sub(taken, Ordering::Relaxed);
                // What the browser said last may still want an exchange.
                traffic
                    .tick(u64::MAX)
                    .iter()
                    .for_each(|it| listener.update(it));
                return;
            }
        }
        for update in updates.drain(..) {
            listener.update(&update);
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

#[cfg(test)]
mod tests {
    use super::*;
    use corscope_fetch::Exchange;

    /// Counts what it is told of.
    struct Counter(Arc<AtomicU64>);

    impl Listener for Counter {
        fn update(&mut self, _: &Update) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn whoever_brings_more_than_can_be_judged_is_held_up_and_nothing_is_missed() {
        let told = Arc::new(AtomicU64::new(0));
        let listener = Box::new(Counter(Arc::clone(&told)));
        let (session, thread) = Session::start(Traffic::new(None), listener).unwrap();
        let all = 3 * QUEUE as u64;
        for id in 1..=all {
            let mut exchange = Exchange {
                id,
                ended: true,
                ..Exchange::default()
            };
            exchange.request.method = "GET".to_owned();
            exchange.request.url = format!("https://api.test/{id}");
            exchange
                .request
                .header_list
                .push("Origin", "https://app.test");
            session.observe(Event::Ended(Arc::new(exchange)));
        }
        session.end();
        thread.join().unwrap();
        assert_eq!(session.missed(), 0);
        assert_eq!(told.load(Ordering::Relaxed), all);
        assert_eq!(session.waiting.load(Ordering::Relaxed), 0);
    }
}
