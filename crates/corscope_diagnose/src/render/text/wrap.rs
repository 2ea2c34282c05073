//! Breaking text into lines.

use crate::render::printable::width;

/// Breaks printable `text` at spaces into lines of at most `first` columns, then `rest` columns. A
/// word that fits no line is cut; the cut is marked with `mark` at the start of the next line.
pub(super) fn wrap(text: &str, first: usize, rest: usize, mark: &str) -> Vec<String> {
    let (first, rest) = (first.max(8), rest.max(8));
    if width(text) <= first {
        return vec![text.trim_end().to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    let mut is_empty = true;
    for word in text.split(' ') {
        let room = if lines.is_empty() { first } else { rest };
        let wide = width(word);
        let gap = usize::from(!is_empty);
        if columns + gap + wide <= room {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            columns += gap + wide;
            is_empty = false;
            continue;
        }
        // A word that starts far to the right and fits the next line goes there whole.
        let fits_next = wide <= rest;
        if !is_empty && (fits_next || columns + gap + 12 > room) {
            lines.push(std::mem::take(&mut line));
            (columns, is_empty) = (0, true);
        }
        if fits_next && is_empty && (!lines.is_empty() || wide <= first) {
            line.push_str(word);
            (columns, is_empty) = (wide, false);
            continue;
        }
        if !is_empty {
            line.push(' ');
            columns += 1;
        }
        for character in word.chars() {
            let room = if lines.is_empty() { first } else { rest };
            if columns == room {
                lines.push(std::mem::take(&mut line));
                line.push_str(mark);
                line.push(' ');
                columns = width(mark) + 1;
            }
            line.push(character);
            columns += 1;
        }
        is_empty = false;
    }
    lines.push(line);
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_at_spaces() {
        assert_eq!(
            wrap("the quick brown fox jumps", 10, 12, "\\"),
            ["the quick", "brown fox", "jumps"]
        );
        assert_eq!(wrap("", 10, 10, "\\"), [""]);
        assert_eq!(wrap("a  b", 10, 10, "\\"), ["a  b"]);
    }

    #[test]
    fn cuts_and_marks_what_fits_no_line() {
        assert_eq!(
            wrap("abcdefghijklmnopqrst", 10, 10, "\\"),
            ["abcdefghij", "\\ klmnopqr", "\\ st"]
        );
        let lines = wrap(
            "see https://example.test/a/very/long/path?x=1 now",
            20,
            20,
            "↪",
        );
        assert!(lines.iter().all(|line| width(line) <= 20), "{lines:?}");
        let joined: String = lines.join("\n").replace("\n↪ ", "").replace('\n', " ");
        assert_eq!(joined, "see https://example.test/a/very/long/path?x=1 now");
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(wrap("ééééé ééééé", 11, 11, "↪"), ["ééééé ééééé"]);
        assert_eq!(wrap("éééééééééé", 8, 8, "↪"), ["éééééééé", "↪ éé"]);
    }

    #[test]
    fn a_narrow_first_line_sends_a_long_word_to_the_next() {
        assert_eq!(wrap("abcdefghijkl", 8, 20, "\\"), ["abcdefgh", "\\ ijkl"]);
        assert_eq!(wrap("ab cdefghijkl", 8, 20, "\\"), ["ab", "cdefghijkl"]);
    }
}
