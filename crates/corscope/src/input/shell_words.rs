//! A command line's words, as bash splits and unquotes them.
//!
//! Only what copied and typed `curl` commands use: quotes, `$'…'`, escapes, line continuations.
//! What a shell would fill in (variables, command output) is refused, since its value is not here.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use super::error::InputError;

mod ansi_c;

/// One unquoted word and where it stands in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A command's words, and what was read otherwise than a shell would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) words: Vec<Word>,
    pub(super) notes: Vec<String>,
}

impl Words {
    /// Notes that the command ended at `operator`, if there is anything behind it.
    pub(super) fn end_at(&mut self, operator: char, rest: &str) {
        let operator = if matches!(operator, '\n' | '\r') {
            "the end of the line".to_owned()
        } else {
            format!("`{operator}`")
        };
        if !rest.trim().is_empty() {
            self.notes
                .push(format!("only the command before {operator} was read"));
        }
    }

    /// Notes that an unquoted `&` inside a word was taken as written.
    pub(super) fn keep_ampersand(&mut self) {
        let note = "a shell ends the command at an unquoted `&`; it was read as part of the URL";
        if !self.notes.iter().any(|said| said == note) {
            self.notes.push(note.to_owned());
        }
    }
}

/// Splits the first command of `text`.
///
/// # Errors
/// When a quote is not closed, or a word depends on the shell's variables or commands.
pub(super) fn split(place: &str, text: &str) -> Result<Words, InputError> {
    Splitter {
        place,
        text,
        chars: text.char_indices().peekable(),
        out: Words::default(),
    }
    .run()
}

struct Splitter<'a> {
    place: &'a str,
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
    out: Words,
}

impl Splitter<'_> {
    fn run(mut self) -> Result<Words, InputError> {
        while let Some(&(at, c)) = self.chars.peek() {
            match c {
                ' ' | '\t' | '\r' => self.skip(),
                '\\' if self.skips_line_break() => {}
                '\n' if self.out.words.is_empty() => self.skip(),
                '#' => while self.chars.next_if(|(_, c)| *c != '\n').is_some() {},
                '\n' | ';' | '|' | '<' | '>' | '&' => {
                    self.out
                        .end_at(c, self.text[at + 1..].trim_start_matches(['&', '|']));
                    break;
                }
                '“' | '”' | '„' | '‘' | '’' => {
                    let mend = "write ' or \" instead; a word processor or a chat changed it";
                    let problem = "a typographic quote is no quote to a shell";
                    return Err(self.error(at..at + c.len_utf8(), problem, mend));
                }
                _ => self.word(at)?,
            }
        }
        Ok(self.out)
    }

    fn skip(&mut self) {
        self.chars.next();
    }

    fn error(&self, span: Range<usize>, problem: &str, mend: &str) -> InputError {
        let place = format!("{}, word {}", self.place, self.out.words.len() + 1);
        InputError::new(place, problem, mend).with_excerpt(self.text, span)
    }

    /// Takes a backslash and the line break behind it. Blanks between the two are forgiven: they
    /// come from web pages, and no shell gives them a use.
    fn skips_line_break(&mut self) -> bool {
        let mut ahead = self.chars.clone();
        ahead.next();
        while ahead
            .next_if(|(_, c)| matches!(c, ' ' | '\t' | '\r'))
            .is_some()
        {}
        let found = ahead.next_if(|(_, c)| *c == '\n').is_some();
        if found {
            self.chars = ahead;
        }
        found
    }

    fn word(&mut self, start: usize) -> Result<(), InputError> {
        let mut bytes = Vec::new();
        let mut end = self.text.len();
        let mut is_number = true;
        while let Some(&(at, c)) = self.chars.peek() {
            match c {
                ' ' | '\t' | '\r' | '\n' | ';' | '|' | '<' | '>' => {
                    end = at;
                    break;
                }
                '&' if !self.is_inside_word(at) => {
                    end = at;
                    break;
                }
                '&' => {
                    self.out.keep_ampersand();
                    bytes.push(b'&');
                    self.skip();
                }
                '\'' => self.single_quoted(at, &mut bytes)?,
                '"' => self.double_quoted(at, &mut bytes)?,
                '$' => self.dollar(at, &mut bytes)?,
                '`' => return Err(self.unknown(at..at + 1)),
                '\\' if self.skips_line_break() => {}
                '\\' => {
                    self.skip();
                    let (_, escaped) = self.chars.next().unwrap_or((at, '\\'));
                    push(&mut bytes, escaped);
                }
                c => {
                    is_number &= c.is_ascii_digit();
                    push(&mut bytes, c);
                    self.skip();
                    continue;
                }
            }
            is_number = false;
        }
        // `2>` redirects a stream; the number is the shell's.
        if is_number && self.text[end..].starts_with(['<', '>']) {
            return Ok(());
        }
        self.out.words.push(Word {
            text: text_of(&bytes),
            span: start..end,
        });
        Ok(())
    }

    /// Whether the `&` at `at` has a character of a URL on its right.
    fn is_inside_word(&self, at: usize) -> bool {
        self.text[at + 1..].starts_with(|c: char| !c.is_whitespace() && !"&|;<>".contains(c))
    }

    fn unknown(&self, span: Range<usize>) -> InputError {
        let problem = "the shell would fill this in, so what it sends is not known here";
        let mend = "write the value itself, or put it in single quotes if it is meant as written";
        self.error(span, problem, mend)
    }

    fn unclosed(&self, at: usize, quote: char) -> InputError {
        let problem = format!("the quote {quote} that starts here is not closed");
        let mend = format!("close it with {quote}, or copy the whole command again");
        self.error(at..at + 1, &problem, &mend)
    }

    fn single_quoted(&mut self, at: usize, bytes: &mut Vec<u8>) -> Result<(), InputError> {
        self.skip();
        loop {
            match self.chars.next() {
                Some((_, '\'')) => return Ok(()),
                Some((_, c)) => push(bytes, c),
                None => return Err(self.unclosed(at, '\'')),
            }
        }
    }

    fn double_quoted(&mut self, at: usize, bytes: &mut Vec<u8>) -> Result<(), InputError> {
        self.skip();
        while let Some(&(here, c)) = self.chars.peek() {
            match c {
                '"' => {
                    self.skip();
                    return Ok(());
                }
                '$' if self.is_expansion(here) => return Err(self.unknown(here..here + 2)),
                '`' => return Err(self.unknown(here..here + 1)),
                '\\' => {
                    self.skip();
                    match self
                        .chars
                        .next_if(|(_, c)| matches!(c, '$' | '`' | '"' | '\\' | '\n'))
                    {
                        Some((_, '\n')) => {}
                        Some((_, escaped)) => push(bytes, escaped),
                        None => bytes.push(b'\\'),
                    }
                }
                c => {
                    push(bytes, c);
                    self.skip();
                }
            }
        }
        Err(self.unclosed(at, '"'))
    }

    /// Whether the `$` at `at` starts a variable or a command.
    fn is_expansion(&self, at: usize) -> bool {
        self.text[at + 1..]
            .starts_with(|c: char| c.is_ascii_alphanumeric() || "_{(@*#?!".contains(c))
    }

    fn dollar(&mut self, at: usize, bytes: &mut Vec<u8>) -> Result<(), InputError> {
        if self.is_expansion(at) {
            return Err(self.unknown(at..at + 2));
        }
        self.skip();
        match self.chars.peek() {
            Some(&(quote, '\'')) => self.ansi_c_quoted(quote, bytes),
            Some(&(quote, '"')) => self.double_quoted(quote, bytes),
            _ => {
                bytes.push(b'$');
                Ok(())
            }
        }
    }
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The bytes as text. Bytes that are no UTF-8 come from `\xE9`, which Firefox writes for `é`: they
/// are read as Latin-1.
fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| char::from(*byte)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        split("cURL command", text)
            .unwrap()
            .words
            .into_iter()
            .map(|word| word.text)
            .collect()
    }

    #[test]
    fn words_are_split_and_unquoted_as_by_bash() {
        for (text, expected) in [
            ("a  b\tc", &["a", "b", "c"][..]),
            ("'a b' \"c d\"", &["a b", "c d"]),
            ("a'b'\"c\"d", &["abcd"]),
            ("''", &[""]),
            (r"a\ b \'x", &["a b", "'x"]),
            (r#""a\"b\\c\d\$e" "#, &[r#"a"b\c\d$e"#]),
            ("'it'\\''s'", &["it's"]),
            ("a \\\n  b \\\r\n c", &["a", "b", "c"]),
            ("a \\  \n b", &["a", "b"]),
            ("ab\\\ncd", &["abcd"]),
            ("\n\na b\n", &["a", "b"]),
            ("a # c\n", &["a"]),
            ("a#b", &["a#b"]),
            ("\"costs 5$\" $", &["costs 5$", "$"]),
            (r"$'it\'s\u0021\n' $'\x41\101\e'", &["it's!\n", "AA\u{1b}"]),
            (
                r"$'\ud83d\ude00' $'\ud83d' $'\u00e9' $'caf\xe9' $'caf\xc3\xa9'",
                &["😀", "", "é", "café", "café"],
            ),
            (r"$'\q\x\u'", &[r"\q\x\u"]),
            ("https://a/?b=1&c=2", &["https://a/?b=1&c=2"]),
            ("é 'ü'", &["é", "ü"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn the_command_ends_where_the_shell_ends_it() {
        for (text, expected, noted) in [
            ("a b | jq .", &["a", "b"][..], true),
            ("a b;", &["a", "b"], false),
            ("a b ;\ncurl c", &["a", "b"], true),
            ("a b && c", &["a", "b"], true),
            ("a b &", &["a", "b"], false),
            ("a b\nc", &["a", "b"], true),
            ("a b > out.json", &["a", "b"], true),
            ("a b 2>/dev/null", &["a", "b"], true),
            ("a '|' \">\"", &["a", "|", ">"], false),
        ] {
            let split = split("x", text).unwrap();
            let found: Vec<_> = split.words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(found, expected, "{text}");
            assert_eq!(!split.notes.is_empty(), noted, "{text}");
        }
    }

    #[test]
    fn what_only_a_shell_knows_is_refused() {
        for (text, problem) in [
            ("a $TOKEN", "fill this in"),
            ("a \"Bearer $TOKEN\"", "fill this in"),
            ("a ${TOKEN}", "fill this in"),
            ("a \"$(cat t)\"", "fill this in"),
            ("a `cat t`", "fill this in"),
            ("a 'b", "not closed"),
            ("a \"b", "not closed"),
            ("a $'b\\'", "not closed"),
            ("a “b”", "typographic"),
        ] {
            let error = split("cURL command", text).unwrap_err();
            assert!(error.problem.contains(problem), "{text}: {error}");
            assert_eq!(error.place, "cURL command, word 2");
        }
    }

    #[test]
    fn spans_cover_the_quoted_word() {
        let split = split("x", "a 'b c'  d").unwrap();
        let spans: Vec<_> = split.words.into_iter().map(|word| word.span).collect();
        assert_eq!(spans, [0..1, 2..7, 9..10]);
    }
}
