//! A capture file: SQLite with a write-ahead log.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::{StoreError, StoreFault};

/// Says in the file's header whose it is: `cors`.
const APPLICATION: i64 = 0x636f_7273;

/// The schema's changes, in order; the number of those done stands in `user_version`.
const SCHEMA: [&str; 1] = [include_str!("../../schema/001_exchanges.sql")];

/// How long to wait for somebody who reads the file with another tool.
const PATIENCE: Duration = Duration::from_secs(5);

/// A capture file that is ours alone to write.
pub(super) struct CaptureFile {
    pub(super) path: PathBuf,
    pub(super) connection: Connection,
    /// Held, so that no second corscope gives out the same numbers.
    _lock: File,
    lock_path: PathBuf,
}

impl CaptureFile {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut lock_path = path.as_os_str().to_owned();
        lock_path.push("-lock");
        let lock_path = PathBuf::from(lock_path);
        // The capture holds cookies and tokens: nobody else may read it.
        private(path).map_err(|error| StoreError::io(path, error))?;
        let lock = private(&lock_path).map_err(|error| StoreError::io(path, error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::new(path, StoreFault::InUse));
            }
            Err(TryLockError::Error(error)) => return Err(StoreError::io(path, error)),
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = prepare(path, flags)?;
        Ok(Self {
            path: path.to_owned(),
            connection,
            _lock: lock,
            lock_path,
        })
    }

    /// Another connection, to read while this one writes.
    pub(super) fn reader(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(&self.path, flags)?;
            connection.busy_timeout(PATIENCE)?;
            Ok(connection)
        };
        open().map_err(|error| StoreError::of(&self.path, error))
    }
}

impl Drop for CaptureFile {
    fn drop(&mut self) {
        // Left behind after a kill it does no harm: the lock itself is gone then.
        let _ = std::fs::remove_file(&self.lock_path);
    }
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What a file says of itself.
struct Described {
    tables: i64,
    version: i64,
    /// The changes that its schema lacks.
    missing: &'static [&'static str],
}

fn connect(path: &Path, flags: OpenFlags) -> Result<(Connection, Described), StoreError> {
    let wrong = |error| StoreError::of(path, error);
    let connection = Connection::open_with_flags(path, flags).map_err(wrong)?;
    connection.busy_timeout(PATIENCE).map_err(wrong)?;
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(wrong)
    };
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let application = number("PRAGMA application_id")?;
    if application != APPLICATION && (tables > 0 || application != 0) {
        return Err(StoreError::new(path, StoreFault::NotOurs));
    }
    let version = number("PRAGMA user_version")?;
    let known = SCHEMA.len() as i64;
    let Some(missing) = usize::try_from(version)
        .ok()
        .and_then(|it| SCHEMA.get(it..))
    else {
        let found = version;
        return Err(StoreError::new(path, StoreFault::Newer { found, known }));
    };
    let described = Described {
        tables,
        version,
        missing,
    };
    Ok((connection, described))
}

/// A connection to an existing capture that writes nothing.
pub(super) fn look(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let (connection, described) = connect(path, flags)?;
    if described.missing.is_empty() {
        Ok(connection)
    } else {
        // An older schema has to be brought up to date first, which is for whoever saves to it.
        let words = "it was written by an older corscope: save to it once more".to_owned();
        Err(StoreError::new(path, StoreFault::Corrupt(words)))
    }
}

fn prepare(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let wrong = |error| StoreError::of(path, error);
    let (mut connection, described) = connect(path, flags)?;
    let Described {
        tables,
        version,
        missing,
    } = described;
    if tables == 0 {
        let pragmas =
            format!("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA application_id={APPLICATION}");
        connection.execute_batch(&pragmas).map_err(wrong)?;
    }
    let pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;
        PRAGMA journal_size_limit=67108864";
    connection.execute_batch(pragmas).map_err(wrong)?;
    for (place, sql) in missing.iter().enumerate() {
        let change = connection.transaction().map_err(wrong)?;
        change.execute_batch(sql).map_err(wrong)?;
        let version = version + place as i64 + 1;
        change
            .pragma_update(None, "user_version", version)
            .map_err(wrong)?;
        change.commit().map_err(wrong)?;
    }
    Ok(connection)
}
