//! Finds where an HTTP/1.1 body ends in bytes that are passed on as they are.

use memchr::memchr;

use crate::client::{BodyFault, is_token};

/// A chunk's size line is at most this long.
const SIZE_LINE: usize = 16 * 1024;

/// How strictly a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As servers that guess nothing: for requests, where two readings are an attack.
    Strict,
    /// As browsers: for responses.
    Lenient,
}

/// Follows one body through the bytes that carry it.
#[derive(Debug)]
pub(crate) enum BodyScan {
    /// There is no more of it.
    Over,
    /// So many bytes are missing.
    Length(u64),
    /// All that comes belongs to it.
    UntilClose,
    /// It comes in chunks.
    Chunked(Box<Chunks>),
}

impl BodyScan {
    pub(crate) fn length(length: u64) -> Self {
        match length {
            0 => Self::Over,
            length => Self::Length(length),
        }
    }

    /// A chunked body that may have `trailer_bytes` of trailers.
    pub(crate) fn chunked(manner: Manner, trailer_bytes: usize) -> Self {
        Self::Chunked(Box::new(Chunks {
            manner,
            awaits: Awaits::Size,
            line: Vec::new(),
            trailers: Vec::new(),
            trailer_bytes,
        }))
    }

    pub(crate) fn is_over(&self) -> bool {
        match self {
            Self::Over => true,
            Self::Length(_) | Self::UntilClose => false,
            Self::Chunked(chunks) => matches!(chunks.awaits, Awaits::Nothing),
        }
    }

    /// How many of `input`'s bytes belong to the body; its content is given to `data`.
    pub(crate) fn feed(
        &mut self,
        input: &[u8],
        data: &mut dyn FnMut(&[u8]),
    ) -> Result<usize, BodyFault> {
        match self {
            Self::Over => Ok(0),
            Self::UntilClose => {
                data(input);
                Ok(input.len())
            }
            Self::Length(left) => {
                let take = input
                    .len()
                    .min(usize::try_from(*left).unwrap_or(usize::MAX));
                data(&input[..take]);
                *left -= take as u64;
                if *left == 0 {
                    *self = Self::Over;
                }
                Ok(take)
            }
            Self::Chunked(chunks) => chunks.feed(input, data),
        }
    }

    /// What is wrong when the connection ends here; `None` if that is how such a body ends.
    pub(crate) fn cut_off(&self) -> Option<BodyFault> {
        match self {
            Self::Over | Self::UntilClose => None,
            Self::Length(missing) => Some(BodyFault::ClosedEarly { missing: *missing }),
            Self::Chunked(_) if self.is_over() => None,
            Self::Chunked(_) => Some(BodyFault::ChunksUnfinished),
        }
    }

    /// The raw lines of the trailers.
    pub(crate) fn trailers(&self) -> &[u8] {
        match self {
            Self::Chunked(chunks) => &chunks.trailers,
            _ => &[],
        }
    }
}

/// A chunked body.
#[derive(Debug)]
pub(crate) struct Chunks {
    manner: Manner,
    awaits: Awaits,
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
    trailers: Vec<u8>,
    trailer_bytes: usize,
}

#[derive(Debug)]
enum Awaits {
    Size,
    Data(u64),
    DataEnd,
    Trailers,
    Nothing,
}

impl Chunks {
    fn feed(&mut self, input: &[u8], data: &mut dyn FnMut(&[u8])) -> Result<usize, BodyFault> {
        let mut used = 0;
        while used < input.len() {
            let rest = &input[used..];
            match self.awaits {
                Awaits::Nothing => break,
                Awaits::Data(left) => {
                    let take = rest.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                    data(&rest[..take]);
                    used += take;
                    self.awaits = match left - take as u64 {
                        0 => Awaits::DataEnd,
                        left => Awaits::Data(left),
                    };
                }
                Awaits::Size | Awaits::DataEnd | Awaits::Trailers => used += self.take(rest)?,
            }
        }
        Ok(used)
    }

    /// Takes bytes up to and including a line feed, and acts when there is one.
    fn take(&mut self, input: &[u8]) -> Result<usize, BodyFault> {
        let Some(end) = memchr(b'\n', input) else {
            self.line.extend_from_slice(input);
            self.check_length(self.line.len())?;
            return Ok(input.len());
        };
        let line = &input[..=end];
        if self.line.is_empty() {
            self.check_length(line.len())?;
            self.act_on(line)?;
        } else {
            let mut whole = std::mem::take(&mut self.line);
            whole.extend_from_slice(line);
            self.check_length(whole.len())?;
            self.act_on(&whole)?;
        }
        Ok(end + 1)
    }

    fn check_length(&self, length: usize) -> Result<(), BodyFault> {
        match self.awaits {
            Awaits::Size if length > SIZE_LINE => Err(BodyFault::BadChunk),
            // At once, rather than after a line end that may never come.
            Awaits::DataEnd if length > 2 => Err(BodyFault::BadChunk),
            Awaits::Trailers if self.trailers.len() + length > self.trailer_bytes => {
                Err(BodyFault::TrailersTooLarge)
            }
            _ => Ok(()),
        }
    }

    fn act_on(&mut self, line: &[u8]) -> Result<(), BodyFault> {
        let text = match (line.strip_suffix(b"\r\n"), self.manner) {
            (Some(text), _) => text,
            (None, Manner::Lenient) => line.strip_suffix(b"\n").unwrap_or(line),
            (None, Manner::Strict) => return Err(BodyFault::BadChunk),
        };
        self.awaits = match self.awaits {
            Awaits::Size => match chunk_size(text, self.manner).ok_or(BodyFault::BadChunk)? {
                0 => Awaits::Trailers,
                size => Awaits::Data(size),
            },
            Awaits::DataEnd if text.is_empty() => Awaits::Size,
            Awaits::DataEnd => return Err(BodyFault::BadChunk),
            Awaits::Trailers if text.is_empty() => Awaits::Nothing,
            Awaits::Trailers => {
                if self.manner == Manner::Strict && !is_header_line(text) {
                    return Err(BodyFault::BadChunk);
                }
                self.trailers.extend_from_slice(line);
                Awaits::Trailers
            }
            Awaits::Data(_) | Awaits::Nothing => return Ok(()),
        };
        Ok(())
    }
}

fn chunk_size(text: &[u8], manner: Manner) -> Option<u64> {
    let (digits, extension) = match memchr(b';', text) {
        Some(place) => text.split_at(place),
        None => (text, &[][..]),
    };
    let digits = match manner {
        Manner::Strict => {
            let odd = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
            if extension.iter().any(odd) {
                return None;
            }
            digits
        }
        Manner::Lenient => digits.trim_ascii_end(),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    digits.iter().try_fold(0_u64, |size, digit| {
        let value = char::from(*digit).to_digit(16)?;
        Some(size << 4 | u64::from(value))
    })
}

fn is_header_line(text: &[u8]) -> bool {
    memchr(b':', text).is_some_and(|colon| is_token(&text[..colon]))
        && !text.iter().any(|byte| matches!(byte, b'\r' | 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAILED: &[u8] = b"5;ext=\"1\"\r\nhello\r\n000006\r\n\n\nworl\r\n0\r\nX-T: 1\r\n\r\n";

    fn scan(manner: Manner, pieces: &[&[u8]]) -> Result<(Vec<u8>, BodyScan, usize), BodyFault> {
        let mut scan = BodyScan::chunked(manner, 100);
        let mut body = Vec::new();
        let mut used = 0;
        for piece in pieces {
            used = scan.feed(piece, &mut |bytes| body.extend_from_slice(bytes))?;
        }
        Ok((body, scan, used))
    }

    #[test]
    fn chunks_are_followed_wherever_the_bytes_are_cut() {
        for manner in [Manner::Strict, Manner::Lenient] {
            for size in [1, 7, TRAILED.len()] {
                let pieces: Vec<&[u8]> = TRAILED.chunks(size).collect();
                let (body, scan, _) = scan(manner, &pieces).unwrap();
                assert_eq!(body, b"hello\n\nworl");
                assert_eq!(scan.trailers(), b"X-T: 1\r\n");
                assert!(scan.is_over());
            }
        }
    }

    #[test]
    fn bytes_after_the_end_do_not_belong_to_the_body() {
        let (_, scan, used) = scan(Manner::Strict, &[b"1\r\na\r\n0\r\n\r\nGET"]).unwrap();
        assert!(scan.is_over());
        assert_eq!(used, 11);
        let mut length = BodyScan::length(3);
        assert_eq!(length.feed(b"abcd", &mut |_| {}), Ok(3));
        assert!(length.is_over());
    }

    #[test]
    fn what_has_two_readings_is_refused_in_requests_only() {
        let two_readings: [&[u8]; 5] = [
            b"1\na\n0\n\n",
            b"1 \r\na\r\n0\r\n\r\n",
            b"1\r\na\n0\r\n\r\n",
            b"1;a\rb\r\na\r\n0\r\n\r\n",
            b"0\r\nX : 1\r\n\r\n",
        ];
        for bytes in two_readings {
            assert_eq!(
                scan(Manner::Strict, &[bytes]).err(),
                Some(BodyFault::BadChunk),
                "{bytes:?}"
            );
            assert!(scan(Manner::Lenient, &[bytes]).is_ok(), "{bytes:?}");
        }
        let none: [&[u8]; 6] = [
            b"hello\r\n",
            b"\r\n",
            b"-1\r\n",
            b"0x5\r\n",
            b"fffffffffffffffff\r\n",
            b"1\r\nab\r\n",
        ];
        for bytes in none {
            for manner in [Manner::Strict, Manner::Lenient] {
                assert_eq!(
                    scan(manner, &[bytes]).err(),
                    Some(BodyFault::BadChunk),
                    "{bytes:?}"
                );
            }
        }
    }

    #[test]
    fn a_body_cut_off_is_known_as_such() {
        assert!(BodyScan::UntilClose.cut_off().is_none());
        assert_eq!(
            BodyScan::length(5).cut_off(),
            Some(BodyFault::ClosedEarly { missing: 5 })
        );
        let (_, scan, _) = scan(Manner::Strict, &[b"5\r\nhe"]).unwrap();
        assert_eq!(scan.cut_off(), Some(BodyFault::ChunksUnfinished));
    }
}
