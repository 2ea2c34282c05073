//! Messages in a stream of bytes: each ends with a NUL.

/// The longest message that is read; a longer one is skipped.
const MAX_MESSAGE: usize = 16 << 20;

/// The messages of one stream.
#[derive(Debug, Default)]
pub(super) struct Frames {
    buffer: Vec<u8>,
    skipping: bool,
}

impl Frames {
    /// Takes in bytes and gives the messages that they complete.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        while let Some(end) = memchr::memchr(0, bytes) {
            self.keep(&bytes[..end]);
            let message = std::mem::take(&mut self.buffer);
            if !std::mem::take(&mut self.skipping) && !message.is_empty() {
                messages.push(message);
            }
            bytes = &bytes[end + 1..];
        }
        self.keep(bytes);
        messages
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.skipping |= self.buffer.len() + bytes.len() > MAX_MESSAGE;
        if self.skipping {
            self.buffer = Vec::new();
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_whole_wherever_the_stream_is_cut() {
        let stream = b"{\"a\":1}\0\0{\"b\":2}\0{\"c";
        for cut in 0..stream.len() {
            let mut frames = Frames::default();
            let mut messages = frames.push(&stream[..cut]);
            messages.extend(frames.push(&stream[cut..]));
            assert_eq!(messages, [&b"{\"a\":1}"[..], b"{\"b\":2}"]);
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_skipped_and_the_next_is_read() {
        let mut frames = Frames::default();
        for _ in 0..=MAX_MESSAGE / (1 << 20) {
            assert!(frames.push(&vec![b'x'; 1 << 20]).is_empty());
            assert!(frames.buffer.len() <= MAX_MESSAGE);
        }
        assert_eq!(frames.push(b"x\0{}\0"), [b"{}"]);
    }
}
