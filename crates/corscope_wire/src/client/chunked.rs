//! The [chunked transfer coding](https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding),
//! decoded from bytes that come piece by piece.

use super::response::BodyFault;

/// A chunk's size line is at most this long; browsers have such a bound too.
const SIZE_LINE: usize = 16 * 1024;

/// What the decoder awaits.
#[derive(Debug)]
enum Awaits {
    Size,
    Data(u64),
    DataEnd,
    Trailers,
    Nothing,
}

/// Decodes one chunked body.
#[derive(Debug)]
pub(crate) struct ChunkedBody {
    awaits: Awaits,
    line: Vec<u8>,
    trailers: Vec<u8>,
    trailer_bytes: usize,
}

impl ChunkedBody {
    /// A decoder that keeps at most `trailer_bytes` of trailers.
    pub(crate) fn new(trailer_bytes: usize) -> Self {
        Self {
            awaits: Awaits::Size,
            line: Vec::new(),
            trailers: Vec::new(),
            trailer_bytes,
        }
    }

    /// Whether the last chunk and the trailers are there.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.awaits, Awaits::Nothing)
    }

    /// The raw bytes of the trailers.
    pub(crate) fn trailers(&self) -> &[u8] {
        &self.trailers
    }

    /// Takes from `input`, appends data to `body` (at most until it holds `room` bytes in all), and
    /// tells how much of `input` was used. Less than all is used when the body is over or full.
    pub(crate) fn feed(
        &mut self,
        input: &[u8],
        body: &mut Vec<u8>,
        room: usize,
    ) -> Result<usize, BodyFault> {
        let mut used = 0;
        while used < input.len() {
            let rest = &input[used..];
            match self.awaits {
                Awaits::Nothing => break,
                Awaits::Data(left) => {
                    let take = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    let take = take.min(room.saturating_sub(body.len()));
                    if take == 0 {
                        break;
                    }
                    body.extend_from_slice(&rest[..take]);
                    used += take;
                    let left = left - take as u64;
                    self.awaits = if left == 0 {
                        Awaits::DataEnd
                    } else {
                        Awaits::Data(left)
                    };
                }
                Awaits::Size | Awaits::DataEnd | Awaits::Trailers => {
                    used += self.take_line(rest)?;
                }
            }
        }
        Ok(used)
    }

    /// Takes bytes up to and including a line feed, and acts when there is one.
    fn take_line(&mut self, input: &[u8]) -> Result<usize, BodyFault> {
        let in_trailers = matches!(self.awaits, Awaits::Trailers);
        let (length, complete) = match input.iter().position(|byte| *byte == b'\n') {
            Some(place) => (place + 1, true),
            None => (input.len(), false),
        };
        self.line.extend_from_slice(&input[..length]);
        if in_trailers && self.trailers.len() + self.line.len() > self.trailer_bytes {
            return Err(BodyFault::TrailersTooLarge);
        }
        let too_long = match self.awaits {
            // At once, rather than after a line end that may never come.
            Awaits::DataEnd => !matches!(self.line.as_slice(), b"\r" | b"\n" | b"\r\n"),
            Awaits::Size => self.line.len() > SIZE_LINE,
            Awaits::Trailers | Awaits::Data(_) | Awaits::Nothing => false,
        };
        if too_long {
            return Err(BodyFault::BadChunk);
        }
        if complete {
            let line = std::mem::take(&mut self.line);
            self.act_on(&line)?;
        }
        Ok(length)
    }

    fn act_on(&mut self, line: &[u8]) -> Result<(), BodyFault> {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        self.awaits = match self.awaits {
            Awaits::Size => match chunk_size(text) {
                None => return Err(BodyFault::BadChunk),
                Some(0) => Awaits::Trailers,
                Some(size) => Awaits::Data(size),
            },
            Awaits::DataEnd => Awaits::Size,
            Awaits::Trailers if text.is_empty() => Awaits::Nothing,
            Awaits::Trailers => {
                self.trailers.extend_from_slice(line);
                Awaits::Trailers
            }
            Awaits::Data(_) | Awaits::Nothing => return Ok(()),
        };
        Ok(())
    }
}

/// The number before any extension; white space after it is let pass, as browsers do.
fn chunk_size(text: &[u8]) -> Option<u64> {
    let digits = text.split(|byte| *byte == b';').next()?.trim_ascii_end();
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    digits.iter().try_fold(0_u64, |size, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some(size << 4 | u64::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAILED: &[u8] =
        b"5;ext=\"1\"\r\nhello\r\n000006 \r\n\n\nworl\r\n0\r\nX-T: 1\r\nx-t: 2\r\n\r\n";

    fn decode(pieces: &[&[u8]], room: usize) -> Result<(Vec<u8>, ChunkedBody, usize), BodyFault> {
        let mut decoder = ChunkedBody::new(100);
        let mut body = Vec::new();
        let mut unused = 0;
        for piece in pieces {
            unused = piece.len() - decoder.feed(piece, &mut body, room)?;
        }
        Ok((body, decoder, unused))
    }

    #[test]
    fn chunks_are_joined_wherever_the_bytes_are_cut() {
        let single: Vec<&[u8]> = TRAILED.chunks(1).collect();
        for pieces in [vec![TRAILED], single, TRAILED.chunks(7).collect()] {
            let (body, decoder, unused) = decode(&pieces, 100).unwrap();
            assert_eq!(body, b"hello\n\nworl");
            assert_eq!(decoder.trailers(), b"X-T: 1\r\nx-t: 2\r\n");
            assert!(decoder.is_over());
            assert_eq!(unused, 0);
        }
    }

    #[test]
    fn bytes_after_the_end_stay_unused() {
        let (body, decoder, unused) = decode(&[b"1\na\n0\n\nHTTP"], 100).unwrap();
        assert_eq!(
            (body.as_slice(), decoder.is_over(), unused),
            (&b"a"[..], true, 4)
        );
    }

    #[test]
    fn a_full_body_stops_the_decoder() {
        let (body, decoder, unused) = decode(&[b"5\r\nhello\r\n0\r\n\r\n"], 3).unwrap();
        assert_eq!(
            (body.as_slice(), decoder.is_over(), unused),
            (&b"hel"[..], false, 9)
        );
    }

    #[test]
    fn what_is_no_chunk_is_refused() {
        let long = [b"1;".as_slice(), &[b'x'; SIZE_LINE]].concat();
        let faulty: [&[u8]; 7] = [
            b"hello\r\n",
            b"\r\n",
            b"-1\r\n",
            b"0x5\r\n",
            b"fffffffffffffffff\r\n",
            b"1\r\nab\r\n",
            &long,
        ];
        for bytes in faulty {
            assert_eq!(
                decode(&[bytes], 100).unwrap_err(),
                BodyFault::BadChunk,
                "{bytes:?}"
            );
        }
        let trailers = [b"0\r\nA: ".as_slice(), &[b'x'; 100]].concat();
        assert_eq!(
            decode(&[&trailers], 100).unwrap_err(),
            BodyFault::TrailersTooLarge
        );
    }
}
