//! Pasted text made plain: what terminals, mail programs and issue trackers do to a message is
//! undone before it is matched.

use std::ops::Range;

/// Where a blank line stood: no message goes on behind it.
pub(super) const PARAGRAPH: u8 = 0x0B;

/// Plain text, and where each piece of it stood.
pub(super) struct Clean {
    pub(super) text: String,
    /// From this place of the plain text on, the original is so far away: (plain, original).
    shifts: Vec<(usize, usize)>,
}

impl Clean {
    /// Quotes become ASCII ones.
    pub(super) fn new(original: &str) -> Self {
        Self::with(original, true)
    }

    /// Runs of white space become one character: a space, a line feed, or [`PARAGRAPH`].
    fn with(original: &str, folds_quotes: bool) -> Self {
        let mut writer = Writer {
            clean: Self {
                text: String::with_capacity(original.len()),
                shifts: vec![(0, 0)],
            },
            gap: Gap::default(),
        };
        let is_html = ["&#39;", "&quot;", "&#x27;", "&apos;", "&lsquo;", "&#34;"]
            .iter()
            .any(|entity| original.contains(entity));
        let bytes = original.as_bytes();
        let mut at = 0;
        let mut starts_line = true;
        while let Some(byte) = bytes.get(at) {
            if starts_line {
                starts_line = false;
                let marks = quote_marks(&bytes[at..]);
                if marks > 0 {
                    at += marks;
                    continue;
                }
            }
            let length = match byte {
                b'\n' => {
                    writer.gap.lines += 1;
                    starts_line = true;
                    1
                }
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => 1,
                b'\r' => {
                    writer.gap.lines += 1;
                    1
                }
                b' ' | b'\t' | 0x0B | 0x0C => {
                    writer.gap.is_open = true;
                    1
                }
                0x1B => escape(&bytes[at..]),
                b'&' if is_html => match entity(&original[at..]) {
                    Some((character, length)) => {
                        let folded = fold(character).filter(|_| folds_quotes);
                        writer.push(folded.unwrap_or(character), at);
                        length
                    }
                    None => writer.copy(original, at, 1),
                },
                0x00..=0x7F => {
                    let run = plain_run(&bytes[at..], is_html);
                    writer.copy(original, at, run)
                }
                _ => {
                    let Some(character) = original[at..].chars().next() else {
                        break;
                    };
                    match character {
                        '\u{2028}' | '\u{2029}' => writer.gap.lines += 1,
                        '\u{A0}' | '\u{202F}' | '\u{3000}' | '\u{2000}'..='\u{200A}' => {
                            writer.gap.is_open = true;
                        }
                        '\u{FEFF}'
                        | '\u{200B}'..='\u{200F}'
                        | '\u{202A}'..='\u{202E}'
                        | '\u{2060}'..='\u{2069}'
                        | '\u{AD}' => {}
                        _ => match fold(character).filter(|_| folds_quotes) {
                            Some(quote) => writer.push(quote, at),
                            None => {
                                writer.copy(original, at, character.len_utf8());
                            }
                        },
                    }
                    character.len_utf8()
                }
            };
            at += length;
        }
        writer.clean
    }

    /// The place in the original of a place in the plain text.
    pub(super) fn original(&self, at: usize) -> usize {
        let last = self.shifts.last().filter(|(plain, _)| *plain <= at);
        let (plain, original) = last.copied().unwrap_or_else(|| {
            let index = self.shifts.partition_point(|(plain, _)| *plain <= at);
            self.shifts[index.saturating_sub(1)]
        });
        original + (at - plain)
    }

    /// The original range of a range of the plain text, whole characters.
    pub(super) fn original_range(&self, range: Range<usize>, original: &str) -> Range<usize> {
        let start = original.floor_char_boundary(self.original(range.start));
        let end = match range.end.checked_sub(1) {
            Some(last) if range.end > range.start => self.original(last) + 1,
            _ => start,
        };
        start..original.ceil_char_boundary(end.clamp(start, original.len()))
    }

    /// What stood there, with its own quotes, but without what was done to it.
    pub(super) fn value(&self, range: Range<usize>, original: &str) -> String {
        let slice = &original[self.original_range(range, original)];
        let is_plain = |byte: u8| matches!(byte, b' '..=b'%' | b'\''..=b'~');
        if slice.bytes().all(is_plain) {
            return slice.to_owned();
        }
        let has_marks =
            slice.contains(['\n', '\r', '\u{1B}', '&', '\u{200B}', '\u{FEFF}', '\u{A0}']);
        if !has_marks {
            return slice.to_owned();
        }
        Self::with(slice, false).text
    }
}

/// White space that was read and not written yet.
#[derive(Clone, Copy, Default)]
struct Gap {
    is_open: bool,
    lines: usize,
}

struct Writer {
    clean: Clean,
    gap: Gap,
}

impl Writer {
    fn settle(&mut self, at: usize) {
        let gap = std::mem::take(&mut self.gap);
        let text = &mut self.clean.text;
        if !text.is_empty() {
            match gap {
                Gap { lines: 2.., .. } => text.push(char::from(PARAGRAPH)),
                Gap { lines: 1, .. } => text.push('\n'),
                Gap { is_open: true, .. } => text.push(' '),
                Gap { .. } => {}
            }
        }
        let end = text.len();
        if self.clean.original(end) != at {
            self.clean.shifts.push((end, at));
        }
    }

    fn push(&mut self, character: char, at: usize) {
        self.settle(at);
        self.clean.text.push(character);
    }

    fn copy(&mut self, original: &str, at: usize, length: usize) -> usize {
        self.settle(at);
        self.clean.text.push_str(&original[at..at + length]);
        length
    }
}

/// How many bytes can be copied as they are.
fn plain_run(bytes: &[u8], is_html: bool) -> usize {
    bytes
        .iter()
        .position(|byte| !matches!(byte, b'!'..=b'~') || (is_html && *byte == b'&'))
        .unwrap_or(bytes.len())
        .max(1)
}

/// The bytes of `> ` marks at a line's start.
fn quote_marks(bytes: &[u8]) -> usize {
    let mut end = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => end = at + 1,
            b' ' | b'\t' => {}
            _ => break,
        }
        at += 1;
    }
    end
}

/// The bytes of a terminal's escape sequence.
fn escape(bytes: &[u8]) -> usize {
    let rest = &bytes[1..];
    let length = match rest.first() {
        Some(b'[') => rest[1..]
            .iter()
            .position(|byte| matches!(byte, 0x40..=0x7E) || *byte == b'\n')
            .map_or(rest.len(), |end| end + 2),
        Some(b']') => rest[1..]
            .iter()
            .position(|byte| matches!(byte, 0x07 | 0x1B | b'\n'))
            .map_or(rest.len(), |end| end + 2),
        _ => 0,
    };
    // A line's end, and a character's rest, belong to the text.
    let ends_line = length > 0 && rest.get(length - 1) == Some(&b'\n');
    1 + length - usize::from(ends_line)
}

/// The ASCII quote for a typographic one.
const fn fold(character: char) -> Option<char> {
    Some(match character {
        '‘' | '’' | '‚' | '‛' | '′' | '´' | '‹' | '›' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '「' | '」' => '"',
        _ => return None,
    })
}

/// A character reference at the start of `text`, and its length.
fn entity(text: &str) -> Option<(char, usize)> {
    let (name, _) = text
        .get(1..text.len().min(12))
        .or_else(|| text.get(1..))?
        .split_once(';')?;
    let character = match name {
        "quot" => '"',
        "apos" => '\'',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => ' ',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|it| !it.is_control())?
        }
    };
    Some((character, name.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        Clean::new(text).text
    }

    #[test]
    fn undoes_what_was_done_to_a_message() {
        assert_eq!(plain("  a \t b\r\nc\n\n d "), "a b\nc\u{B}d");
        assert_eq!(plain("\u{1b}[31mred\u{1b}[0m it"), "red it");
        assert_eq!(plain("> > a\n> b"), "a\nb");
        assert_eq!(plain("‘a’ “b” «c»"), "'a' \"b\" \"c\"");
        assert_eq!(plain("it&#39;s &lt;b&gt; &amp;c"), "it's <b> &c");
        assert_eq!(plain("?a=1&lt=2"), "?a=1&lt=2");
        assert_eq!(plain("a\u{a0}b\u{200b}c"), "a bc");
        assert_eq!(plain("\u{1b}"), "");
        assert_eq!(plain("\u{1b}[31\nb"), "b");
    }

    #[test]
    fn places_lead_back_to_the_original() {
        let original = "> ‘a’  \u{1b}[1mbé\n> c";
        let clean = Clean::new(original);
        assert_eq!(clean.text, "'a' bé\nc");
        for (at, character) in clean.text.char_indices() {
            let back = &original[clean.original_range(at..at + character.len_utf8(), original)];
            if character.is_alphanumeric() {
                assert_eq!(back, character.to_string(), "{at}");
            }
        }
        assert_eq!(clean.value(0..6, original), "‘a’ bé");
    }

    #[test]
    fn any_text_is_taken() {
        for text in [
            "&#;",
            "&#x110000;&quot;",
            "\u{1b}]é\u{7}x",
            ">>>>",
            "\r\r",
            "é&#39;é&é",
            "&#39;&é",
        ] {
            let clean = Clean::new(text);
            for start in 0..=clean.text.len() {
                for end in start..=clean.text.len() {
                    let _ = clean.original_range(start..end, text);
                }
            }
        }
    }
}
