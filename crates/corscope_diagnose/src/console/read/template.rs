//! A message with holes, and how it is found in plain text: literals are compared piece by piece,
//! each hole goes to the next literal; nothing is ever tried twice.

use std::ops::Range;

use super::clean::{Clean, PARAGRAPH};

/// The longest URL that is looked for.
const URL_LIMIT: usize = 64 * 1024;
/// The longest header value or directive.
const VALUE_LIMIT: usize = 8 * 1024;
/// The longest name of something.
const WORD_LIMIT: usize = 256;
/// The shortest start that tells one message from another.
const SHORTEST_START: usize = 7;
/// The most line ends inside one fact.
const LINES_LIMIT: usize = 60;

/// What can fill a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hole {
    /// No white space, but a terminal may have broken it.
    Url,
    /// A few words.
    Word,
    /// A number, or `(null)`.
    Status,
    /// `net::ERR_…`
    NetError,
    /// Capital letters, digits and underscores.
    Name,
    /// Anything.
    Any,
}

impl Hole {
    fn of(name: &str) -> Self {
        match name {
            "url" | "initial_url" | "location" | "page" | "referrer" | "origin"
            | "target_origin" => Self::Url,
            "status" | "port" => Self::Status,
            "error" => Self::NetError,
            "net_error" | "err" => Self::Name,
            "value" | "text" | "directive" | "schemes" | "reason" | "content_kind" => Self::Any,
            _ => Self::Word,
        }
    }
}

/// One piece of a template.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Literal(Box<str>),
    Hole(Hole, &'static str),
    /// One of these, or nothing.
    Tail(Vec<Vec<Node>>),
}

/// Reads a template's text; `tails` gives the forms of a named optional part.
pub(super) fn compile(
    text: &'static str,
    tails: &dyn Fn(&str) -> Option<&'static [String]>,
) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let open = rest.find('{').unwrap_or(rest.len());
        let (literal, after) = rest.split_at(open);
        if !literal.is_empty() {
            nodes.push(Node::Literal(folded(literal).into()));
        }
        let Some((name, after)) = after
            .strip_prefix('{')
            .and_then(|after| after.split_once('}'))
        else {
            break;
        };
        nodes.push(match tails(name) {
            Some(forms) => Node::Tail(forms.iter().map(|form| compile(form, tails)).collect()),
            None => Node::Hole(Hole::of(name), name),
        });
        rest = after;
    }
    nodes
}

/// A template's text as plain text is, its outer spaces kept.
fn folded(text: &str) -> String {
    let inner = Clean::new(text).text;
    let before = if text.starts_with(' ') { " " } else { "" };
    let after = if text.len() > 1 && text.ends_with(' ') {
        " "
    } else {
        ""
    };
    format!("{before}{inner}{after}")
}

/// A fact's name, and where it stands in the plain text.
pub(super) type Found = (&'static str, Range<usize>);

/// How far a template fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    /// Where it ends.
    pub(super) end: usize,
    /// How many bytes of its own text were there.
    pub(super) weight: usize,
    /// Whether all of it was there.
    pub(super) whole: bool,
    /// The node that was not there.
    pub(super) stopped: usize,
}

/// Finds `nodes` at `at`; `facts` gets what fills the holes.
pub(super) fn fit(text: &[u8], at: usize, nodes: &[Node], facts: &mut Vec<Found>) -> Fit {
    let mut fit = Fit {
        end: at,
        weight: 0,
        whole: false,
        stopped: 0,
    };
    let first = match nodes.first() {
        Some(Node::Literal(first)) if first.len() >= SHORTEST_START => first.as_bytes(),
        _ => &[],
    };
    let mut index = 0;
    while let Some(node) = nodes.get(index) {
        fit.stopped = index;
        let is_last = index + 1 == nodes.len();
        match node {
            Node::Literal(literal) => {
                let Some(end) = literal_at(text, fit.end, literal, ends(&nodes[index + 1..]))
                else {
                    return fit;
                };
                fit.end = end;
                fit.weight += literal.len();
            }
            Node::Tail(forms) => {
                let best = forms.iter().find_map(|form| {
                    let before = facts.len();
                    let tail = self::fit(text, fit.end, form, facts);
                    if !tail.whole {
                        facts.truncate(before);
                    }
                    tail.whole.then_some(tail)
                });
                if let Some(tail) = best {
                    fit.end = tail.end;
                    fit.weight += tail.weight;
                }
            }
            Node::Hole(hole, name) => {
                let next = nodes.get(index + 1);
                let (range, end) = match next {
                    Some(Node::Literal(literal)) if !is_end(literal, nodes, index + 1) => {
                        match until(text, fit.end, *hole, literal, first) {
                            Some((range, end)) => {
                                fit.weight += literal.len();
                                index += 1;
                                (range, end)
                            }
                            None => return fit,
                        }
                    }
                    Some(Node::Literal(literal)) => {
                        index += 1;
                        let tails = &nodes[index + 1..];
                        match closed(text, fit.end, *hole, literal, tails) {
                            Some(found) => found,
                            None => last(text, fit.end, *hole, literal),
                        }
                    }
                    _ if is_last || matches!(next, Some(Node::Tail(_))) => {
                        last(text, fit.end, *hole, "")
                    }
                    _ => return fit,
                };
                if range.is_empty() && matches!(hole, Hole::Status | Hole::NetError | Hole::Name) {
                    return fit;
                }
                facts.push((name, range));
                fit.end = end;
            }
        }
        index += 1;
    }
    fit.whole = true;
    fit
}

/// Whether nothing but optional parts follows.
fn ends(rest: &[Node]) -> bool {
    rest.iter().all(|node| matches!(node, Node::Tail(_)))
}

/// Whether a literal is only the punctuation that ends a message.
fn is_end(literal: &str, nodes: &[Node], index: usize) -> bool {
    ends(&nodes[index + 1..]) && literal.bytes().all(|byte| b".\"')".contains(&byte))
}

/// A template's text at `at`: a space may be a line end, a line end may stand anywhere, and the
/// punctuation at a message's end may be missing.
pub(super) fn literal_at(text: &[u8], at: usize, literal: &str, is_last: bool) -> Option<usize> {
    let core = if is_last {
        literal.trim_end_matches(['.', ')', '"', ' ']).len()
    } else {
        literal.len()
    };
    let mut at = at;
    for (index, wanted) in literal.bytes().enumerate() {
        let start = at;
        let fits = loop {
            match text.get(at) {
                Some(byte) if *byte == wanted => break true,
                Some(b'\n') if wanted == b' ' => break true,
                Some(b'\n') if index > 0 && index < core => at += 1,
                Some(b'\\') if matches!(wanted, b'"' | b'\'') => at += 1,
                _ => break false,
            }
        };
        if !fits {
            return (index >= core && index > 0).then_some(start);
        }
        at += 1;
    }
    Some(at)
}

/// A hole that ends before `literal`. It never holds `begin`, with which the message itself begins:
/// so no piece of text is looked at again and again.
fn until(
    text: &[u8],
    start: usize,
    hole: Hole,
    literal: &str,
    begin: &[u8],
) -> Option<(Range<usize>, usize)> {
    let limit = match hole {
        Hole::Url => URL_LIMIT,
        Hole::Any => VALUE_LIMIT,
        Hole::Word => WORD_LIMIT,
        Hole::Status | Hole::NetError | Hole::Name => {
            let end = strict_end(text, start, hole);
            let after = literal_at(text, end, literal, false)?;
            return Some((start..end, after));
        }
    };
    let first = literal.as_bytes().first().copied()?;
    let mut lines = 0;
    let mut spaces_from = None;
    for at in start..text.len().min(start + limit) {
        let byte = text[at];
        if (byte == first || (first == b' ' && byte == b'\n') || byte == b'\\')
            && let Some(end) = literal_at(text, at, literal, false)
        {
            return Some((start..at, end));
        }
        if begin.first() == Some(&byte) && text[at..].starts_with(begin) {
            return None;
        }
        match byte {
            PARAGRAPH => return None,
            b'\n' => {
                lines += 1;
                let most = match hole {
                    Hole::Url if spaces_from.is_some() => 0,
                    Hole::Url => LINES_LIMIT,
                    Hole::Any => 12,
                    _ => 1,
                };
                if lines > most {
                    return None;
                }
            }
            // People write `my api` where a URL was; then it must end soon.
            b' ' if hole == Hole::Url => {
                if lines > 0 || literal.len() < 8 {
                    return None;
                }
                let from = *spaces_from.get_or_insert(at);
                if at - from > WORD_LIMIT {
                    return None;
                }
            }
            _ => {}
        }
    }
    None
}

fn strict_end(text: &[u8], start: usize, hole: Hole) -> usize {
    let rest = &text[start..];
    let count = |accepts: &dyn Fn(u8) -> bool| {
        rest.iter()
            .take(WORD_LIMIT)
            .position(|byte| !accepts(*byte))
            .unwrap_or(rest.len().min(WORD_LIMIT))
    };
    start
        + match hole {
            Hole::Status if rest.starts_with(b"(null)") => "(null)".len(),
            Hole::Status => Some(count(&|byte| byte.is_ascii_digit()))
                .filter(|digits| *digits <= 5)
                .unwrap_or(0),
            Hole::NetError if rest.starts_with(b"net::ERR_") => {
                "net::".len() + name_length(&rest["net::".len()..])
            }
            Hole::NetError => 0,
            _ => name_length(rest),
        }
}

/// How long an error's name is, as in `ERR_BLOCKED_BY_RESPONSE.NotSameOrigin`.
fn name_length(text: &[u8]) -> usize {
    let text = &text[..text.len().min(WORD_LIMIT)];
    let capitals = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_');
    let length = text.iter().take_while(|byte| capitals(byte)).count();
    let more = match &text[length..] {
        [b'.', b'A'..=b'Z', ..] => {
            1 + (text[length + 1..].iter())
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count()
        }
        [b'.', ..] => 1,
        _ => 0,
    };
    length + more
}

/// A hole that ends the message; `end` is its last punctuation.
fn last(text: &[u8], start: usize, hole: Hole, end: &str) -> (Range<usize>, usize) {
    let stops = |byte: u8| match hole {
        Hole::Any => matches!(byte, b'\n' | PARAGRAPH),
        _ => matches!(byte, b' ' | b'\n' | PARAGRAPH),
    };
    let mut stop = match hole {
        Hole::Status | Hole::NetError | Hole::Name => strict_end(text, start, hole),
        _ => text[start..]
            .iter()
            .take(VALUE_LIMIT)
            .position(|byte| stops(*byte))
            .map_or(text.len().min(start + VALUE_LIMIT), |length| start + length),
    };
    if hole == Hole::NetError && text[start..stop].ends_with(b".") {
        stop -= 1;
    }
    while stop > start && text[stop - 1] == b' ' {
        stop -= 1;
    }
    // Back to a whole character.
    while stop > start && stop < text.len() && text[stop] & 0xC0 == 0x80 {
        stop -= 1;
    }
    let mut close = stop;
    if matches!(hole, Hole::Status | Hole::NetError | Hole::Name) {
        let after = literal_at(text, stop, end, true).unwrap_or(stop);
        return (start..stop, after);
    }
    for wanted in end.bytes().rev() {
        if close > start && text[close - 1] == wanted {
            close -= 1;
        }
    }
    if hole == Hole::Url && end.is_empty() {
        while close > start && b"\"',".contains(&text[close - 1]) {
            close -= 1;
        }
    }
    (start..close, stop)
}

/// A sentence that ends where its punctuation is followed by nothing, or by one of the `tails`.
fn closed(
    text: &[u8],
    start: usize,
    hole: Hole,
    literal: &str,
    tails: &[Node],
) -> Option<(Range<usize>, usize)> {
    if hole != Hole::Any {
        return None;
    }
    let line = text[start..]
        .iter()
        .take(VALUE_LIMIT)
        .position(|byte| matches!(*byte, b'\n' | PARAGRAPH));
    let end = line.map_or(text.len().min(start + VALUE_LIMIT), |length| start + length);
    let mut spaced = None;
    for at in start..end {
        if text[at..].starts_with(literal.as_bytes()) {
            let after = at + literal.len();
            let has_tail = || {
                tails.iter().any(|tail| {
                    let mut ignored = Vec::new();
                    fit(text, after, std::slice::from_ref(tail), &mut ignored).weight > 0
                })
            };
            if after >= end || has_tail() {
                return Some((start..at, after));
            }
            if text[after] == b' ' {
                spaced.get_or_insert((start..at, after));
            }
        }
    }
    spaced
}
