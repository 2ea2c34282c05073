use std::path::{Path, PathBuf};
use std::{error, fmt, io};

use rusqlite::ErrorCode;

/// Why a capture file cannot be opened, read or written.
#[derive(Debug)]
pub struct StoreError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub fault: StoreFault,
}

/// What can be wrong with a capture file.
#[derive(Debug)]
pub enum StoreFault {
    /// It is no SQLite file.
    NotADatabase,
    /// It is an SQLite file of another program.
    NotOurs,
    /// It is damaged; in SQLite's words, or ours.
    Corrupt(String),
    /// A newer corscope wrote it.
    Newer {
        /// The schema's version in the file.
        found: i64,
        /// The newest one that this corscope knows.
        known: i64,
    },
    /// Another corscope has it open.
    InUse,
    /// The disk, or the quota, is full.
    DiskFull,
    /// It must not be written.
    ReadOnly,
    /// The disk, the folder or the permissions are at fault.
    Io(io::Error),
    /// SQLite refuses, for another reason.
    Sqlite(rusqlite::Error),
}

impl StoreError {
    pub(super) fn new(path: &Path, fault: StoreFault) -> Self {
        let path = path.to_owned();
        Self { path, fault }
    }

    pub(super) fn of(path: &Path, error: rusqlite::Error) -> Self {
        let fault = match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => StoreFault::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => StoreFault::Corrupt(error.to_string()),
            Some(ErrorCode::DiskFull) => StoreFault::DiskFull,
            Some(ErrorCode::ReadOnly) => StoreFault::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreFault::InUse,
            _ => StoreFault::Sqlite(error),
        };
        Self::new(path, fault)
    }

    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        Self::new(
            path,
            match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreFault::DiskFull,
                io::ErrorKind::ReadOnlyFilesystem => StoreFault::ReadOnly,
                _ => StoreFault::Io(error),
            },
        )
    }

    /// What to do about it.
    pub fn mend(&self) -> String {
        let path = self.path.display();
        match &self.fault {
            StoreFault::NotADatabase | StoreFault::NotOurs => {
                "give another file name: corscope will not overwrite this file".into()
            }
            StoreFault::Corrupt(_) => format!(
                "save to another file; `sqlite3 {path} .recover | sqlite3 rescued.db` may rescue this one"
            ),
            StoreFault::Newer { .. } => {
                "read it with the newer corscope, or save to another file".into()
            }
            StoreFault::InUse => "end the other corscope, or save to another file".into(),
            StoreFault::DiskFull => {
                "free space, or save to another disk; until then exchanges are kept in memory only"
                    .into()
            }
            StoreFault::ReadOnly => "save to a folder that you may write to".into(),
            StoreFault::Io(_) => format!("check that the folder of {path} exists and is yours"),
            StoreFault::Sqlite(_) => "save to another file".into(),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.fault {
            StoreFault::NotADatabase => write!(out, "{path} is no capture: it is no SQLite file"),
            StoreFault::NotOurs => {
                write!(out, "{path} is no capture: another program's SQLite file")
            }
            StoreFault::Corrupt(how) => write!(out, "{path} is damaged: {how}"),
            StoreFault::Newer { found, known } => write!(
                out,
                "{path} was written by a newer corscope (schema {found}, this one knows {known})"
            ),
            StoreFault::InUse => write!(out, "{path} is in use by another corscope"),
            StoreFault::DiskFull => write!(out, "no space left for {path}"),
            StoreFault::ReadOnly => write!(out, "{path} must not be written"),
            StoreFault::Io(error) => write!(out, "{path}: {error}"),
            StoreFault::Sqlite(error) => write!(out, "{path}: {error}"),
        }
    }
}

impl error::Error for StoreError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.fault {
            StoreFault::Io(error) => Some(error),
            StoreFault::Sqlite(error) => Some(error),
            _ => None,
        }
    }
}
