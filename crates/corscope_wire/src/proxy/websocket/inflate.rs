//! Inflates messages, bounded: a small message can say that it is a large one.

use flate2::{Decompress, FlushDecompress, Status};

/// What a sender leaves out at a message's end.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// Bytes that one message is inflated to at most, so as to know its length and keep what later
/// messages refer to.
const MOST: u64 = 4 << 20;

/// Inflates the messages of one side.
pub(crate) struct Inflate {
    state: Decompress,
    no_context: bool,
    /// A message was not inflated to its end, so what refers to it cannot be.
    lost: bool,
}

impl Inflate {
    pub(crate) fn new(no_context: bool) -> Self {
        Self {
            state: Decompress::new(false),
            no_context,
            lost: false,
        }
    }

    /// The first `room` bytes of a message and its length; `None` if that cannot be told.
    pub(crate) fn message(
        &mut self,
        compressed: &[u8],
        whole: bool,
        room: usize,
    ) -> Option<(Vec<u8>, u64)> {
        if self.no_context {
            self.state.reset(false);
        } else if self.lost {
            return None;
        }
        let mut kept = Vec::new();
        let mut len = 0;
        let mut finished = whole;
        let mut chunk = [0; 4096];
        'parts: for part in [compressed, &TAIL[..if whole { 4 } else { 0 }]] {
            let mut part = part;
            loop {
                let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
                let status = self
                    .state
                    .decompress(part, &mut chunk, FlushDecompress::Sync);
                let used = (self.state.total_in() - before_in) as usize;
                let made = (self.state.total_out() - before_out) as usize;
                let take = made.min(room - kept.len());
                kept.extend_from_slice(&chunk[..take]);
                len += made as u64;
                part = &part[used..];
                match status {
                    Ok(Status::Ok | Status::BufError) if len < MOST => {
                        if made < chunk.len() && (part.is_empty() || used == 0) {
                            break;
                        }
                    }
                    Ok(Status::StreamEnd) => {
                        // A final block, which some senders write; the next message starts anew.
                        self.state.reset(false);
                        break 'parts;
                    }
                    _ => {
                        finished = false;
                        break 'parts;
                    }
                }
            }
        }
        self.lost = !finished;
        Some((kept, len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Compression, FlushCompress};

    #[test]
    fn a_message_that_grows_beyond_measure_is_cut() {
        let large = vec![b'a'; 64 << 20];
        let mut compressed = Vec::with_capacity(1 << 20);
        Compress::new(Compression::best(), false)
            .compress_vec(&large, &mut compressed, FlushCompress::Sync)
            .unwrap();
        let mut inflate = Inflate::new(false);
        let (kept, len) = inflate
            .message(&compressed[..compressed.len() - 4], true, 100)
            .unwrap();
        assert_eq!(kept, [b'a'; 100]);
        assert!((MOST..MOST + 8192).contains(&len), "{len}");
        assert!(
            inflate
                .message(b"\xf2\x48\xcd\xc9\xc9\x07\x00", true, 100)
                .is_none()
        );
    }
}
