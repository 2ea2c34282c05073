//! A command line's words, as Windows' `cmd.exe` and the C runtime split and unquote them.
//!
//! Two parsers take their turn: `cmd.exe` removes carets, then the program's C runtime reads
//! quotes and backslashes. DevTools' "Copy as cURL (cmd)" escapes for both.

use std::iter::Peekable;
use std::str::CharIndices;

use super::error::InputError;
use super::shell_words::{Word, Words};

/// Whether `text` was written for `cmd.exe`: its first line goes on after a `^`, or its first
/// argument starts with `^"`.
pub(super) fn is_cmd(text: &str) -> bool {
    let first_line = text.trim_start().lines().next().unwrap_or_default();
    let arguments = first_line
        .split_once(char::is_whitespace)
        .map_or("", |(_, rest)| rest);
    first_line.trim_end().ends_with('^') || arguments.trim_start().starts_with("^\"")
}

/// Splits the first command of `text`.
///
/// # Errors
/// When a quote is not closed.
pub(super) fn split(place: &str, text: &str) -> Result<Words, InputError> {
    let mut out = Words::default();
    let mut chars = Caretless {
        chars: text.char_indices().peekable(),
        held: None,
    };
    let mut word: Option<Word> = None;
    let mut open_quote = None;
    while let Some(Unescaped { at, c, is_literal }) = chars.next() {
        let is_operator = !is_literal && open_quote.is_none();
        match c {
            ' ' | '\t' | '\r' if open_quote.is_none() => out.words.extend(word.take()),
            '\n' if is_operator && word.is_none() && out.words.is_empty() => {}
            '&' if is_operator && word.is_some() && text[at + 1..].starts_with(is_of_a_url) => {
                out.keep_ampersand();
                push(&mut word, at, c);
            }
            '\n' | '&' | '|' | '<' | '>' if is_operator => {
                out.end_at(c, text[at + 1..].trim_start_matches(['&', '|']));
                break;
            }
            '"' => {
                touch(&mut word, at);
                match open_quote {
                    None => open_quote = Some(at),
                    Some(_) if chars.next_if('"') => push(&mut word, at, '"'),
                    Some(_) => open_quote = None,
                }
            }
            '\\' => {
                let mut count = 1;
                while chars.next_if('\\') {
                    count += 1;
                }
                let is_quote = count % 2 == 1 && chars.next_if('"');
                // DevTools doubles every backslash, although the C runtime halves them before a
                // quote only; the script sent the undoubled ones.
                let kept = if is_quote || count % 2 == 0 {
                    count / 2
                } else {
                    count
                };
                for _ in 0..kept {
                    push(&mut word, at, '\\');
                }
                if is_quote {
                    push(&mut word, at, '"');
                }
            }
            c => push(&mut word, at, c),
        }
        if let Some(word) = &mut word {
            word.span.end = at + c.len_utf8();
        }
    }
    if let Some(at) = open_quote {
        let place = format!("{place}, word {}", out.words.len() + 1);
        let mend = "close it with \", or copy the whole command again";
        return Err(
            InputError::new(place, "the quote \" that starts here is not closed", mend)
                .with_excerpt(text, at..at + 1),
        );
    }
    out.words.extend(word);
    Ok(out)
}

fn is_of_a_url(c: char) -> bool {
    !c.is_whitespace() && !"&|<>^".contains(c)
}

fn touch(word: &mut Option<Word>, at: usize) -> &mut Word {
    word.get_or_insert_with(|| Word {
        text: String::new(),
        span: at..at,
    })
}

fn push(word: &mut Option<Word>, at: usize, c: char) {
    touch(word, at).text.push(c);
}

/// A character after `cmd.exe` has removed the carets.
#[derive(Clone, Copy)]
struct Unescaped {
    at: usize,
    c: char,
    /// A caret stood before it, so it ends no command.
    is_literal: bool,
}

/// What `cmd.exe` hands on. A caret takes the next character literally; a caret and a line break
/// vanish, and the character after them is literal (which is how DevTools writes a line break: `^`
/// and two of them).
struct Caretless<'a> {
    chars: Peekable<CharIndices<'a>>,
    held: Option<Unescaped>,
}

impl Caretless<'_> {
    fn next_if(&mut self, wanted: char) -> bool {
        self.held = self.held.or_else(|| self.next());
        let found = self.held.is_some_and(|held| held.c == wanted);
        if found {
            self.held = None;
        }
        found
    }

    fn next_line_break(&mut self) -> Option<usize> {
        let carriage_return = self.chars.next_if(|(_, c)| *c == '\r');
        self.chars
            .next_if(|(_, c)| *c == '\n')
            .or(carriage_return)
            .map(|(at, _)| at)
    }
}

impl Iterator for Caretless<'_> {
    type Item = Unescaped;

    fn next(&mut self) -> Option<Unescaped> {
        if let Some(held) = self.held.take() {
            return Some(held);
        }
        loop {
            let (at, c) = self.chars.next()?;
            if c != '^' {
                return Some(Unescaped {
                    at,
                    c,
                    is_literal: false,
                });
            }
            if self.next_line_break().is_some() {
                if let Some(at) = self.next_line_break() {
                    return Some(Unescaped {
                        at,
                        c: '\n',
                        is_literal: true,
                    });
                }
                continue;
            }
            let (at, c) = self.chars.next()?;
            return Some(Unescaped {
                at,
                c,
                is_literal: true,
            });
        }
    }
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
    fn carets_and_quotes_are_removed() {
        for (text, expected) in [
            (
                "curl ^\"https://a.test/?b=1^&c=^%^20d^\" ^\n  -H ^\"X-Foo: 1^\"",
                &["curl", "https://a.test/?b=1&c=%20d", "-H", "X-Foo: 1"][..],
            ),
            (r#"curl "https://a.test/" ^"#, &["curl", "https://a.test/"]),
            ("curl ^\r\n  \"a b\"", &["curl", "a b"]),
            (
                r#"--data-raw "^{\^"a\^":\^"b\^"^}""#,
                &["--data-raw", r#"{"a":"b"}"#],
            ),
            (
                r#"--data-raw ^"^{^\^"a^\^":^\^"x^\\\\n^\^"^}^""#,
                &["--data-raw", r#"{"a":"x\\n"}"#],
            ),
            ("--data-raw ^\"one^\n\ntwo^\"", &["--data-raw", "one\ntwo"]),
            (r#""a""b" "50"%"" "\\""#, &["a\"b", "50%", "\\"]),
            (r#"a "" b"#, &["a", "", "b"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn the_next_command_is_not_read() {
        let split = split("x", "curl ^\"a^\" ^\n  --compressed &\r\ncurl ^\"b^\"").unwrap();
        assert_eq!(split.words.len(), 3);
        assert_eq!(split.notes.len(), 1);
    }

    #[test]
    fn an_open_quote_is_named() {
        let error = split("cURL command", "curl ^\"a").unwrap_err();
        assert_eq!(error.place, "cURL command, word 2");
    }

    #[test]
    fn cmd_is_told_from_bash() {
        assert!(is_cmd("curl ^\"https://a.test/^\""));
        assert!(is_cmd("curl \"https://a.test/\" ^\r\n  -H \"a: b\""));
        assert!(!is_cmd("curl 'https://a.test/' \\\n  -d '[^\"]' ^"));
        assert!(!is_cmd("curl https://a.test/ -d 'a^b'"));
    }
}
