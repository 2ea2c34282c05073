//! `$'…'`, bash's ANSI-C quoting.

use super::super::error::InputError;
use super::{Splitter, push};

impl Splitter<'_> {
    /// `$'…'`, which Chromium, Firefox and Safari write as soon as a value has a quote, a control
    /// character or a `!`.
    pub(super) fn ansi_c_quoted(
        &mut self,
        at: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), InputError> {
        self.skip();
        let mut high_surrogate = None;
        loop {
            let Some((_, c)) = self.chars.next() else {
                return Err(self.unclosed(at, '\''));
            };
            let high = high_surrogate.take();
            match c {
                '\'' => return Ok(()),
                '\\' => high_surrogate = self.ansi_c_escape(high, bytes),
                c => push(bytes, c),
            }
        }
    }

    /// One escape. Browsers write a character beyond U+FFFF as two `\u`, so the first half is
    /// returned and comes back as `high`.
    fn ansi_c_escape(&mut self, high: Option<u32>, bytes: &mut Vec<u8>) -> Option<u32> {
        let (_, c) = self.chars.next()?;
        match c {
            'a' => bytes.push(7),
            'b' => bytes.push(8),
            'e' | 'E' => bytes.push(0x1b),
            'f' => bytes.push(0xc),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'v' => bytes.push(0xb),
            'c' => {
                if let Some((_, control)) = self.chars.next_if(|(_, c)| c.is_ascii() && *c != '\'')
                {
                    bytes.push(control as u8 & 0x1f);
                }
            }
            '0'..='7' => {
                let first = c.to_digit(8).unwrap_or_default();
                let value = self
                    .digits(8, 2)
                    .map_or(first, |(rest, count)| first * 8u32.pow(count) + rest);
                bytes.push((value & 0xff) as u8);
            }
            'x' => match self.digits(16, 2) {
                Some((value, _)) => bytes.push(value as u8),
                None => bytes.extend(b"\\x"),
            },
            'u' | 'U' => match self.digits(16, if c == 'u' { 4 } else { 8 }) {
                Some((value @ 0xd800..=0xdbff, _)) => return Some(value),
                Some((low @ 0xdc00..=0xdfff, _)) => {
                    let whole = high.map(|high| 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff));
                    push(bytes, whole.and_then(char::from_u32).unwrap_or('\u{fffd}'));
                }
                Some((value, _)) => push(bytes, char::from_u32(value).unwrap_or('\u{fffd}')),
                None => bytes.extend([b'\\', c as u8]),
            },
            '\\' | '\'' | '"' | '?' => bytes.push(c as u8),
            other => {
                bytes.push(b'\\');
                push(bytes, other);
            }
        }
        None
    }

    /// Up to `most` digits: their value and how many there were.
    fn digits(&mut self, radix: u32, most: u32) -> Option<(u32, u32)> {
        let mut value = 0u32;
        let mut count = 0;
        while count < most {
            let Some((_, c)) = self.chars.next_if(|(_, c)| c.is_digit(radix)) else {
                break;
            };
            value = value
                .wrapping_mul(radix)
                .wrapping_add(c.to_digit(radix).unwrap_or_default());
            count += 1;
        }
        (count > 0).then_some((value, count))
    }
}
