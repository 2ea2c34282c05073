//! JSON pulled from a window, value by value: nothing is held that was not asked for, and what is
//! not needed is passed over without being copied, however long it is.
//!
//! It is more lenient than JSON where a HAR in the wild needs it: any control character is white
//! space, unknown escapes and lone surrogates are replaced, a string may hold control characters.

use std::io::{self, Read};

use super::scan::{Place, Text, hex4, special};
use super::window::Window;

/// No number is written with more bytes.
const MOST_BARE: usize = 64;

#[derive(Debug)]
pub(super) enum LexFault {
    Read(io::Error),
    /// The file ends here.
    End,
    Wanted {
        wanted: &'static str,
        found: u8,
    },
}

impl From<io::Error> for LexFault {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

pub(super) type Lexed<T> = Result<T, LexFault>;

pub(super) struct Lexer {
    window: Window,
    scratch: Vec<u8>,
    depth: u32,
}

impl Lexer {
    pub(super) fn new(reader: Box<dyn Read + Send>) -> Self {
        Self {
            window: Window::new(reader),
            scratch: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn offset(&self) -> u64 {
        self.window.offset()
    }

    /// Passes over what was read of a value that the end of the file cut.
    pub(super) fn skip_rest(&mut self) {
        self.window.skip_rest();
    }

    /// How many objects and arrays are open.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// The next byte that is not white space; it stays unread.
    #[inline]
    pub(super) fn peek(&mut self) -> Lexed<u8> {
        self.peek_or_end()?.ok_or(LexFault::End)
    }

    #[inline]
    pub(super) fn peek_or_end(&mut self) -> Lexed<Option<u8>> {
        loop {
            // Indented files have long runs of spaces.
            while let Some(eight) = self.window.rest().first_chunk::<8>()
                && *eight == [b' '; 8]
            {
                self.window.at += 8;
            }
            let rest = self.window.rest();
            for (skipped, byte) in rest.iter().enumerate() {
                if *byte > b' ' {
                    let byte = *byte;
                    self.window.at += skipped;
                    return Ok(Some(byte));
                }
                if skipped == 2 {
                    break;
                }
            }
            let skipped = rest.len().min(2);
            self.window.at += skipped;
            if self.window.rest().is_empty() && !self.window.fill()? {
                return Ok(None);
            }
        }
    }

    /// Reads an object's or array's opening, or passes over a value of another kind.
    pub(super) fn open(&mut self, opening: u8) -> Lexed<bool> {
        if self.peek()? != opening {
            self.skip_value()?;
            return Ok(false);
        }
        self.window.at += 1;
        self.depth += 1;
        Ok(true)
    }

    /// The next key of the object that is open; `None` at its end, which is read.
    ///
    /// Missing and doubled commas are let pass.
    #[inline]
    pub(super) fn key(&mut self) -> Lexed<Option<&[u8]>> {
        let mut next = self.peek()?;
        while next == b',' {
            self.window.at += 1;
            next = self.peek()?;
        }
        match next {
            b'"' => {}
            b'}' => {
                self.close();
                return Ok(None);
            }
            found => {
                let wanted = "a name in quotes or `}`";
                return Err(LexFault::Wanted { wanted, found });
            }
        }
        // Known names are short; a colon nearly always follows at once.
        let place = self.string_place(64)?.0;
        if let Place::Window(start, end) = place {
            if self.window.rest().first() == Some(&b':') {
                self.window.at += 1;
                return Ok(Some(self.window.slice(start, end)));
            }
            // To look further may move what is in the window.
            self.scratch.clear();
            self.scratch
                .extend_from_slice(self.window.slice(start, end));
        }
        match self.peek()? {
            b':' => self.window.at += 1,
            found => {
                let wanted = "`:`";
                return Err(LexFault::Wanted { wanted, found });
            }
        }
        Ok(Some(&self.scratch))
    }

    /// Whether the array that is open has one more value; its end is read.
    #[inline]
    pub(super) fn more(&mut self) -> Lexed<bool> {
        let mut next = self.peek()?;
        while next == b',' {
            self.window.at += 1;
            next = self.peek()?;
        }
        match next {
            b']' => {
                self.close();
                Ok(false)
            }
            b'}' | b':' => Err(LexFault::Wanted {
                wanted: "a value or `]`",
                found: next,
            }),
            _ => Ok(true),
        }
    }

    fn close(&mut self) {
        self.window.at += 1;
        self.depth = self.depth.saturating_sub(1);
    }

    /// A string's first `limit` bytes, or a number as it is written; `None` for anything else,
    /// which is passed over.
    #[inline]
    pub(super) fn text(&mut self, limit: usize) -> Lexed<Option<Text<'_>>> {
        let (place, left_out) = match self.peek()? {
            b'"' => self.string_place(limit)?,
            b'-' | b'0'..=b'9' => (self.bare_place()?, 0),
            _ => {
                self.skip_value()?;
                return Ok(None);
            }
        };
        let bytes = match place {
            Place::Window(start, end) => self.window.slice(start, end),
            Place::Scratch => &self.scratch,
        };
        Ok(Some(Text { bytes, left_out }))
    }

    /// Reads a string whose quote is the next byte.
    #[inline]
    fn string_place(&mut self, limit: usize) -> Lexed<(Place, u64)> {
        let start = self.window.at + 1;
        let rest = &self.window.rest()[1..];
        if let Some(length) = special(rest)
            && rest[length] == b'"'
        {
            self.window.at = start + length + 1;
            let kept = length.min(limit);
            return Ok((Place::Window(start, start + kept), (length - kept) as u64));
        }
        self.window.at = start;
        self.string_to_scratch(limit)
            .map(|left| (Place::Scratch, left))
    }

    /// A string with escapes, or one that the window does not hold.
    fn string_to_scratch(&mut self, limit: usize) -> Lexed<u64> {
        self.scratch.clear();
        loop {
            let rest = self.window.rest();
            let (plain, special) = match special(rest) {
                Some(at) => (at, Some(rest[at])),
                None => (rest.len(), None),
            };
            let room = limit - self.scratch.len();
            if plain > room {
                self.scratch.extend_from_slice(&rest[..room]);
                self.window.at += room;
                return self.skip_string();
            }
            self.scratch.extend_from_slice(&rest[..plain]);
            self.window.at += plain;
            match special {
                Some(b'"') => {
                    self.window.at += 1;
                    return Ok(0);
                }
                Some(_) => {
                    let mut utf8 = [0; 4];
                    let unescaped = self.escape()?.encode_utf8(&mut utf8).as_bytes();
                    if self.scratch.len() + unescaped.len() > limit {
                        return Ok(self.skip_string()? + unescaped.len() as u64);
                    }
                    self.scratch.extend_from_slice(unescaped);
                }
                None => self.fill()?,
            }
        }
    }

    /// What an escape stands for; its backslash is the next byte.
    fn escape(&mut self) -> Lexed<char> {
        self.window.have(2)?;
        let Some(kind) = self.window.rest().get(1).copied() else {
            return Err(LexFault::End);
        };
        self.window.at += 2;
        Ok(match kind {
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => self.unicode_escape()?,
            other if other.is_ascii() => char::from(other),
            // The first byte of a longer character: the rest follows.
            _ => {
                self.window.at -= 1;
                return Ok(char::REPLACEMENT_CHARACTER);
            }
        })
    }

    fn unicode_escape(&mut self) -> Lexed<char> {
        // The second half of a pair is `\uXXXX` too.
        self.window.have(10)?;
        let Some(unit) = hex4(self.window.rest()) else {
            return Ok(char::REPLACEMENT_CHARACTER);
        };
        self.window.at += 4;
        if (0xd800..0xdc00).contains(&unit)
            && let Some(b"\\u") = self.window.rest().get(..2)
            && let Some(low) = hex4(&self.window.rest()[2..])
            && let Some(Ok(pair)) = char::decode_utf16([unit, low]).next()
        {
            self.window.at += 6;
            return Ok(pair);
        }
        Ok(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Passes over the rest of a string; how long it was, escapes counted as one byte each.
    fn skip_string(&mut self) -> Lexed<u64> {
        let mut skipped = 0;
        loop {
            let rest = self.window.rest();
            let Some(at) = special(rest) else {
                skipped += rest.len() as u64;
                self.window.at = self.window.end;
                self.fill()?;
                continue;
            };
            skipped += at as u64;
            if rest[at] == b'"' {
                self.window.at += at + 1;
                return Ok(skipped);
            }
            self.window.at += at;
            self.window.have(2)?;
            if self.window.rest().len() < 2 {
                return Err(LexFault::End);
            }
            self.window.at += 2;
            skipped += 1;
        }
    }

    /// A number, `true` and so on, as it is written.
    fn bare_place(&mut self) -> Lexed<Place> {
        self.window.have(MOST_BARE)?;
        // Not further, even where more is at hand: the same bytes are to be the same however they come.
        let rest = self.window.rest();
        let rest = &rest[..rest.len().min(MOST_BARE)];
        let length = rest.iter().position(|byte| {
            matches!(byte, b',' | b'}' | b']' | b':' | b'"' | b'{' | b'[') || *byte <= b' '
        });
        let Some(length) = length else {
            return Err(match rest {
                [found, ..] if rest.len() == MOST_BARE => LexFault::Wanted {
                    wanted: "a value",
                    found: *found,
                },
                _ => LexFault::End,
            });
        };
        let start = self.window.at;
        self.window.at += length;
        Ok(Place::Window(start, self.window.at))
    }

    fn fill(&mut self) -> Lexed<()> {
        match self.window.fill()? {
            true => Ok(()),
            false => Err(LexFault::End),
        }
    }

    /// Passes over one value.
    pub(super) fn skip_value(&mut self) -> Lexed<()> {
        match self.peek()? {
            b'"' => {
                self.window.at += 1;
                self.skip_string().map(drop)
            }
            b'{' | b'[' => {
                let depth = self.depth;
                self.window.at += 1;
                self.depth += 1;
                self.skip_to_depth(depth)
            }
            found @ (b'}' | b']' | b',' | b':') => Err(LexFault::Wanted {
                wanted: "a value",
                found,
            }),
            _ => self.bare_place().map(drop),
        }
    }

    /// Passes over everything until only `depth` objects and arrays are open.
    pub(super) fn skip_to_depth(&mut self, depth: u32) -> Lexed<()> {
        while self.depth > depth {
            let rest = self.window.rest();
            let Some(at) = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))
            else {
                self.window.at = self.window.end;
                self.fill()?;
                continue;
            };
            let byte = rest[at];
            self.window.at += at + 1;
            match byte {
                b'"' => drop(self.skip_string()?),
                b'{' | b'[' => self.depth += 1,
                _ => self.depth -= 1,
            }
        }
        Ok(())
    }

    /// The first bytes of what comes, for messages.
    pub(super) fn head(&mut self, length: usize) -> io::Result<&[u8]> {
        self.window.have(length)?;
        let rest = self.window.rest();
        Ok(&rest[..rest.len().min(length)])
    }
}
