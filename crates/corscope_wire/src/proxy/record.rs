//! What is noted of the exchange that a connection carries, and told when it ends.
//!
//! With capture off nothing is built: every method returns at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use corscope_fetch::exchange::{Exchange, Failure, ObservedBody, ObservedResponse, Side};

use super::clock::{Clock, micros};
use super::config::Capture;
use super::observer::{Event, Message, MessageKind, Observer};

/// No exchange awaits being told of.
const NONE: u64 = u64::MAX;

/// The exchange in hand, if any. Its `Drop` tells an exchange that was cut off with its task.
pub(crate) struct Record {
    observer: Option<Arc<dyn Observer>>,
    capture: Capture,
    clock: Clock,
    draft: Mutex<Option<Draft>>,
    /// When the exchange began, in the clock's milliseconds, until it was told of once.
    untold: AtomicU64,
}

/// An exchange as far as it is known.
pub(crate) struct Draft {
    pub(crate) exchange: Box<Exchange>,
    started: Instant,
    sent: Option<Instant>,
    first_byte: Option<Instant>,
}

impl Draft {
    /// The request is on its way to the server; what is left is to wait.
    pub(crate) fn mark_sent(&mut self, at: Instant) {
        self.sent = Some(at);
    }

    pub(crate) fn mark_first_byte(&mut self, at: Instant) {
        self.first_byte.get_or_insert(at);
    }

    fn finish_timing(&mut self, now: Instant) {
        let timing = &mut self.exchange.timing;
        let before = [timing.blocked, timing.dns, timing.connect, timing.tls];
        let before: u64 = before.into_iter().flatten().sum();
        timing.total = Some(micros(now - self.started));
        if let Some(sent) = self.sent {
            let until_sent = micros(sent.saturating_duration_since(self.started));
            timing.send = Some(until_sent.saturating_sub(before));
            if let Some(first) = self.first_byte {
                timing.wait = Some(micros(first.saturating_duration_since(sent)));
                timing.receive = Some(micros(now.saturating_duration_since(first)));
            }
        }
    }
}

impl Record {
    pub(crate) fn new(
        observer: Option<Arc<dyn Observer>>,
        capture: Option<Capture>,
        clock: Clock,
    ) -> Self {
        Self {
            observer: observer.filter(|_| capture.is_some()),
            capture: capture.unwrap_or_default(),
            clock,
            draft: Mutex::new(None),
            untold: AtomicU64::new(NONE),
        }
    }

    /// Whether anything is noted at all.
    pub(crate) fn is_on(&self) -> bool {
        self.observer.is_some()
    }

    pub(crate) fn capture(&self) -> Capture {
        self.capture
    }

    fn lock(&self) -> MutexGuard<'_, Option<Draft>> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an exchange, which `build` describes as far as it is known.
    pub(crate) fn begin(&self, started: Instant, build: impl FnOnce() -> Box<Exchange>) {
        if !self.is_on() {
            return;
        }
        let mut exchange = build();
        exchange.started = self.clock.unix_micros(started);
        *self.lock() = Some(Draft {
            exchange,
            started,
            sent: None,
            first_byte: None,
        });
        self.untold
            .store(self.clock.millis(started), Ordering::Relaxed);
    }

    /// Notes something about the exchange in hand.
    pub(crate) fn edit(&self, change: impl FnOnce(&mut Draft)) {
        if self.is_on()
            && let Some(draft) = self.lock().as_mut()
        {
            change(draft);
        }
    }

    /// The number of the exchange in hand.
    pub(crate) fn id(&self) -> u64 {
        self.lock().as_ref().map_or(0, |draft| draft.exchange.id)
    }

    /// Keeps a copy of a piece of the request's body, as far as there is room.
    pub(crate) fn request_data(&self, piece: &[u8]) {
        let room = self.capture.body_bytes;
        self.edit(|draft| keep(&mut draft.exchange.request.body, piece, room));
    }

    /// Keeps a copy of a piece of the response's body, as far as there is room.
    pub(crate) fn response_data(&self, piece: &[u8]) {
        let room = self.capture.body_bytes;
        self.edit(|draft| {
            if let Some(response) = &mut draft.exchange.response {
                keep(&mut response.body, piece, room);
            }
        });
    }

    /// Ends the exchange in hand, if there is one, and tells of it.
    pub(crate) fn end(&self, failure: Option<Failure>) {
        let Some(observer) = &self.observer else {
            return;
        };
        let Some(mut draft) = self.lock().take() else {
            return;
        };
        self.untold.store(NONE, Ordering::Relaxed);
        draft.finish_timing(Instant::now());
        draft.exchange.ended = true;
        if failure.is_some() {
            draft.exchange.failure = failure;
        }
        observer.observe(Event::Ended(draft.exchange.into()));
    }

    /// Forgets the exchange in hand.
    pub(crate) fn discard(&self) {
        if self.is_on() {
            *self.lock() = None;
            self.untold.store(NONE, Ordering::Relaxed);
        }
    }

    /// When the exchange in hand began, unless it was told of.
    pub(crate) fn untold_since(&self) -> Option<u64> {
        let since = self.untold.load(Ordering::Relaxed);
        (since != NONE).then_some(since)
    }

    /// Tells of the exchange in hand if it has lasted `moment` and was not told of.
    pub(crate) fn tell_progress(&self, now: Instant, moment: Duration) {
        let old_enough = |since: u64| self.clock.millis(now) >= since + moment.as_millis() as u64;
        if self.untold_since().is_some_and(old_enough) {
            self.tell_now();
        }
    }

    /// Tells of the exchange in hand as it is.
    pub(crate) fn tell_now(&self) {
        let Some(observer) = &self.observer else {
            return;
        };
        self.untold.store(NONE, Ordering::Relaxed);
        let exchange = self.lock().as_ref().map(|draft| draft.exchange.clone());
        if let Some(exchange) = exchange {
            observer.observe(Event::Progress(exchange.into()));
        }
    }

    /// Tells of a redirect before the client has it: the client asks for the next URL at once, on
    /// whatever connection, and by then it must be known what led there.
    pub(crate) fn tell_redirect(&self) {
        let leads_on = |response: &ObservedResponse| {
            (300..400).contains(&response.status) && response.header_list.contains("Location")
        };
        let draft = self.lock();
        let response = draft.as_ref().and_then(|it| it.exchange.response.as_ref());
        let is_redirect = response.is_some_and(leads_on);
        drop(draft);
        if is_redirect {
            self.tell_now();
        }
    }

    /// Tells of a message inside the exchange in hand; `bytes` may be cut short of `len` already.
    pub(crate) fn tell_message(&self, from: Side, kind: MessageKind, bytes: &[u8], len: u64) {
        let Some(observer) = &self.observer else {
            return;
        };
        let kept = &bytes[..bytes.len().min(self.capture.message_bytes)];
        observer.observe(Event::Message(Message {
            exchange: self.id(),
            at: self.clock.unix_micros(Instant::now()),
            from,
            kind,
            bytes: kept.to_vec(),
            len,
        }));
    }

    /// Tells of an exchange that was over before it began, such as a failed handshake.
    pub(crate) fn tell_ended(&self, started: Instant, build: impl FnOnce() -> Box<Exchange>) {
        self.begin(started, build);
        self.end(None);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.end(Some(Failure {
            code: "stopped".into(),
            net_error: None,
            side: Side::Corscope,
            message: "corscope stopped while this exchange went on".to_owned(),
        }));
    }
}

fn keep(body: &mut ObservedBody, piece: &[u8], room: usize) {
    body.len += piece.len() as u64;
    let take = piece.len().min(room.saturating_sub(body.bytes.len()));
    body.bytes.extend_from_slice(&piece[..take]);
}
