//! Bytes that were read and not yet used.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

/// Room for a head and a small body: one read each in the usual case.
const FIRST_ROOM: usize = 16 * 1024;

/// Room while large bodies pass.
const MOST_ROOM: usize = 128 * 1024;

/// A buffer that is read into at its end and used from its start. It costs nothing while empty and
/// [`release`](Self::release)d.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// The last read filled all the room, so more will be there.
    filled: bool,
}

impl Buffer {
    /// What is there.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Marks the first `count` bytes as used.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Gives the memory back while nothing is in it.
    pub(crate) fn release(&mut self) {
        if self.is_empty() {
            self.bytes = Vec::new();
        }
    }

    /// Reads some more; 0 at the end. TLS that ends without a goodbye is an end too: framing tells
    /// whether something is missing.
    pub(crate) fn poll_fill<R: AsyncRead + Unpin>(
        &mut self,
        reader: &mut R,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        self.make_room();
        let room = self.bytes.len() - self.end;
        let mut target = ReadBuf::new(&mut self.bytes[self.end..]);
        let read = match ready!(Pin::new(reader).poll_read(context, &mut target)) {
            Ok(()) => target.filled().len(),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Poll::Ready(Err(error)),
        };
        self.end += read;
        self.filled = read == room;
        Poll::Ready(Ok(read))
    }

    fn make_room(&mut self) {
        if self.end < self.bytes.len() && !(self.filled && self.is_empty()) {
            return;
        }
        if self.start > 0 && self.start >= self.bytes.len() / 2 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            return;
        }
        // Empty and filled before: a large body passes. Full: a head that is larger than usual.
        let size = (self.bytes.len() * 2).max(FIRST_ROOM);
        if !self.is_empty() {
            self.bytes.resize(size, 0);
        } else if self.bytes.len() < MOST_ROOM {
            self.bytes = vec![0; size.min(MOST_ROOM)];
        }
        self.filled = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    #[tokio::test]
    async fn bytes_come_out_in_order_however_they_are_used() {
        let source: Vec<u8> = (0..200_000_u32).map(|number| number as u8).collect();
        let mut reader = &source[..];
        let mut buffer = Buffer::default();
        let mut out = Vec::new();
        for step in (1..).map(|step| step * 37 % 5000) {
            if poll_fn(|context| buffer.poll_fill(&mut reader, context))
                .await
                .unwrap()
                == 0
            {
                break;
            }
            let used = step.min(buffer.len());
            out.extend_from_slice(&buffer.as_slice()[..used]);
            buffer.consume(used);
        }
        out.extend_from_slice(buffer.as_slice());
        assert_eq!(out, source);
    }
}
