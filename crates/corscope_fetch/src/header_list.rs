//! [Header lists](https://fetch.spec.whatwg.org/#concept-header-list): ordered, with every byte
//! and every duplicate kept, because a debugger that lost them could not show what went wrong.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// One header as it stands in a [`HeaderList`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Header<'a> {
    /// The name's bytes, spelled as on the wire.
    pub name: &'a [u8],
    /// The bytes after the colon, not trimmed.
    pub value: &'a [u8],
}

impl<'a> Header<'a> {
    /// Whether this header's name is `name`, ASCII case ignored.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value [normalized](https://fetch.spec.whatwg.org/#concept-header-value-normalize):
    /// without HTTP white space (tab, LF, CR, space) at both ends.
    pub fn trimmed(&self) -> &'a [u8] {
        trim_http_whitespace(self.value)
    }

    /// Where [`Header::trimmed`] stands inside the value, in bytes.
    pub fn trimmed_span(&self) -> Range<usize> {
        let start = self.value.len() - trim_start(self.value).len();
        start..start + self.trimmed().len()
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}:{}",
            self.name.escape_ascii(),
            self.value.escape_ascii()
        )
    }
}

/// Before each header: how long its name is and how long its value, as `u32` each.
const LENGTHS: usize = 8;

/// An ordered list of raw headers.
///
/// All of it lives in one buffer, so that a list is one allocation however long it is, cloning it
/// another, and a scan walks memory in order. A header of more than 4 GiB is refused by
/// [`HeaderList::push`].
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct HeaderList {
    /// The headers, one after the other: two lengths, the name, the value.
    bytes: Vec<u8>,
    lines: usize,
}

impl HeaderList {
    /// An empty list; allocates nothing.
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            lines: 0,
        }
    }

    /// An empty list with room for `lines` headers of `bytes` bytes in all.
    pub fn with_capacity(lines: usize, bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(lines * LENGTHS + bytes),
            lines: 0,
        }
    }

    /// [Appends](https://fetch.spec.whatwg.org/#concept-header-list-append) a header.
    ///
    /// The standard borrows the spelling of an equal name that is already there; a wire does not,
    /// so the name stays as given. A header of more than 4 GiB is left out.
    pub fn push(&mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let (name, value) = (name.as_ref(), value.as_ref());
        let lengths = (u32::try_from(name.len()), u32::try_from(value.len()));
        let (Ok(name_len), Ok(value_len)) = lengths else {
            return;
        };
        self.bytes.reserve(LENGTHS + name.len() + value.len());
        self.bytes.extend_from_slice(&name_len.to_le_bytes());
        self.bytes.extend_from_slice(&value_len.to_le_bytes());
        self.bytes.extend_from_slice(name);
        self.bytes.extend_from_slice(value);
        self.lines += 1;
    }

    /// How many headers (lines) there are, duplicates counted.
    pub fn len(&self) -> usize {
        self.lines
    }

    /// Whether there is no header at all.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// The header at line `index`, counted from 0.
    pub fn line(&self, index: usize) -> Option<Header<'_>> {
        self.iter().nth(index)
    }

    /// All headers in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Header<'_>> + Clone {
        Lines {
            bytes: &self.bytes,
            left: self.lines,
        }
    }

    /// All headers named `name` (ASCII case ignored), each with its line number.
    pub fn lines_named<'a>(&'a self, name: &str) -> impl Iterator<Item = (usize, Header<'a>)> {
        Named {
            bytes: &self.bytes,
            name,
            line: 0,
        }
    }

    /// Whether a header named `name` is there.
    pub fn contains(&self, name: &str) -> bool {
        self.lines_named(name).next().is_some()
    }

    /// [Gets](https://fetch.spec.whatwg.org/#concept-header-list-get) `name`: all its values,
    /// trimmed, joined with `, ` in order; `None` when it is absent.
    pub fn get(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        let mut found = self.lines_named(name).map(|(_, header)| header.trimmed());
        let first = found.next()?;
        let Some(second) = found.next() else {
            return Some(Cow::Borrowed(first));
        };
        let mut joined = first.to_vec();
        for value in std::iter::once(second).chain(found) {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(value);
        }
        Some(Cow::Owned(joined))
    }

    /// A copy of the list, with one more header where there is a value for it.
    pub fn with(&self, name: &str, value: Option<&str>) -> Self {
        let Some(value) = value else {
            return self.clone();
        };
        let mut copy = Self {
            bytes: Vec::with_capacity(self.bytes.len() + LENGTHS + name.len() + value.len()),
            lines: self.lines,
        };
        copy.bytes.extend_from_slice(&self.bytes);
        copy.push(name, value);
        copy
    }

    /// The list without the headers that `drop` picks; order and spelling of the rest stay.
    pub fn without(&self, mut drop: impl FnMut(Header<'_>) -> bool) -> Self {
        let mut kept = Self::with_capacity(0, self.bytes.len());
        for header in self.iter().filter(|header| !drop(*header)) {
            kept.push(header.name, header.value);
        }
        kept
    }

    /// [Sets](https://fetch.spec.whatwg.org/#concept-header-list-set) `name` to one value: at the
    /// place of the first header of that name, else at the end.
    pub fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let mut kept = Self::with_capacity(1, self.bytes.len() + 32);
        let mut placed = false;
        for header in self.iter() {
            if !header.is(name) {
                kept.push(header.name, header.value);
            } else if !std::mem::replace(&mut placed, true) {
                kept.push(name, &value);
            }
        }
        if !placed {
            kept.push(name, &value);
        }
        *self = kept;
    }

    /// Bytes of all names and values together.
    pub fn byte_len(&self) -> usize {
        self.bytes.len() - self.lines * LENGTHS
    }

    /// Bytes of memory that it holds on to.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

impl fmt::Debug for HeaderList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.iter()).finish()
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> FromIterator<(N, V)> for HeaderList {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        let mut list = Self::new();
        list.extend(headers);
        list
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> Extend<(N, V)> for HeaderList {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, headers: I) {
        for (name, value) in headers {
            self.push(name, value);
        }
    }
}

/// The lengths of the first header's name and value, and what follows them; `None` at the end.
fn lengths(bytes: &[u8]) -> Option<(usize, usize, &[u8])> {
    let ([a, b, c, d, e, f, g, h], rest) = bytes.split_first_chunk::<LENGTHS>()?;
    let name = u32::from_le_bytes([*a, *b, *c, *d]);
    let value = u32::from_le_bytes([*e, *f, *g, *h]);
    Some((name as usize, value as usize, rest))
}

/// The headers in order.
#[derive(Clone)]
struct Lines<'a> {
    bytes: &'a [u8],
    left: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value, rest) = lengths(self.bytes)?;
        let (header, after) = rest.split_at(name + value);
        let (name, value) = header.split_at(name);
        self.bytes = after;
        self.left -= 1;
        Some(Header { name, value })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Lines<'_> {}

/// The headers of one name. Every check looks some of them up, so this is one plain loop.
struct Named<'a, 'n> {
    bytes: &'a [u8],
    name: &'n str,
    line: usize,
}

impl<'a> Iterator for Named<'a, '_> {
    type Item = (usize, Header<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some((name, value, rest)) = lengths(self.bytes) {
            let (header, after) = rest.split_at(name + value);
            self.bytes = after;
            let line = self.line;
            self.line += 1;
            // Most names differ in length, which is seen without looking at a byte of them.
            if name == self.name.len() {
                let (name, value) = header.split_at(name);
                let header = Header { name, value };
                if header.is(self.name) {
                    return Some((line, header));
                }
            }
        }
        None
    }
}

/// An [HTTP whitespace byte](https://fetch.spec.whatwg.org/#http-whitespace-byte).
pub const fn is_http_whitespace(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' ')
}

fn trim_start(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_http_whitespace(*first)
    {
        bytes = rest;
    }
    bytes
}

/// `bytes` without HTTP white space at both ends.
pub fn trim_http_whitespace(bytes: &[u8]) -> &[u8] {
    let mut bytes = trim_start(bytes);
    while let [rest @ .., last] = bytes
        && is_http_whitespace(*last)
    {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_name_are_joined_in_order_whatever_their_case() {
        let list: HeaderList = [("A", " 1\t"), ("b", "2"), ("a", ""), ("A", "3")]
            .into_iter()
            .collect();
        assert_eq!(list.get("a").as_deref(), Some(&b"1, , 3"[..]));
        assert_eq!(list.get("B").as_deref(), Some(&b"2"[..]));
        assert_eq!(list.get("c"), None);
    }

    #[test]
    fn spelling_order_and_duplicates_survive() {
        let list: HeaderList = [("X-a", "1"), ("Y", "2"), ("x-A", " 3")]
            .into_iter()
            .collect();
        let lines: Vec<_> = list
            .iter()
            .map(|header| (header.name, header.value))
            .collect();
        assert_eq!(
            lines,
            [
                (&b"X-a"[..], &b"1"[..]),
                (&b"Y"[..], &b"2"[..]),
                (&b"x-A"[..], &b" 3"[..])
            ]
        );
        assert_eq!(
            list.lines_named("x-a")
                .map(|(line, _)| line)
                .collect::<Vec<_>>(),
            [0, 2]
        );
    }

    #[test]
    fn set_keeps_the_first_place_and_drops_the_rest() {
        let mut list: HeaderList = [("a", "1"), ("b", "2"), ("A", "3")].into_iter().collect();
        list.set("a", "9");
        assert_eq!(list, [("a", "9"), ("b", "2")].into_iter().collect());
    }

    #[test]
    fn the_span_of_a_trimmed_value_points_into_the_raw_one() {
        let list: HeaderList = [("a", "\t x \r\n")].into_iter().collect();
        let header = list.line(0).unwrap();
        assert_eq!(header.trimmed_span(), 2..3);
        assert_eq!(header.trimmed(), b"x");
    }
}
