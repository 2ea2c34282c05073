use std::{error, fmt, io};

/// Why a HAR, or one entry of it, cannot be read.
#[derive(Debug)]
pub struct HarError {
    /// What is wrong.
    pub fault: HarFault,
    /// Where it was noticed, in bytes of the text: after unpacking, and after decoding to UTF-8.
    pub offset: u64,
    /// The entry it was in, counted from 0.
    pub entry: Option<u64>,
}

/// What can be wrong with a HAR.
#[derive(Debug)]
pub enum HarFault {
    /// The file could not be read, or not be unpacked.
    Read(io::Error),
    /// There is nothing in it.
    Empty,
    /// It is not JSON; what it looks like.
    NotJson {
        /// What it looks like.
        found: String,
    },
    /// It is JSON, but not a HAR; what it looks like.
    NotHar {
        /// What it looks like.
        found: String,
    },
    /// `log` has no `entries`.
    EntriesMissing,
    /// One entry cannot be understood; the ones after it can.
    EntryMalformed {
        /// What is wrong with it.
        why: String,
    },
    /// The file ends before the HAR does.
    CutOff,
    /// It stops being JSON.
    Broken {
        /// What should have come.
        wanted: &'static str,
        /// What came.
        found: String,
    },
}

impl HarError {
    /// Whether nothing can be read after it.
    pub fn is_final(&self) -> bool {
        !matches!(self.fault, HarFault::EntryMalformed { .. })
    }

    /// What to do about it.
    pub fn mend(&self) -> &'static str {
        match &self.fault {
            HarFault::Read(_) => "check that the file is readable and unpacks",
            HarFault::Empty => {
                "export the HAR again: in the browser's network panel, \"Save all as HAR\""
            }
            HarFault::NotJson { .. } => {
                "give a HAR as the network panel's \"Save all as HAR\" writes it, plain or gzipped"
            }
            HarFault::NotHar { .. } | HarFault::EntriesMissing => {
                "give a file with `log.entries`, as the network panel's \"Save all as HAR\" writes it"
            }
            HarFault::EntryMalformed { .. } => "the entry is left out; the others are read",
            HarFault::CutOff => {
                "what stands before is read; export or download the file again for the rest"
            }
            HarFault::Broken { .. } => {
                "what stands before is read; mend the JSON there, or export the file again"
            }
        }
    }
}

impl fmt::Display for HarError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            HarFault::Read(error) => write!(out, "cannot read the HAR: {error}")?,
            HarFault::Empty => return write!(out, "the HAR is empty"),
            HarFault::NotJson { found } => {
                return write!(out, "not a HAR: it is {found}, not JSON");
            }
            HarFault::NotHar { found } => return write!(out, "not a HAR: {found}"),
            HarFault::EntriesMissing => write!(out, "the HAR's `log` has no `entries`")?,
            HarFault::EntryMalformed { why } => write!(out, "an entry is malformed: {why}")?,
            HarFault::CutOff => write!(out, "the HAR is cut off")?,
            HarFault::Broken { wanted, found } => {
                write!(out, "the HAR breaks off: wanted {wanted}, found {found}")?;
            }
        }
        write!(out, ", at byte {}", self.offset)?;
        match self.entry {
            Some(entry) => write!(out, " (entry {entry}, counted from 0)"),
            None => Ok(()),
        }
    }
}

impl error::Error for HarError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.fault {
            HarFault::Read(error) => Some(error),
            _ => None,
        }
    }
}
