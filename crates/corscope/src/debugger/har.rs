//! A HAR read as a capture, while it comes in.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use corscope_capture::har::{HarError, HarReader, ImportOptions};
use corscope_wire::proxy::Event;

use super::{Capture, Debugger};
use crate::session::{Traffic, Update};

/// HARs that are kept at a time.
pub const MOST_HARS: usize = 4;

/// What memory holds of one: 128 MiB.
pub(super) const HAR_BUDGET: usize = 128 << 20;

/// Pieces that wait to be read.
const PIECES: usize = 16;

/// Bytes of each body that are kept for viewing.
const BODY_BYTES: usize = 64 << 10;

/// Where the bytes of a HAR go in; dropped at its end.
pub type HarFeed = SyncSender<Vec<u8>>;

impl Debugger {
    /// Begins to read a HAR whose bytes will come through the feed. `read` blocks until it is read;
    /// run it on a thread for such work.
    pub fn begin_har(
        self: &Arc<Self>,
        name: String,
    ) -> (
        HarFeed,
        impl FnOnce() -> Result<Arc<Capture>, HarError> + use<>,
    ) {
        let (feed, pieces) = sync_channel(PIECES);
        let debugger = Arc::clone(self);
        let read = move || {
            let stream = Pieces {
                pieces,
                piece: io::Cursor::default(),
            };
            debugger.read_har(name, stream)
        };
        (feed, read)
    }

    fn read_har(&self, name: String, stream: Pieces) -> Result<Arc<Capture>, HarError> {
        let options = ImportOptions {
            body_limit: BODY_BYTES,
            ..ImportOptions::default()
        };
        let mut reader = HarReader::new(stream, options)?;
        let mut capture: Option<Arc<Capture>> = None;
        let mut traffic = Traffic::new(None);
        while let Some(entry) = reader.next() {
            let read = reader.progress().read;
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if capture.is_none() && error.is_final() => return Err(error),
                Err(error) => {
                    if let Some(capture) = &capture {
                        capture.has_problem(format!("{error}; {}", error.mend()));
                    }
                    continue;
                }
            };
            let capture = capture.get_or_insert_with(|| {
                let new = self.new_har(name.clone());
                traffic = Traffic::new(None).kept_in(Arc::clone(&new.store));
                new
            });
            capture.read.store(read, Ordering::Relaxed);
            // What a cache or a service worker answered was not judged by CORS on this wire.
            if entry.from_cache.is_some() || entry.from_service_worker {
                continue;
            }
            let now = entry.exchange.started;
            let id = entry.exchange.id;
            for update in traffic.take(Event::Ended(Arc::new(entry.exchange)), now) {
                capture.take(&update);
            }
            for message in entry.messages {
                capture.store.message(id, message);
            }
        }
        // A HAR without entries is one, too.
        let capture = capture.unwrap_or_else(|| self.new_har(name));
        for finding in traffic.finish() {
            capture.take(&Update::Fetch(finding));
        }
        capture.is_done();
        Ok(capture)
    }
}

/// The pieces of a HAR as one stream.
struct Pieces {
    pieces: Receiver<Vec<u8>>,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.pieces.recv() {
                Ok(piece) => self.piece = io::Cursor::new(piece),
                Err(_) => return Ok(0),
            }
        }
    }
}
