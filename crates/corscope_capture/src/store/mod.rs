//! Where exchanges are kept: a ring in memory, and a file if one is named.

mod codec;
mod columns;
mod error;
mod facts;
mod file;
mod ring;
mod saved;
mod writer;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use corscope_fetch::Exchange;
use rusqlite::{Connection, OptionalExtension};

pub use error::{StoreError, StoreFault};
pub use saved::SavedCapture;
pub use writer::{Retention, Saving};

use crate::message::Message;
use crate::query::Query;
use crate::row::{Judged, Row};
use file::CaptureFile;
use ring::Ring;
use writer::Writer;

/// What memory holds if nothing else is said: 256 MiB.
pub const BUDGET: usize = 256 << 20;

/// Of a file that is opened again so many rows are brought back into memory at most.
const BROUGHT_BACK: usize = 10_000;

/// Keeps exchanges; shared by all who observe and all who look.
///
/// Each call takes a lock for a moment, also from async code. Only when a file is named, and its
/// disk cannot follow for 16,000 exchanges, a change waits for up to two seconds.
pub struct Store {
    ring: Mutex<Ring>,
    saved: Option<Saved>,
}

struct Saved {
    path: PathBuf,
    /// Stands before the writer, to be closed before it: whoever is last folds the log into the
    /// file, and must be allowed to write.
    reader: Mutex<Connection>,
    writer: Writer,
}

/// What a store holds.
#[derive(Clone, Debug, Default)]
pub struct StoreStats {
    /// How many rows are in memory.
    pub rows: usize,
    /// How many bytes they take, nearly.
    pub bytes: usize,
    /// How many had to go from memory.
    pub evicted: u64,
    /// How the saving goes, if a file is named.
    pub saving: Option<Saving>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// A store that forgets what does not fit into `budget` bytes.
    pub fn in_memory(budget: usize) -> Self {
        Self {
            ring: Mutex::new(Ring::new(budget, 0)),
            saved: None,
        }
    }

    /// A store that also writes everything to `path`. An older capture there is continued: its
    /// newest exchanges are in memory again.
    pub fn saving(path: &Path, budget: usize, retention: Retention) -> Result<Self, StoreError> {
        let file = CaptureFile::open(path)?;
        let reader = file.reader()?;
        let wrong = |error| StoreError::of(path, error);
        let last: i64 = reader
            .query_row("SELECT coalesce(max(id), 0) FROM exchanges", [], |row| {
                row.get(0)
            })
            .map_err(wrong)?;
        let mut ring = Ring::new(budget, last as u64);
        let newest = newest(&reader, budget / 2).map_err(wrong)?;
        for mut row in newest.into_iter().rev() {
            // Whatever was open has ended with the program that observed it.
            Arc::make_mut(&mut row.exchange).ended = true;
            ring.put(row);
        }
        let writer = Writer::start(file, retention).map_err(|error| StoreError::io(path, error))?;
        Ok(Self {
            ring: Mutex::new(ring),
            saved: Some(Saved {
                path: path.to_owned(),
                reader: Mutex::new(reader),
                writer,
            }),
        })
    }

    /// The next free number, for those who must know it before there is an exchange to keep.
    pub fn reserve_id(&self) -> u64 {
        lock(&self.ring).reserve_id()
    }

    /// Keeps an exchange and gives its number: its own, or the next one if that is 0. One with the
    /// same number is replaced; what is known of it besides stays.
    pub fn put(&self, exchange: impl Into<Arc<Exchange>>) -> u64 {
        let exchange = exchange.into();
        let mut ring = lock(&self.ring);
        let id = exchange.id;
        let row = match ring.get(id) {
            Some(_) => ring.update(id, |row| row.exchange = exchange),
            None => Some(ring.put(Row::of(exchange))),
        };
        self.after(ring, row).unwrap_or(id)
    }

    /// Keeps an exchange together with its verdict's facts.
    pub fn put_judged(&self, exchange: impl Into<Arc<Exchange>>, judged: Judged) -> u64 {
        let exchange = exchange.into();
        let mut ring = lock(&self.ring);
        let id = exchange.id;
        let row = match ring.get(id) {
            Some(_) => ring.update(id, |row| {
                row.exchange = exchange;
                row.judged = judged;
            }),
            None => Some(ring.put(Row {
                judged,
                ..Row::of(exchange)
            })),
        };
        self.after(ring, row).unwrap_or(id)
    }

    /// Changes an exchange that is in memory; whether there was one.
    pub fn update(&self, id: u64, change: impl FnOnce(&mut Exchange)) -> bool {
        self.update_row(id, |row| change(Arc::make_mut(&mut row.exchange)))
    }

    /// Notes what a verdict says; whether there was such an exchange.
    pub fn judge(&self, id: u64, judged: Judged) -> bool {
        self.update_row(id, |row| row.judged = judged)
    }

    /// Keeps an exchange whatever happens, or no longer; whether there was one.
    pub fn pin(&self, id: u64, pinned: bool) -> bool {
        self.update_row(id, |row| row.pinned = pinned)
    }

    fn update_row(&self, id: u64, change: impl FnOnce(&mut Row)) -> bool {
        let mut ring = lock(&self.ring);
        let row = ring.update(id, change);
        self.after(ring, row).is_some()
    }

    /// Adds a message to an exchange; whether there was one.
    pub fn message(&self, id: u64, message: Message) -> bool {
        let message = Arc::new(message);
        let mut ring = lock(&self.ring);
        let known = ring.message(id, Arc::clone(&message));
        drop(ring);
        if known && let Some(saved) = &self.saved {
            saved.writer.message(id, message);
        }
        known
    }

    fn after(&self, ring: MutexGuard<'_, Ring>, row: Option<Arc<Row>>) -> Option<u64> {
        drop(ring);
        let row = row?;
        let id = row.exchange.id;
        if let Some(saved) = &self.saved {
            saved.writer.put(row);
        }
        Some(id)
    }

    /// Whether a row is in memory.
    pub fn contains(&self, id: u64) -> bool {
        lock(&self.ring).contains(id)
    }

    /// A row that is in memory.
    pub fn get(&self, id: u64) -> Option<Arc<Row>> {
        lock(&self.ring).get(id)
    }

    /// A row that is in memory or in the file.
    pub fn find(&self, id: u64) -> Result<Option<Arc<Row>>, StoreError> {
        if let Some(row) = self.get(id) {
            return Ok(Some(row));
        }
        self.read_saved(|reader| {
            let sql = format!("{} WHERE id = ?", columns::SELECT);
            reader
                .query_row(&sql, [id as i64], columns::read)
                .optional()
        })
        .map(|row| row.flatten().map(Arc::new))
    }

    /// The messages of an exchange that is in memory, and how many older ones were dropped.
    pub fn messages(&self, id: u64) -> Option<(Vec<Arc<Message>>, u64)> {
        lock(&self.ring).messages(id)
    }

    /// All written messages of an exchange.
    pub fn saved_messages(&self, id: u64) -> Result<Vec<Message>, StoreError> {
        self.read_saved(|reader| {
            let mut select = reader.prepare(columns::SELECT_MESSAGES)?;
            select
                .query_map([id as i64], columns::read_message)?
                .collect()
        })
        .map(Option::unwrap_or_default)
    }

    fn read_saved<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let Some(saved) = &self.saved else {
            return Ok(None);
        };
        let read = read(&lock(&saved.reader));
        read.map(Some)
            .map_err(|error| StoreError::of(&saved.path, error))
    }

    /// The rows in memory with these numbers, by rising number.
    pub fn range(&self, ids: Range<u64>) -> Vec<Arc<Row>> {
        let ring = lock(&self.ring);
        let rows = ring.from(ids.start);
        rows.take_while(|row| row.exchange.id < ids.end)
            .cloned()
            .collect()
    }

    /// The newest rows in memory that have a lower number than `before` and pass `pick`, newest
    /// first.
    pub fn newest(
        &self,
        before: u64,
        limit: usize,
        mut pick: impl FnMut(&Row) -> bool,
    ) -> Vec<Arc<Row>> {
        let rows: Vec<_> = lock(&self.ring).before(before).cloned().collect();
        let newest = rows.into_iter().rev();
        newest.filter(|row| pick(row)).take(limit).collect()
    }

    /// The newest rows in memory that pass a filter and have a lower number than `before`, newest
    /// first.
    pub fn search(&self, query: &Query, before: u64, limit: usize) -> Vec<Arc<Row>> {
        self.newest(before, limit, |row| query.matches(row))
    }

    /// The same of the file, if one is named; without what was not written yet.
    pub fn search_saved(
        &self,
        query: &Query,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Arc<Row>>, StoreError> {
        let mut sql = format!("{} WHERE id < ?", columns::SELECT);
        for condition in query.sql_conditions() {
            sql.push_str(" AND ");
            sql.push_str(&condition);
        }
        sql.push_str(" ORDER BY id DESC");
        let found = self.read_saved(|reader| {
            let before = i64::try_from(before).unwrap_or(i64::MAX);
            let mut select = reader.prepare(&sql)?;
            let mut found = select.query([before])?;
            let mut rows = Vec::new();
            while rows.len() < limit
                && let Some(row) = found.next()?
            {
                let row = columns::read(row)?;
                if query.matches(&row) {
                    rows.push(Arc::new(row));
                }
            }
            Ok(rows)
        });
        found.map(Option::unwrap_or_default)
    }

    /// What the store holds, and how the saving goes.
    pub fn stats(&self) -> StoreStats {
        let ring = lock(&self.ring);
        StoreStats {
            rows: ring.len(),
            bytes: ring.bytes(),
            evicted: ring.evicted,
            saving: self.saved.as_ref().map(|saved| saved.writer.state()),
        }
    }

    /// How many rows had to go from memory so far.
    pub fn evicted(&self) -> u64 {
        lock(&self.ring).evicted
    }

    /// Forgets what is in memory, but for what is pinned or has not ended. A file keeps it.
    pub fn clear(&self) {
        lock(&self.ring).clear();
    }

    /// Makes the file as full as a full disk would.
    #[doc(hidden)]
    pub fn limit_pages_for_tests(&self, pages: u32) {
        if let Some(saved) = &self.saved {
            saved.writer.limit_pages(pages);
        }
    }

    /// Waits until the file holds everything; whether it does.
    pub fn flush(&self, patience: Duration) -> bool {
        let saved = self.saved.as_ref();
        saved.is_none_or(|saved| saved.writer.flush(patience))
    }
}

fn newest(reader: &Connection, budget: usize) -> rusqlite::Result<Vec<Row>> {
    let mut select = reader.prepare(&format!("{} ORDER BY id DESC", columns::SELECT))?;
    let mut found = select.query([])?;
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        let row = columns::read(row)?;
        bytes += row.cost();
        if bytes > budget || rows.len() == BROUGHT_BACK {
            break;
        }
        rows.push(row);
    }
    Ok(rows)
}
