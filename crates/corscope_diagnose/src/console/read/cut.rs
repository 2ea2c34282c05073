//! Messages that end in the middle: the titles of questions, and lines that were copied in part.

use super::template::{Fit, Found, Hole, Node, fit};

/// How much of a line is looked through for what is left of a message.
const LINE_LIMIT: usize = 2048;

/// What is there of a message, and whether it is cut where a line ends.
pub(super) struct Cut {
    pub(super) fit: Fit,
    pub(super) is_cut: bool,
}

/// Fits as much of `nodes` as is there; the last literal may be there in part.
pub(super) fn cut(text: &[u8], at: usize, nodes: &[Node], facts: &mut Vec<Found>) -> Cut {
    let mut fit = fit(text, at, nodes, facts);
    let is_cut = match &nodes[fit.stopped..] {
        _ if fit.whole => false,
        [Node::Literal(literal), ..] => {
            let length = start_of(text, fit.end, literal);
            fit.weight += length.unwrap_or(0);
            fit.end += length.unwrap_or(0);
            length.is_some()
        }
        [Node::Hole(hole, name), Node::Literal(literal), ..] => {
            let begin = match nodes.first() {
                Some(Node::Literal(first)) => first.as_bytes(),
                _ => &[],
            };
            match cut_hole(text, fit.end, *hole, literal, begin) {
                Some((end, length)) if length > 0 => {
                    facts.push((name, fit.end..end));
                    fit.end = end + length;
                    fit.weight += length;
                    true
                }
                // The fact itself is cut: what is left of it would mislead.
                found => found.is_some(),
            }
        }
        _ => false,
    };
    Cut { fit, is_cut }
}

/// Where a hole ends, and how much there is of the literal behind it.
fn cut_hole(
    text: &[u8],
    start: usize,
    hole: Hole,
    literal: &str,
    begin: &[u8],
) -> Option<(usize, usize)> {
    let first = literal.as_bytes().first().copied()?;
    for at in start..text.len().min(start + LINE_LIMIT) {
        if text[at] == first
            && let Some(length) = start_of(text, at, literal).filter(|length| *length > 0)
        {
            return Some((at, length));
        }
        let is_again = !begin.is_empty() && text[at..].starts_with(begin);
        if is_again || matches!(text[at], b'\n' | 0x0B) || is_end(text, at) {
            break;
        }
        if hole == Hole::Url && text[at] == b' ' {
            return None;
        }
    }
    let is_url = hole == Hole::Url && has_scheme(&text[start..]);
    is_url.then_some((start, 0))
}

/// How much of `literal` stands at `at`, when the line ends before the literal does.
pub(super) fn start_of(text: &[u8], at: usize, literal: &str) -> Option<usize> {
    let rest = text.get(at..)?;
    let same = |(wanted, byte): &(u8, &u8)| wanted == *byte;
    let length = literal.bytes().zip(rest).take_while(same).count();
    let is_inside = length < literal.len();
    // What is cut off at a length often ends in a space that nobody copies.
    (is_inside && is_end(text, at + length)).then_some(length)
}

/// Whether the text was cut here.
fn is_end(text: &[u8], at: usize) -> bool {
    let rest = &text[at.min(text.len())..];
    let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
    let rest = &rest[spaces..];
    rest.is_empty()
        || matches!(rest[0], b'\n' | 0x0B)
        || rest.starts_with(b"...")
        || rest.starts_with("…".as_bytes())
}

/// Whether a URL begins here.
pub(super) fn has_scheme(text: &[u8]) -> bool {
    let letters = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(*byte);
    let length = text.iter().take(32).take_while(letters).count();
    length > 0 && text[length..].starts_with(b"://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_may_end_where_its_line_does() {
        let literal = "' from origin '";
        for (text, length) in [
            ("' from origin", Some(13)),
            ("' fro...", Some(5)),
            ("' from …", Some(7)),
            ("' fr\nom", Some(4)),
            ("' frame", None),
            ("' from origin 'x", None),
        ] {
            assert_eq!(start_of(text.as_bytes(), 0, literal), length, "{text}");
        }
    }

    #[test]
    fn schemes_are_told_from_words() {
        assert!(has_scheme(b"https://a") && has_scheme(b"capacitor://localhost"));
        assert!(!has_scheme(b"my api") && !has_scheme(b"://") && !has_scheme(b""));
    }
}
