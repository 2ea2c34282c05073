//! Watches over one connection: bounds every wait without a timer for each, and lets long
//! exchanges be told of while they last.

use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep_until;

use super::buffer::Buffer;
use super::clock::Clock;
use super::record::Record;

/// An exchange is told of once it lasts longer than this.
const MOMENT: Duration = Duration::from_millis(100);

/// Nothing is due.
const NEVER: u64 = u64::MAX;

/// One sleep serves all waits of a connection: it is set anew only when it fires or when something
/// is due earlier, which for a busy connection is ten times a second and not at every request.
pub(crate) struct Watch {
    clock: Clock,
    pub(crate) record: Record,
    /// When the present wait is over, in the clock's milliseconds.
    due: AtomicU64,
    expired: AtomicBool,
    /// Whether the connection has been waiting for a request for a while.
    pub(crate) rested: AtomicBool,
}

impl Watch {
    pub(crate) fn new(clock: Clock, record: Record) -> Self {
        Self {
            clock,
            record,
            due: AtomicU64::new(NEVER),
            expired: AtomicBool::new(false),
            rested: AtomicBool::new(false),
        }
    }

    /// From now on, waits end after `span`.
    pub(crate) fn allow(&self, span: Duration) {
        self.allow_from(Instant::now(), span);
    }

    /// From `start` on, waits end after `span`.
    pub(crate) fn allow_from(&self, start: Instant, span: Duration) {
        let span = u64::try_from(span.as_millis()).unwrap_or(NEVER / 2);
        let due = self.clock.millis(start).saturating_add(span);
        self.due.store(due, Ordering::Relaxed);
        self.expired.store(false, Ordering::Relaxed);
        self.rested.store(false, Ordering::Relaxed);
    }

    /// From now on, waits do not end: what is awaited has bounds of its own.
    pub(crate) fn allow_any(&self) {
        self.due.store(NEVER, Ordering::Relaxed);
        self.expired.store(false, Ordering::Relaxed);
    }

    /// Whether the present wait has lasted too long.
    pub(crate) fn is_expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }

    /// Runs `work`, the whole life of a connection.
    pub(crate) async fn over<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut sleep = pin!(sleep_until((Instant::now() + MOMENT).into()));
        let mut wakes_at = self.clock.millis(Instant::now() + MOMENT);
        std::future::poll_fn(|context| {
            loop {
                if let Poll::Ready(done) = work.as_mut().poll(context) {
                    return Poll::Ready(done);
                }
                let wanted = self.next_look(wakes_at);
                if wanted < wakes_at {
                    wakes_at = wanted;
                    sleep.as_mut().reset(self.instant(wakes_at));
                }
                if sleep.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                let now = Instant::now();
                let millis = self.clock.millis(now);
                if self.due.load(Ordering::Relaxed) <= millis {
                    self.expired.store(true, Ordering::Relaxed);
                    self.due.store(NEVER, Ordering::Relaxed);
                }
                self.rested.store(true, Ordering::Relaxed);
                self.record.tell_progress(now, MOMENT);
                // Also when idle: a request may come and last.
                wakes_at = self.next_look(NEVER).max(millis + 1);
                sleep.as_mut().reset(self.instant(wakes_at));
            }
        })
        .await
    }

    /// When to look next, given that a look at `planned` is coming anyhow.
    fn next_look(&self, planned: u64) -> u64 {
        let due = self.due.load(Ordering::Relaxed);
        match self.record.untold_since() {
            // Ten times a second is enough; a finer aim would cost a timer for each request.
            Some(since) if planned > since + 2 * MOMENT.as_millis() as u64 => {
                due.min(since + MOMENT.as_millis() as u64)
            }
            _ => due.min(planned),
        }
    }

    fn instant(&self, millis: u64) -> tokio::time::Instant {
        let now = Instant::now();
        let ahead = millis.saturating_sub(self.clock.millis(now));
        // A day is as good as never.
        (now + Duration::from_millis(ahead.min(86_400_000))).into()
    }

    /// Ends a pending poll whose time is over.
    pub(crate) fn bound<T>(&self, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_pending() && self.is_expired() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        polled
    }

    /// Reads some more into `buffer`; 0 at the end.
    pub(crate) async fn fill<R: AsyncRead + Unpin>(
        &self,
        buffer: &mut Buffer,
        reader: &mut R,
    ) -> io::Result<usize> {
        std::future::poll_fn(|context| self.bound(buffer.poll_fill(reader, context))).await
    }

    /// Writes all of `bytes`, as one write where the socket takes it.
    pub(crate) async fn write_all<W: AsyncWrite + Unpin>(
        &self,
        writer: &mut W,
        mut bytes: &[u8],
    ) -> io::Result<()> {
        std::future::poll_fn(|context| self.bound(poll_write_all(writer, &mut bytes, context)))
            .await
    }
}

fn poll_write_all<W: AsyncWrite + Unpin>(
    writer: &mut W,
    bytes: &mut &[u8],
    context: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    while !bytes.is_empty() {
        let written = std::task::ready!(Pin::new(&mut *writer).poll_write(context, bytes))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        *bytes = &bytes[written..];
    }
    Pin::new(writer).poll_flush(context)
}
