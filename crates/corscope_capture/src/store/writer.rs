//! One thread writes the file, in batches. Whoever observes only puts rows into a queue.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::columns::Put;
use super::error::StoreError;
use super::file::CaptureFile;
use crate::message::Message;
use crate::row::Row;

/// A batch is written when it has so many rows and messages …
const BATCH: usize = 1000;

/// … or when its first row has waited so long: what a `kill -9` can lose.
const WAIT: Duration = Duration::from_millis(100);

/// So many rows and messages may wait; then whoever observes waits too …
const QUEUE: usize = 16 * BATCH;

/// … but not for ever: a disk that stands still must not stop the proxy.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often what is too old is looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// What a capture file may hold; what is pinned stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Retention {
    /// Exchanges older than this are deleted.
    pub max_age: Option<Duration>,
    /// When the file is larger than this, its oldest exchanges are deleted.
    pub max_bytes: Option<u64>,
}

#[derive(Default)]
struct Pending {
    /// A row that changes again before it is written is written once.
    rows: BTreeMap<u64, Arc<Row>>,
    messages: Vec<(u64, Arc<Message>)>,
    writing: bool,
    closing: bool,
    page_limit: Option<u32>,
    failed: Option<Arc<StoreError>>,
    lost: u64,
    saved: u64,
}

impl Pending {
    fn len(&self) -> usize {
        self.rows.len() + self.messages.len()
    }
}

#[derive(Default)]
struct Queue {
    pending: Mutex<Pending>,
    filled: Condvar,
    drained: Condvar,
}

/// How the saving goes.
#[derive(Clone, Debug, Default)]
pub struct Saving {
    /// How many rows were written, changes counted again.
    pub saved: u64,
    /// How many rows and messages were not: the disk was too slow, or writing had failed.
    pub lost: u64,
    /// Why nothing is written any more; exchanges are still kept in memory.
    pub failed: Option<Arc<StoreError>>,
}

pub(super) struct Writer {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(file: CaptureFile, retention: Retention) -> std::io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let shared = Arc::clone(&queue);
        let thread = thread::Builder::new()
            .name("capture-writer".into())
            .spawn(move || shared.write_all(file, retention))?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    pub(super) fn put(&self, row: Arc<Row>) {
        self.queue.add(|pending| {
            pending.rows.insert(row.exchange.id, row);
        });
    }

    pub(super) fn message(&self, exchange: u64, message: Arc<Message>) {
        self.queue
            .add(|pending| pending.messages.push((exchange, message)));
    }

    pub(super) fn state(&self) -> Saving {
        let pending = self.queue.lock();
        Saving {
            saved: pending.saved,
            lost: pending.lost,
            failed: pending.failed.clone(),
        }
    }

    pub(super) fn limit_pages(&self, pages: u32) {
        self.queue.lock().page_limit = Some(pages);
    }

    /// Waits until everything is written, or cannot be; whether it was.
    pub(super) fn flush(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let mut pending = self.queue.lock();
        while pending.failed.is_none() && (pending.len() > 0 || pending.writing) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            self.queue.filled.notify_one();
            pending = wait(&self.queue.drained, pending, left.min(WAIT));
        }
        pending.failed.is_none()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.lock().closing = true;
        self.queue.filled.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn wait<'a>(
    signal: &Condvar,
    pending: MutexGuard<'a, Pending>,
    patience: Duration,
) -> MutexGuard<'a, Pending> {
    let waited = signal.wait_timeout(pending, patience);
    waited.unwrap_or_else(PoisonError::into_inner).0
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, put: impl FnOnce(&mut Pending)) {
        let mut pending = self.lock();
        if pending.len() >= QUEUE && pending.failed.is_none() {
            let until = Instant::now() + PATIENCE;
            while pending.len() >= QUEUE && Instant::now() < until {
                pending = wait(&self.drained, pending, WAIT);
            }
            if pending.len() >= QUEUE {
                pending.lost += 1;
                return;
            }
        }
        if pending.failed.is_some() {
            pending.lost += 1;
            return;
        }
        put(&mut pending);
        let waiting = pending.len();
        drop(pending);
        if waiting == 1 || waiting == BATCH {
            self.filled.notify_one();
        }
    }

    fn write_all(&self, mut file: CaptureFile, retention: Retention) {
        let mut swept: Option<Instant> = None;
        loop {
            let (rows, messages, closing) = self.next_batch();
            let mut written = self.limit(&file);
            written = written.and_then(|()| write(&mut file, &rows, &messages));
            if written.is_ok() && swept.is_none_or(|swept| swept.elapsed() > SWEEP) {
                swept = Some(Instant::now());
                written = sweep(&file, retention);
            }
            let mut pending = self.lock();
            pending.writing = false;
            match written {
                Ok(()) => pending.saved += rows.len() as u64,
                Err(error) => {
                    pending.lost += (rows.len() + messages.len() + pending.len()) as u64;
                    pending.rows.clear();
                    pending.messages.clear();
                    pending.failed = Some(Arc::new(StoreError::of(&file.path, error)));
                }
            }
            let over = pending.failed.is_some() || (closing && pending.len() == 0);
            drop(pending);
            self.drained.notify_all();
            if over {
                return;
            }
        }
    }

    fn limit(&self, file: &CaptureFile) -> rusqlite::Result<()> {
        match self.lock().page_limit.take() {
            Some(pages) => file.connection.pragma_update(None, "max_page_count", pages),
            None => Ok(()),
        }
    }

    #[allow(clippy::type_complexity, reason = "a batch, once")]
    fn next_batch(&self) -> (BTreeMap<u64, Arc<Row>>, Vec<(u64, Arc<Message>)>, bool) {
        let mut pending = self.lock();
        while pending.len() == 0 && !pending.closing {
            pending = self
                .filled
                .wait(pending)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let until = Instant::now() + WAIT;
        while pending.len() < BATCH && !pending.closing {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            pending = wait(&self.filled, pending, left);
        }
        pending.writing = true;
        let rows = std::mem::take(&mut pending.rows);
        let messages = std::mem::take(&mut pending.messages);
        (rows, messages, pending.closing)
    }
}

fn write(
    file: &mut CaptureFile,
    rows: &BTreeMap<u64, Arc<Row>>,
    messages: &[(u64, Arc<Message>)],
) -> rusqlite::Result<()> {
    let batch = file.connection.transaction()?;
    {
        let mut put = Put::new(&batch)?;
        for row in rows.values() {
            put.row(row)?;
        }
        for (exchange, message) in messages {
            put.message(*exchange, message)?;
        }
    }
    batch.commit()
}

fn sweep(file: &CaptureFile, retention: Retention) -> rusqlite::Result<()> {
    let connection = &file.connection;
    if let Some(max_age) = retention.max_age {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let oldest = now.unwrap_or_default().saturating_sub(max_age).as_micros() as i64;
        connection.execute(
            "DELETE FROM exchanges WHERE pinned = 0 AND started < ?",
            [oldest],
        )?;
    }
    if let Some(max_bytes) = retention.max_bytes {
        shrink(file, max_bytes)?;
    }
    // Returns a row for each page that it frees.
    let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut freed = vacuum.query([])?;
    while freed.next()?.is_some() {}
    Ok(())
}

fn shrink(file: &CaptureFile, max_bytes: u64) -> rusqlite::Result<()> {
    let connection = &file.connection;
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let page = number("PRAGMA page_size")?;
    loop {
        let pages = number("PRAGMA page_count")? - number("PRAGMA freelist_count")?;
        let rows = number("SELECT count(*) FROM exchanges WHERE pinned = 0")?;
        let bytes = pages * page;
        let too_much = bytes - i64::try_from(max_bytes).unwrap_or(i64::MAX);
        if too_much <= 0 || rows == 0 {
            return Ok(());
        }
        // A little more than is needed, so that the next row does not need another sweep.
        let part = (too_much as f64 / bytes as f64 + 0.05).min(1.0);
        let go = ((rows as f64 * part).ceil() as i64).max(1);
        connection.execute(
            "DELETE FROM exchanges WHERE id IN
             (SELECT id FROM exchanges WHERE pinned = 0 ORDER BY id LIMIT ?)",
            [go],
        )?;
    }
}
