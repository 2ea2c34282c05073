//! Strings in JSON: where they lie, and where they end, found eight bytes at a time.

use memchr::memchr2;

/// Where the string that was just read lies.
pub(super) enum Place {
    Window(usize, usize),
    Scratch,
}

/// A string, or its first bytes.
pub(super) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    /// How many bytes were left out, escapes counted as the bytes they stand for, nearly.
    pub(super) left_out: u64,
}

/// The first quote or backslash.
#[inline]
pub(super) fn special(bytes: &[u8]) -> Option<usize> {
    // Most strings are names and header values: too short to be worth a call.
    let mut at = 0;
    while at < 32
        && let Some(eight) = bytes
            .get(at..at + 8)
            .and_then(|rest| rest.first_chunk::<8>())
    {
        let word = u64::from_le_bytes(*eight);
        let found = zero_bytes(word ^ splat(b'"')) | zero_bytes(word ^ splat(b'\\'));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr2(b'"', b'\\', &bytes[at..]).map(|more| at + more)
}

const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The top bit of each byte that is zero; of those after the first one, perhaps more.
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(splat(1)) & !word & splat(0x80)
}

/// Four hexadecimal digits.
pub(super) fn hex4(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.first_chunk::<4>()?;
    digits.iter().try_fold(0u16, |value, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(value << 4 | digit as u16)
    })
}
