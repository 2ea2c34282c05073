//! What is wrong with an input, where, and how to mend it.

use std::fmt;
use std::ops::Range;

/// The widest excerpt, so that a message with its indent stays within 80 columns.
const EXCERPT_COLUMNS: usize = 70;

/// The longest part of an error; a mend that repeats a whole URL may be long, not endless.
const PART_CHARS: usize = 500;

/// The longest piece of input quoted inside a sentence.
const QUOTED_CHARS: usize = 60;

/// An input that cannot be used. Its `Display` is what the user reads:
/// `place: problem`, the source with carets if it helps, and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// Where: `--from`, `-H #2`, `cURL command, word 7`, `snippet, line 3`.
    pub place: String,
    /// What is wrong, in one line.
    pub problem: String,
    /// What to write instead, in one line.
    pub mend: String,
    /// The source around the fault and a line of carets.
    pub excerpt: Option<String>,
}

impl InputError {
    /// An error without an excerpt. What the parts repeat of the input is made visible.
    pub fn new(
        place: impl Into<String>,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let tame = |part: String| visible(part.chars(), PART_CHARS);
        Self {
            place: tame(place.into()),
            problem: tame(problem.into()),
            mend: tame(mend.into()),
            excerpt: None,
        }
    }

    /// Adds the source around `span` (bytes; rounded to whole characters) with carets under it.
    #[must_use]
    pub fn with_excerpt(mut self, source: &str, span: Range<usize>) -> Self {
        self.excerpt = Some(excerpt(source, span));
        self
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.problem)?;
        for line in self.excerpt.iter().flat_map(|excerpt| excerpt.lines()) {
            write!(out, "\n  | {line}")?;
        }
        write!(out, "\n  {}", self.mend)
    }
}

impl std::error::Error for InputError {}

/// `text` in backquotes for use inside a sentence: shortened, and without anything that moves a
/// terminal's cursor.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("`");
    let mut chars = text.chars();
    for c in chars.by_ref().take(QUOTED_CHARS) {
        push_visible(&mut out, c);
    }
    if chars.next().is_some() {
        out.push('…');
    }
    out.push('`');
    out
}

/// Controls, and characters that reorder or hide text, are written as escapes: the input is
/// shown, never obeyed.
fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_invisible(c) => out.extend(c.escape_unicode()),
        c => out.push(c),
    }
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Two lines: the source around `span`, and carets below the span.
fn excerpt(source: &str, span: Range<usize>) -> String {
    let start = source.floor_char_boundary(span.start.min(source.len()));
    let end = source.ceil_char_boundary(span.end.clamp(start, source.len()));
    // A fault inside one line is shown with that line only; a fault that is a line break, with
    // both sides of it.
    let (from, to) = if source[start..end].contains(['\n', '\r']) {
        (0, source.len())
    } else {
        (
            source[..start].rfind('\n').map_or(0, |at| at + 1),
            source[end..]
                .find(['\n', '\r'])
                .map_or(source.len(), |at| end + at),
        )
    };
    let marked = visible(source[start..end].chars(), EXCERPT_COLUMNS / 2);
    let marked_columns = columns(&marked).max(1);
    // The rest of the width goes first to what stands before, which tells where one is.
    let room = EXCERPT_COLUMNS - marked_columns;
    let before = visible_before(&source[from..start], room.saturating_sub(room / 3));
    let after_room = room.saturating_sub(columns(&before));
    let after = visible(source[end..to].chars(), after_room);
    let caret_indent = " ".repeat(columns(&before));
    format!(
        "{before}{marked}{after}\n{caret_indent}{}",
        "^".repeat(marked_columns)
    )
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

/// The start of `chars`, at most `room` columns of it, `…` standing for what is left out.
fn visible(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for c in chars {
        let mut one = String::new();
        push_visible(&mut one, c);
        used += columns(&one);
        if used > room.saturating_sub(1) {
            out.push('…');
            break;
        }
        out.push_str(&one);
    }
    out
}

/// The end of `text`, as [`visible`] shows a start. A line's own indent is left out.
fn visible_before(text: &str, room: usize) -> String {
    let mut pieces = Vec::new();
    let mut used = 0;
    for c in text.trim_start().chars().rev() {
        let mut one = String::new();
        push_visible(&mut one, c);
        used += columns(&one);
        if used > room.saturating_sub(1) {
            pieces.push("…".to_owned());
            break;
        }
        pieces.push(one);
    }
    pieces.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_the_problem_and_the_mend_are_said() {
        let error = InputError::new("--from", "`*` is no origin", "name one origin");
        assert_eq!(
            error.to_string(),
            "--from: `*` is no origin\n  name one origin"
        );
    }

    #[test]
    fn carets_stand_under_the_span() {
        let error = InputError::new("snippet, line 2", "not known", "write it out")
            .with_excerpt("a: 1,\n  b: `x${y}`,\nc", 11..16);
        assert_eq!(
            error.to_string(),
            "snippet, line 2: not known\n  | b: `x${y}`,\n  |    ^^^^^\n  write it out"
        );
    }

    #[test]
    fn a_line_break_at_fault_is_shown_escaped() {
        assert_eq!(
            excerpt("X-A: a\r\nX-B: b", 6..8),
            "X-A: a\\r\\nX-B: b\n      ^^^^"
        );
        assert_eq!(excerpt("a\u{1b}[2Jb", 1..2), "a\\u{1b}[2Jb\n ^^^^^^");
    }

    #[test]
    fn an_excerpt_is_never_wide() {
        let long = "é".repeat(5_000);
        for span in [0..2, 5_000..5_002, 9_998..10_000, 0..10_000, 10_000..10_000] {
            let shown = excerpt(&long, span.clone());
            for line in shown.lines() {
                assert!(columns(line) <= EXCERPT_COLUMNS, "{span:?}: {line}");
            }
            assert!(shown.ends_with('^'), "{span:?}");
        }
    }

    #[test]
    fn any_span_is_taken() {
        let source = "é\nü";
        for start in 0..8 {
            for end in 0..8 {
                excerpt(source, start..end);
            }
        }
        assert_eq!(excerpt("", 0..0), "\n^");
    }

    #[test]
    fn quoted_input_is_short_and_tame() {
        assert_eq!(quoted("a\u{202e}b\u{7}"), "`a\\u{202e}b\\u{7}`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), QUOTED_CHARS + 3);
    }
}
