use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::entry::{self, EntryFault, HarEntry};
use super::error::{HarError, HarFault};
use super::lexer::{LexFault, Lexer};
use super::opening;
use super::source::Source;

/// A page's title longer than this is no URL worth keeping.
const TITLE_LIMIT: usize = 8 << 10;

/// How to read a HAR.
#[derive(Clone, Copy, Debug)]
pub struct ImportOptions {
    /// How many bytes of each body are kept.
    pub body_limit: usize,
    /// How many WebSocket messages are kept of one entry.
    pub message_limit: usize,
}

impl Default for ImportOptions {
    /// Little: a CORS verdict needs no bodies.
    fn default() -> Self {
        Self {
            body_limit: 1 << 10,
            message_limit: 64,
        }
    }
}

/// How far the reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file that were read.
    pub read: u64,
    /// The file's length, where it is known.
    pub total: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Entries,
    AfterEntries,
    Done,
}

/// Called with each step of the reading.
type Watcher = Box<dyn FnMut(Progress) + Send>;

/// Reads a HAR entry by entry, in memory that does not grow with the file.
///
/// An error that [is final](HarError::is_final) ends the iteration; after another one the next
/// entry follows.
pub struct HarReader {
    lexer: Lexer,
    options: ImportOptions,
    state: State,
    /// How many objects and arrays are open where the entries stand.
    depth: u32,
    next: u64,
    read: Arc<AtomicU64>,
    total: Option<u64>,
    watcher: Option<Watcher>,
    told: u64,
    source: Source,
}

impl HarReader {
    /// Reads a file, plain or gzipped, in UTF-8 or UTF-16.
    pub fn open(path: &Path, options: ImportOptions) -> Result<Self, HarError> {
        let opened = File::open(path).and_then(|file| {
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                return Err(io::Error::from(io::ErrorKind::IsADirectory));
            }
            Ok((file, metadata.is_file().then_some(metadata.len())))
        });
        let (file, total) = opened.map_err(at_start)?;
        let mut reader = Self::new(file, options)?;
        reader.total = total;
        Ok(reader)
    }

    /// Reads from anywhere, such as the standard input.
    pub fn new(
        reader: impl Read + Send + 'static,
        options: ImportOptions,
    ) -> Result<Self, HarError> {
        let (text, read) = opening::text_of(reader).map_err(at_start)?;
        Ok(Self {
            lexer: Lexer::new(text),
            options,
            state: State::Start,
            depth: 0,
            next: 0,
            read,
            total: None,
            watcher: None,
            told: 0,
            source: Source::default(),
        })
    }

    /// Calls `watcher` as the reading goes on, at most once an entry and once a mebibyte.
    #[must_use]
    pub fn on_progress(mut self, watcher: impl FnMut(Progress) + Send + 'static) -> Self {
        self.watcher = Some(Box::new(watcher));
        self
    }

    /// How far the reading has come.
    pub fn progress(&self) -> Progress {
        Progress {
            read: self.read.load(Ordering::Relaxed),
            total: self.total,
        }
    }

    /// What wrote the HAR, name and version; known once the first entry was read, if it stands
    /// before the entries.
    pub fn creator(&self) -> Option<&str> {
        self.source.creator.as_deref()
    }

    /// The browser that was watched, name and version, where the HAR names it.
    pub fn browser(&self) -> Option<&str> {
        self.source.browser.as_deref()
    }

    fn error(&self, fault: HarFault) -> HarError {
        HarError {
            fault,
            offset: self.lexer.offset(),
            entry: matches!(self.state, State::Entries).then_some(self.next),
        }
    }

    fn lex_error(&mut self, fault: LexFault) -> HarError {
        let fault = match fault {
            LexFault::Read(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                HarFault::CutOff
            }
            LexFault::Read(error) => HarFault::Read(error),
            LexFault::End => {
                self.lexer.skip_rest();
                HarFault::CutOff
            }
            LexFault::Wanted { wanted, found } => HarFault::Broken {
                wanted,
                found: quoted(found),
            },
        };
        self.error(fault)
    }

    fn advance(&mut self) -> Result<Option<HarEntry>, HarError> {
        if self.state == State::Start {
            self.seek_entries()?;
        }
        while self.state == State::Entries {
            match self.lexer.more() {
                Ok(true) => return self.entry().map(Some),
                Ok(false) => self.state = State::AfterEntries,
                Err(fault) => return Err(self.lex_error(fault)),
            }
        }
        if self.state == State::AfterEntries {
            // The rest of `log` and of the root tell only whether the file is whole.
            self.lexer
                .skip_to_depth(0)
                .map_err(|fault| self.lex_error(fault))?;
            self.state = State::Done;
        }
        Ok(None)
    }

    fn entry(&mut self) -> Result<HarEntry, HarError> {
        let offset = self.lexer.offset();
        let fault = match entry::read(&mut self.lexer, self.options, &mut self.source) {
            Ok(mut entry) => {
                entry.index = self.next;
                self.next += 1;
                entry.exchange.id = self.next;
                return Ok(entry);
            }
            Err(fault) => fault,
        };
        let (why, at) = match fault {
            EntryFault::Malformed(why) => (why, offset),
            EntryFault::Lex(LexFault::Wanted { wanted, found }) => {
                let at = self.lexer.offset();
                (format!("wanted {wanted}, found {}", quoted(found)), at)
            }
            EntryFault::Lex(fault) => return Err(self.lex_error(fault)),
        };
        let error = HarError {
            fault: HarFault::EntryMalformed { why },
            offset: at,
            entry: Some(self.next),
        };
        if let Err(fault) = self.lexer.skip_to_depth(self.depth) {
            return Err(self.lex_error(fault));
        }
        if self.lexer.offset() == offset {
            // Nothing was passed over: to read on from here would find the same for ever.
            let found = self.lexer.peek().unwrap_or_default();
            let wanted = "an entry";
            return Err(self.lex_error(LexFault::Wanted { wanted, found }));
        }
        self.next += 1;
        Err(error)
    }

    /// Reads up to the first entry.
    fn seek_entries(&mut self) -> Result<(), HarError> {
        match self.lexer.peek_or_end() {
            Ok(Some(b'{')) => {}
            Ok(Some(found)) => return Err(self.not_a_har(found)),
            Ok(None) => return Err(self.error(HarFault::Empty)),
            Err(fault) => return Err(self.lex_error(fault)),
        }
        match self.find_entries() {
            Ok(Found::Entries) => {
                self.state = State::Entries;
                self.depth = self.lexer.depth();
                Ok(())
            }
            Ok(Found::LogWithoutEntries) => Err(self.error(HarFault::EntriesMissing)),
            Ok(Found::Other(found)) => Err(self.error(HarFault::NotHar { found })),
            Err(fault) => Err(self.lex_error(fault)),
        }
    }

    fn not_a_har(&mut self, first: u8) -> HarError {
        let json = matches!(first, b'[' | b'"' | b'-' | b'0'..=b'9');
        let fault = match self.lexer.head(16) {
            Err(error) => HarFault::Read(error),
            Ok(_) if json => HarFault::NotHar {
                found: match first {
                    b'[' => "the JSON is an array, not an object with `log`".into(),
                    _ => "the JSON is not an object with `log`".into(),
                },
            },
            Ok(head) => HarFault::NotJson {
                found: opening::looks_like(head).into(),
            },
        };
        self.error(fault)
    }

    fn find_entries(&mut self) -> Result<Found, LexFault> {
        let mut has_log = false;
        let mut seen = Vec::new();
        self.lexer.open(b'{')?;
        while let Some(key) = self.lexer.key()? {
            match key {
                b"log" => {
                    has_log = true;
                    if self.lexer.open(b'{')? && self.entries_in_log()? {
                        return Ok(Found::Entries);
                    }
                }
                // Some tools leave `log` out.
                b"entries" => {
                    if self.lexer.open(b'[')? {
                        return Ok(Found::Entries);
                    }
                }
                key => {
                    if seen.len() < 4 {
                        seen.push(String::from_utf8_lossy(key).into_owned());
                    }
                    self.lexer.skip_value()?;
                }
            }
        }
        if has_log {
            return Ok(Found::LogWithoutEntries);
        }
        Ok(Found::Other(match seen.as_slice() {
            [] => "the JSON object is empty".into(),
            [first, second, ..] if first == "constants" && second == "events" => {
                "it is a NetLog of Chromium, not a HAR".into()
            }
            names => format!("the JSON has no `log`, but `{}`", names.join("`, `")),
        }))
    }

    fn entries_in_log(&mut self) -> Result<bool, LexFault> {
        while let Some(key) = self.lexer.key()? {
            match key {
                b"entries" => {
                    if self.lexer.open(b'[')? {
                        return Ok(true);
                    }
                }
                b"creator" => self.source.creator = self.name_and_version()?,
                b"browser" => self.source.browser = self.name_and_version()?,
                b"pages" => self.pages()?,
                _ => self.lexer.skip_value()?,
            }
        }
        Ok(false)
    }

    fn name_and_version(&mut self) -> Result<Option<String>, LexFault> {
        let (mut name, mut version) = (String::new(), String::new());
        if !self.lexer.open(b'{')? {
            return Ok(None);
        }
        while let Some(key) = self.lexer.key()? {
            match key {
                b"name" => name = entry::string(&mut self.lexer, 256)?.unwrap_or_default(),
                b"version" => version = entry::string(&mut self.lexer, 256)?.unwrap_or_default(),
                _ => self.lexer.skip_value()?,
            }
        }
        let both = format!("{name} {version}");
        Ok((!name.is_empty()).then(|| both.trim_end().to_owned()))
    }

    /// Pages whose title is a URL, as Chromium writes it.
    fn pages(&mut self) -> Result<(), LexFault> {
        if !self.lexer.open(b'[')? {
            return Ok(());
        }
        while self.lexer.more()? {
            if !self.lexer.open(b'{')? {
                continue;
            }
            let (mut id, mut title) = (None, None);
            while let Some(key) = self.lexer.key()? {
                match key {
                    b"id" => id = entry::string(&mut self.lexer, 256)?,
                    b"title" => title = entry::string(&mut self.lexer, TITLE_LIMIT)?,
                    _ => self.lexer.skip_value()?,
                }
            }
            if let (Some(id), Some(title)) = (id, title)
                && (title.starts_with("http://") || title.starts_with("https://"))
            {
                self.source.remember_page(id, title);
            }
        }
        Ok(())
    }

    fn tell_progress(&mut self) {
        let progress = self.progress();
        if let Some(watcher) = &mut self.watcher
            && (progress.read >= self.told + (1 << 20) || self.state == State::Done)
        {
            self.told = progress.read;
            watcher(progress);
        }
    }
}

impl Iterator for HarReader {
    type Item = Result<HarEntry, HarError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Done {
            return None;
        }
        let result = self.advance().transpose();
        match &result {
            None => self.state = State::Done,
            Some(Err(error)) if error.is_final() => self.state = State::Done,
            Some(_) => {}
        }
        self.tell_progress();
        result
    }
}

enum Found {
    Entries,
    LogWithoutEntries,
    Other(String),
}

fn at_start(error: io::Error) -> HarError {
    HarError {
        fault: HarFault::Read(error),
        offset: 0,
        entry: None,
    }
}

fn quoted(byte: u8) -> String {
    format!("`{}`", byte.escape_ascii())
}
