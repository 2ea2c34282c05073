//! The bytes of a HAR, a window at a time: it can be larger than memory, and a map of the file
//! into memory would need `unsafe`.

use std::io::{self, Read};

/// Large enough that a system call costs nothing, small enough to stay in the cache.
const WINDOW: usize = 128 << 10;

pub(super) struct Window {
    reader: Box<dyn Read + Send>,
    bytes: Box<[u8]>,
    pub(super) at: usize,
    pub(super) end: usize,
    /// Where `bytes` starts in the file.
    base: u64,
}

impl Window {
    pub(super) fn new(reader: Box<dyn Read + Send>) -> Self {
        Self {
            reader,
            bytes: vec![0; WINDOW].into_boxed_slice(),
            at: 0,
            end: 0,
            base: 0,
        }
    }

    pub(super) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Passes over what the window holds.
    pub(super) fn skip_rest(&mut self) {
        self.at = self.end;
    }

    /// What is in the window and not yet read.
    #[inline]
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.at..self.end]
    }

    #[inline]
    pub(super) fn slice(&self, start: usize, end: usize) -> &[u8] {
        &self.bytes[start..end]
    }

    /// Reads on, keeping what was not yet read; `false` at the end of the file.
    #[cold]
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        self.bytes.copy_within(self.at..self.end, 0);
        self.base += self.at as u64;
        self.end -= self.at;
        self.at = 0;
        if self.end == self.bytes.len() {
            return Ok(true);
        }
        loop {
            match self.reader.read(&mut self.bytes[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(read) => {
                    self.end += read;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Tries to have `wanted` bytes at hand; fewer only at the end of the file.
    #[inline]
    pub(super) fn have(&mut self, wanted: usize) -> io::Result<()> {
        while self.end - self.at < wanted {
            if !self.fill()? {
                break;
            }
        }
        Ok(())
    }
}
