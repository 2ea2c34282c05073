//! A capture file that is only looked at.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::columns;
use super::error::StoreError;
use super::file;
use crate::message::Message;
use crate::row::Row;

/// How every SQLite file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Reads a capture file from its beginning; another corscope may be writing it.
pub struct SavedCapture {
    path: PathBuf,
    connection: Connection,
}

impl SavedCapture {
    /// Whether the file looks like one rather than like a HAR.
    pub fn is_one(path: &Path) -> bool {
        let mut start = Vec::new();
        let read =
            File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
        read.is_ok() && start == MAGIC
    }

    /// Opens one.
    ///
    /// # Errors
    /// When it is no capture, a newer corscope's, damaged, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // SQLite's own words for this would be "unable to open".
        File::open(path).map_err(|error| StoreError::io(path, error))?;
        let connection = file::look(path)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
        })
    }

    /// The oldest rows with a higher number than `after`, by rising number.
    ///
    /// # Errors
    /// When the file is damaged or cannot be read.
    pub fn rows(&self, after: u64, limit: usize) -> Result<Vec<Row>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Row>> {
            let sql = format!("{} WHERE id > ? ORDER BY id LIMIT ?", columns::SELECT);
            let bounds = [after, limit as u64].map(|it| i64::try_from(it).unwrap_or(i64::MAX));
            let mut select = self.connection.prepare(&sql)?;
            select.query_map(bounds, columns::read)?.collect()
        };
        read().map_err(|error| StoreError::of(&self.path, error))
    }

    /// The messages of an exchange.
    ///
    /// # Errors
    /// When the file is damaged or cannot be read.
    pub fn messages(&self, id: u64) -> Result<Vec<Message>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Message>> {
            let mut select = self.connection.prepare(columns::SELECT_MESSAGES)?;
            select
                .query_map([id as i64], columns::read_message)?
                .collect()
        };
        read().map_err(|error| StoreError::of(&self.path, error))
    }
}
