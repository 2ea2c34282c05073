//! A header line with carets under the bytes at fault.

use std::ops::Range;

use super::printable::push_byte;
use crate::secrets::masked_bytes;

/// A line of a message, and the line below it that marks its columns. No mark: empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) carets: String,
}

/// One byte's columns.
struct Cells {
    text: String,
    marks: Vec<bool>,
}

impl Cells {
    fn push(&mut self, byte: u8, mark: bool) {
        push_byte(&mut self.text, byte);
        self.marks.resize(self.text.len(), mark);
    }
}

/// Shows header `name: value` with carets under `spans` of the value's bytes, in at most `width`
/// columns: a longer line is cut to what lies around the first mark. An empty span is one caret.
pub(super) fn header(name: &[u8], value: &[u8], spans: &[Range<usize>], width: usize) -> Marked {
    let mut cells = Cells {
        text: String::new(),
        marks: Vec::new(),
    };
    for byte in name {
        cells.push(*byte, false);
    }
    cells.push(b':', false);
    if !value.starts_with(b" ") {
        cells.push(b' ', false);
    }
    let start_of_value = cells.text.len() + usize::from(value.starts_with(b" "));
    for (index, byte) in masked_bytes(value).iter().enumerate() {
        let mark = spans
            .iter()
            .any(|span| span.contains(&index) || (span.is_empty() && span.start == index));
        cells.push(*byte, mark);
    }
    if spans
        .iter()
        .any(|span| span.is_empty() && span.start >= value.len())
    {
        cells.push(b' ', true);
    }
    fit(&cells, start_of_value, width)
}

/// Shows a line of printable ASCII with carets under `span`.
pub(super) fn plain(text: &str, span: Range<usize>, width: usize) -> Marked {
    let mut cells = Cells {
        text: String::new(),
        marks: Vec::new(),
    };
    for (index, byte) in text.bytes().enumerate() {
        cells.push(byte, span.contains(&index));
    }
    fit(&cells, 0, width)
}

/// Cuts a line to `width`: its head stays up to `head`, then a window around the first mark.
fn fit(cells: &Cells, head: usize, width: usize) -> Marked {
    let length = cells.text.len();
    if length <= width {
        return marked(cells, 0..length, false, false);
    }
    let first = cells.marks.iter().position(|mark| *mark).unwrap_or(0);
    let last = cells.marks.iter().rposition(|mark| *mark).unwrap_or(0);
    if last < width.saturating_sub(4) {
        return marked(cells, 0..width.saturating_sub(4), false, true);
    }
    // A name that leaves no room for its value is given up.
    let head = if head + 24 > width { 0 } else { head };
    let room = width.saturating_sub(head + 8).max(8);
    let before = room.saturating_sub(last + 1 - first).min(room) / 3;
    let start = first
        .saturating_sub(before)
        .max(head)
        .min(length.saturating_sub(room));
    let end = (start + room).min(length);
    let mut shown = marked(cells, start..end, start > head, end < length);
    if head > 0 {
        shown.text.insert_str(0, &cells.text[..head]);
        if !shown.carets.is_empty() {
            shown.carets.insert_str(0, &" ".repeat(head));
        }
    }
    shown
}

fn marked(cells: &Cells, part: Range<usize>, cut_before: bool, cut_after: bool) -> Marked {
    let mut text = String::new();
    let mut carets = String::new();
    if cut_before {
        text.push_str("... ");
        carets.push_str("    ");
    }
    text.push_str(&cells.text[part.clone()]);
    carets.extend(
        cells.marks[part]
            .iter()
            .map(|mark| if *mark { '^' } else { ' ' }),
    );
    if cut_after {
        text.push_str(" ...");
    }
    text.truncate(text.trim_end().len());
    carets.truncate(carets.trim_end().len());
    Marked { text, carets }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, value: &[u8], spans: &[(usize, usize)], width: usize) -> String {
        let spans: Vec<Range<usize>> = spans.iter().map(|(start, end)| *start..*end).collect();
        let marked = header(name.as_bytes(), value, &spans, width);
        format!("{}\n{}", marked.text, marked.carets)
    }

    #[test]
    fn marks_the_bytes_of_a_span() {
        assert_eq!(
            shown("Allow", b" a, b", &[(4, 5)], 40),
            "Allow: a, b\n          ^"
        );
        assert_eq!(
            shown("Allow", b"a,b", &[(0, 3)], 40),
            "Allow: a,b\n       ^^^"
        );
    }

    #[test]
    fn an_escaped_byte_is_marked_over_all_its_columns() {
        assert_eq!(
            shown("X", b" a\tb\xC3\xA9", &[(2, 3), (4, 6)], 40),
            "X: a\\tb\\xC3\\xA9\n    ^^ ^^^^^^^^"
        );
    }

    #[test]
    fn an_empty_value_is_marked_once() {
        assert_eq!(shown("X", b"", &[(0, 0)], 40), "X:\n   ^");
        assert_eq!(shown("X", b" ", &[(1, 1)], 40), "X:\n   ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let mut value = vec![b' '];
        value.extend(std::iter::repeat_n(b'a', 300));
        value.extend(b"BAD");
        value.extend(std::iter::repeat_n(b'c', 300));
        let text = shown("Access-Control-Allow-Origin", &value, &[(301, 304)], 76);
        let (line, carets) = text.split_once('\n').unwrap();
        assert!(line.len() <= 76 && carets.len() <= 76, "{text}");
        let at = line.find("BAD").unwrap();
        assert_eq!(carets.trim_start(), "^^^");
        assert_eq!(carets.find('^'), Some(at));
        assert!(line.starts_with("Access-Control-Allow-Origin: ... a"));
        assert!(line.ends_with("..."));
    }

    #[test]
    fn a_mark_longer_than_the_line_still_fits() {
        let value = vec![b'a'; 1000];
        for width in [40, 60, 80] {
            let span = 0..1000;
            let name = b"Access-Control-Allow-Headers";
            let marked = header(name, &value, std::slice::from_ref(&span), width);
            assert!(marked.text.len() <= width && marked.carets.len() <= width);
            assert!(marked.carets.contains('^'));
        }
    }
}
