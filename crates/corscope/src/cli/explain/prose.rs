//! Text for a terminal: broken at spaces, foreign characters tamed.

use std::fmt::Write as _;

use crate::cli::output::wants_color;

/// Emphasised where colour is wanted.
pub(in crate::cli) fn bold(text: &str) -> String {
    if wants_color() {
        format!("\u{1b}[1m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// Foreign text without anything that a terminal obeys.
pub(in crate::cli) fn tame(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let is_hidden = character.is_control()
            || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}');
        if is_hidden {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// A paragraph within `width` columns: `lead` before its first line, `rest` before the others. A
/// word that fits no line stands alone on one.
pub(in crate::cli) fn wrapped(lead: &str, rest: &str, text: &str, width: usize) -> String {
    let mut out = String::from(lead);
    let columns = |text: &str| text.chars().count();
    let mut used = columns(lead.rsplit('\n').next().unwrap_or_default());
    let mut is_first = true;
    for word in text.split_whitespace() {
        let gap = usize::from(!is_first);
        if !is_first && used + gap + columns(word) > width {
            let _ = write!(out, "\n{rest}"); // a String takes every write
            used = columns(rest);
        } else if !is_first {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += columns(word);
        is_first = false;
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A code, and beside it, or below it where it is long, what it stands for.
pub(in crate::cli) fn beside(code: &str, text: &str, width: usize) -> String {
    const COLUMN: usize = 31;
    let rest = " ".repeat(COLUMN);
    let lead = if code.len() + 4 <= COLUMN {
        format!("  {code:<28} ")
    } else {
        format!("  {code}\n{rest}")
    };
    wrapped(&lead, &rest, text, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_to_the_width() {
        let text = "the quick brown fox jumps over https://example.com/a/long/word/that/fits/none";
        let shown = wrapped("  - ", "    ", text, 24);
        assert_eq!(
            shown,
            "  - the quick brown fox\n    jumps over\n    https://example.com/a/long/word/that/fits/none\n"
        );
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(tame("a\u{1b}[2J\u{202e}é"), "a\\u{1b}[2J\\u{202e}é");
    }
}
