//! UTF-16, which PowerShell's `>` makes of what a program prints.

use std::io::{self, Read};

/// Decodes UTF-16 to UTF-8; what is no UTF-16 becomes U+FFFD.
pub(super) struct Utf16<R> {
    reader: R,
    big_endian: bool,
    raw: Vec<u8>,
    high: Option<u16>,
    decoded: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf16<R> {
    pub(super) fn new(reader: R, big_endian: bool) -> Self {
        Self {
            reader,
            big_endian,
            raw: Vec::new(),
            high: None,
            decoded: Vec::new(),
            given: 0,
        }
    }

    /// `false` at the end, where half a character may be left over.
    fn decode_more(&mut self) -> io::Result<bool> {
        self.decoded.clear();
        self.given = 0;
        let odd = self.raw.len();
        self.raw.resize(64 << 10, 0);
        let read = self.reader.read(&mut self.raw[odd..])?;
        self.raw.truncate(odd + read);
        let (pairs, rest) = self.raw.as_chunks::<2>();
        for pair in pairs {
            let unit = match self.big_endian {
                true => u16::from_be_bytes(*pair),
                false => u16::from_le_bytes(*pair),
            };
            let units = [self.high.take(), Some(unit)];
            if units[0].is_none() && (0xd800..0xdc00).contains(&unit) {
                self.high = Some(unit);
                continue;
            }
            for decoded in char::decode_utf16(units.into_iter().flatten()) {
                let decoded = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
                let mut utf8 = [0; 4];
                let utf8 = decoded.encode_utf8(&mut utf8);
                self.decoded.extend_from_slice(utf8.as_bytes());
            }
        }
        self.raw = rest.to_vec();
        Ok(read > 0)
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.decoded.len() {
            if !self.decode_more()? {
                return Ok(0);
            }
        }
        let rest = &self.decoded[self.given..];
        let read = rest.len().min(out.len());
        out[..read].copy_from_slice(&rest[..read]);
        self.given += read;
        Ok(read)
    }
}
