//! JavaScript's tokens: comments, strings, templates, words.

use std::ops::Range;

use super::super::error::{InputError, quoted};

/// Walks over a source text. Every method goes forward only, so that reading takes linear time.
pub(in super::super) struct Scanner<'a> {
    pub(in super::super) text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(in super::super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(in super::super) fn at(&self) -> usize {
        self.at
    }

    pub(in super::super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    pub(in super::super) fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Where a span stands, for people.
    fn place(&self, at: usize) -> String {
        let line = self.text[..at]
            .bytes()
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        format!("snippet, line {line}")
    }

    pub(in super::super) fn error(
        &self,
        span: Range<usize>,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) -> InputError {
        InputError::new(self.place(span.start), problem, mend).with_excerpt(self.text, span)
    }

    pub(super) fn unclosed(&self, start: usize) -> InputError {
        let opened: String = self.text[start..].chars().take(1).collect();
        let problem = format!("the {} that starts here is not closed", quoted(&opened));
        self.error(
            start..start + opened.len(),
            problem,
            "copy the whole call again, to its `);`",
        )
    }

    pub(super) fn unexpected(&self) -> InputError {
        let Some(found) = self.peek() else {
            let mend = "copy the whole call again, to its `);`";
            return self.error(self.at..self.at, "the snippet ends too early", mend);
        };
        let problem = format!("{} is not expected here", quoted(&found.to_string()));
        let mend = "write the call as fetch(\"URL\", { method: \"PUT\", headers: { … } })";
        self.error(self.at..self.at + found.len_utf8(), problem, mend)
    }

    /// Blanks, line breaks and comments.
    pub(in super::super) fn skip_trivia(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            self.at = self.text.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                self.at += trimmed.find("*/").map_or(trimmed.len(), |end| end + 2);
            } else {
                return;
            }
        }
    }

    /// An identifier, with the members behind it: `JSON`, `window`, `axios`.
    pub(in super::super) fn word(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#');
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        (end > 0).then_some(&rest[..end])
    }

    /// Takes `wanted` if it stands here.
    pub(super) fn takes(&mut self, wanted: &str) -> bool {
        let found = self.text[self.at..].starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    /// `.href` and `.toString()` change nothing about a URL.
    pub(super) fn takes_string_of_url(&mut self) -> bool {
        self.takes(".href") || self.takes(".toString()") || self.takes(".toJSON()")
    }

    /// A number, as written.
    pub(super) fn number(&mut self) -> Option<String> {
        let rest = &self.text[self.at..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
        let sign = usize::from(rest.starts_with('-'));
        let end = sign
            + rest[sign..]
                .find(|c| !is_part(c))
                .unwrap_or(rest.len() - sign);
        let number = rest[..end].to_owned();
        if !number.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.at += end;
        Some(number)
    }

    /// A string in `quote`s; it ends on its line.
    pub(super) fn string(&mut self, quote: char) -> Result<String, InputError> {
        let start = self.at;
        self.bump();
        let mut out = String::new();
        loop {
            match self.peek() {
                None | Some('\n') => return Err(self.unclosed(start)),
                Some('\\') => self.escape(&mut out),
                Some(c) => {
                    self.bump();
                    if c == quote {
                        return Ok(out);
                    }
                    out.push(c);
                }
            }
        }
    }

    /// A template: its text, or where its first `${…}` stands.
    pub(super) fn template(&mut self) -> Result<Result<String, Range<usize>>, InputError> {
        let start = self.at;
        self.bump();
        let mut out = String::new();
        loop {
            match self.peek() {
                None => return Err(self.unclosed(start)),
                Some('\\') => self.escape(&mut out),
                Some('`') => {
                    self.bump();
                    return Ok(Ok(out));
                }
                Some('$') if self.text[self.at..].starts_with("${") => {
                    let unknown = self.at;
                    self.at += 2;
                    let mut open = vec![Open::Template, Open::Substitution];
                    self.skip_open(&mut open, start, 1)?;
                    let unknown = unknown..self.at;
                    self.skip_open_template(&mut open, start)?;
                    self.skip_open(&mut open, start, 0)?;
                    return Ok(Err(unknown));
                }
                Some(c) => {
                    self.bump();
                    out.push(c);
                }
            }
        }
    }

    /// One escape of a string or a template.
    fn escape(&mut self, out: &mut String) {
        self.bump();
        let Some(c) = self.peek() else { return };
        self.bump();
        match c {
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'v' => out.push('\u{b}'),
            '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => out.push('\0'),
            'x' => out.extend(self.hex(2).and_then(char::from_u32)),
            'u' => {
                let high = self.unicode();
                let whole = match high {
                    Some(high @ 0xd800..=0xdbff) if self.takes("\\u") => self
                        .unicode()
                        .filter(|low| (0xdc00..=0xdfff).contains(low))
                        .map(|low| 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff)),
                    whole => whole,
                };
                out.push(whole.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
            // A line continuation.
            '\n' => {}
            '\r' => {
                self.takes("\n");
            }
            c => out.push(c),
        }
    }

    fn unicode(&mut self) -> Option<u32> {
        if !self.takes("{") {
            return self.hex(4);
        }
        let rest = &self.text[self.at..];
        let end = rest.bytes().take(8).position(|byte| byte == b'}')?;
        let value = u32::from_str_radix(rest.get(..end)?, 16).ok();
        self.at += end + 1;
        value
    }

    fn hex(&mut self, count: usize) -> Option<u32> {
        let digits = self.text[self.at..].get(..count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += count;
        u32::from_str_radix(digits, 16).ok()
    }

    /// Goes on to what ends the expression that started at `start`: a comma, a semicolon or a
    /// closing bracket that it did not open.
    pub(super) fn skip_expression(&mut self, start: usize) -> Result<(), InputError> {
        self.skip_open(&mut Vec::new(), start, 0)
    }

    /// Skips until only `keep` of the `open` brackets are open, or, with none open, to the
    /// expression's end. An explicit stack: nesting costs memory, never the thread's stack.
    fn skip_open(
        &mut self,
        open: &mut Vec<Open>,
        start: usize,
        keep: usize,
    ) -> Result<(), InputError> {
        let is_bounded = !open.is_empty();
        loop {
            if is_bounded && open.len() <= keep {
                return Ok(());
            }
            self.skip_trivia();
            match self.peek() {
                None => return Err(self.unclosed(start)),
                Some(',' | ';') if open.is_empty() => return Ok(()),
                Some(')' | ']' | '}') if open.is_empty() => return Ok(()),
                Some('(' | '[' | '{') => {
                    open.push(Open::Bracket);
                    self.bump();
                }
                Some(')' | ']' | '}') => {
                    self.bump();
                    if open.pop() == Some(Open::Substitution) && open.len() > keep {
                        self.skip_open_template(open, start)?;
                    }
                }
                Some('`') => {
                    open.push(Open::Template);
                    self.bump();
                    self.skip_open_template(open, start)?;
                }
                Some('"' | '\'') => self.skip_string(),
                Some(_) => {
                    if self.word().is_none() {
                        self.bump();
                    }
                }
            }
        }
    }

    /// Inside a template: to its end, or into its next `${`.
    fn skip_open_template(&mut self, open: &mut Vec<Open>, start: usize) -> Result<(), InputError> {
        loop {
            match self.peek() {
                None => return Err(self.unclosed(start)),
                Some('\\') => {
                    self.bump();
                    self.bump();
                }
                Some('`') => {
                    self.bump();
                    open.pop();
                    return Ok(());
                }
                Some('$') if self.takes("${") => {
                    open.push(Open::Substitution);
                    return Ok(());
                }
                Some(_) => self.bump(),
            }
        }
    }

    /// A string whose text is of no interest. Unlike [`Self::string`] it forgives a missing end:
    /// the quote may be part of a regular expression.
    fn skip_string(&mut self) {
        let quote = self.peek();
        self.bump();
        loop {
            match self.peek() {
                None | Some('\n') => return,
                Some('\\') => {
                    self.bump();
                    self.bump();
                }
                c => {
                    self.bump();
                    if c == quote {
                        return;
                    }
                }
            }
        }
    }

    /// Goes behind the next `fetch(` that calls the platform's function, not one of that name
    /// in a comment, a string, or another object.
    pub(in super::super) fn find_fetch(&mut self) -> bool {
        // The word before a dot, the dot, or nothing that matters.
        let mut before = "";
        let mut before_dot = "";
        loop {
            self.skip_trivia();
            match self.peek() {
                None => return false,
                Some('"' | '\'') => self.skip_string(),
                Some('`') => {
                    self.bump();
                    // A template's text ends here or at its first `${`, where code goes on.
                    if self.skip_open_template(&mut Vec::new(), self.at).is_err() {
                        return false;
                    }
                }
                Some('.') => {
                    self.bump();
                    before_dot = std::mem::replace(&mut before, ".");
                    continue;
                }
                Some(_) => {
                    if let Some(word) = self.word() {
                        let is_global = match before {
                            "." => matches!(before_dot, "window" | "self" | "globalThis"),
                            before => before != "function",
                        };
                        self.skip_trivia();
                        if word == "fetch" && is_global && self.takes("(") {
                            return true;
                        }
                        before = word;
                        continue;
                    }
                    self.bump();
                }
            }
            before = "";
        }
    }
}

/// What a closing bracket or a backquote closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Bracket,
    Template,
    /// `${`, behind which the template goes on.
    Substitution,
}
