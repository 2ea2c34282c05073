//! JavaScript literals, read without running anything.
//!
//! What is no literal (a variable, a call, `${…}`) is read over and marked as unknown; whether that
//! matters is for whoever asks. Nesting deeper than [`MAX_DEPTH`] counts as unknown too.

use std::ops::Range;

mod scan;

use super::error::InputError;
pub(super) use scan::Scanner;

/// How deep objects and arrays are followed.
const MAX_DEPTH: usize = 64;

/// An expression and where it stands; of a text that is not known, where the unknown piece stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// As written.
    Number(String),
    Bool(bool),
    Null,
    Undefined,
    Object(Vec<Entry>),
    Array(Vec<Node>),
    /// `new Class(…)`
    New {
        class: String,
        arguments: Vec<Node>,
    },
    /// `JSON.stringify(…)`; `inside` is what stands between the parentheses.
    Stringify {
        argument: Option<Box<Node>>,
        inside: Range<usize>,
    },
    /// A string, part of which only running the code would tell.
    UnknownText,
    /// Anything else.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) value: Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Name {
        name: String,
        /// As JSON writes it, and so DevTools.
        is_double_quoted: bool,
    },
    /// `...other`, `[computed]`
    Unknown,
}

impl Node {
    /// Whether nothing in it depends on running the code.
    pub(super) fn is_known(&self) -> bool {
        match &self.value {
            Value::Object(entries) => entries
                .iter()
                .all(|entry| entry.key != Key::Unknown && entry.value.is_known()),
            Value::Array(nodes) => nodes.iter().all(Self::is_known),
            Value::New { arguments, .. } => arguments.iter().all(Self::is_known),
            Value::Stringify { argument, .. } => argument.as_deref().is_some_and(Self::is_known),
            Value::UnknownText | Value::Unknown => false,
            _ => true,
        }
    }
}

/// Reads the arguments of a call; the scanner stands behind its opening parenthesis, and then
/// behind the closing one.
pub(super) fn arguments(scanner: &mut Scanner<'_>) -> Result<Vec<Node>, InputError> {
    Reader { scanner, depth: 0 }.list(')')
}

struct Reader<'s, 'a> {
    scanner: &'s mut Scanner<'a>,
    depth: usize,
}

impl Reader<'_, '_> {
    /// Expressions up to the closing `end`.
    fn list(&mut self, end: char) -> Result<Vec<Node>, InputError> {
        let start = self.scanner.at().saturating_sub(1);
        let mut nodes = Vec::new();
        loop {
            self.scanner.skip_trivia();
            match self.scanner.peek() {
                None => return Err(self.scanner.unclosed(start)),
                Some(c) if c == end => {
                    self.scanner.bump();
                    return Ok(nodes);
                }
                Some(',') => self.scanner.bump(),
                Some(')' | ']' | '}' | ';') => return Err(self.scanner.unexpected()),
                Some(_) => nodes.push(self.expression()?),
            }
        }
    }

    fn expression(&mut self) -> Result<Node, InputError> {
        let start = self.scanner.at();
        if self.depth == MAX_DEPTH {
            return self.rest_unknown(start);
        }
        self.depth += 1;
        let node = self.sum(start);
        self.depth -= 1;
        node
    }

    /// An operand and what is added to it.
    fn sum(&mut self, start: usize) -> Result<Node, InputError> {
        let mut node = self.operand()?;
        loop {
            self.scanner.skip_trivia();
            match self.scanner.peek() {
                None | Some(',' | ')' | ']' | '}' | ';') => return Ok(node),
                Some('+') if is_text(&node) => {
                    self.scanner.bump();
                    self.scanner.skip_trivia();
                    node = self.concatenation(node)?;
                }
                Some('.') if is_url(&node) && self.scanner.takes_string_of_url() => {}
                Some(_) if is_text(&node) => {
                    // `"a" || b`, `"a".trim()`, `"a" as const`: mostly still a text, but which?
                    self.scanner.skip_expression(start)?;
                    return Ok(Node {
                        value: Value::Unknown,
                        span: start..self.scanner.at(),
                    });
                }
                Some(_) => return self.rest_unknown(start),
            }
        }
    }

    fn rest_unknown(&mut self, start: usize) -> Result<Node, InputError> {
        self.scanner.skip_expression(start)?;
        let source = self.scanner.text[start..self.scanner.at()].trim_end();
        Ok(Node {
            value: Value::Unknown,
            span: start..start + source.len(),
        })
    }

    /// `left + …`, left being a text.
    fn concatenation(&mut self, left: Node) -> Result<Node, InputError> {
        let right = self.operand()?;
        let span = left.span.start..right.span.end;
        Ok(match (left.value, right.value) {
            (Value::Text(mut text), Value::Text(more) | Value::Number(more)) => {
                text.push_str(&more);
                Node {
                    value: Value::Text(text),
                    span,
                }
            }
            (Value::UnknownText, _) => Node {
                value: Value::UnknownText,
                span: left.span,
            },
            _ => Node {
                value: Value::UnknownText,
                span: right.span,
            },
        })
    }

    fn operand(&mut self) -> Result<Node, InputError> {
        let start = self.scanner.at();
        let value = match self.scanner.peek() {
            Some(quote @ ('"' | '\'')) => Value::Text(self.scanner.string(quote)?),
            Some('`') => {
                return Ok(match self.scanner.template()? {
                    Ok(text) => Node {
                        value: Value::Text(text),
                        span: start..self.scanner.at(),
                    },
                    Err(unknown) => Node {
                        value: Value::UnknownText,
                        span: unknown,
                    },
                });
            }
            Some('{') => {
                self.scanner.bump();
                Value::Object(self.entries(start)?)
            }
            Some('[') => {
                self.scanner.bump();
                Value::Array(self.list(']')?)
            }
            Some('-' | '.' | '0'..='9') => match self.scanner.number() {
                Some(number) => Value::Number(number),
                None => return self.rest_unknown(start),
            },
            Some(_) => match self.scanner.word() {
                Some(word) => return self.after_word(start, word),
                None => return self.rest_unknown(start),
            },
            None => return Err(self.scanner.unexpected()),
        };
        Ok(Node {
            value,
            span: start..self.scanner.at(),
        })
    }

    fn after_word(&mut self, start: usize, word: &str) -> Result<Node, InputError> {
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "undefined" => Value::Undefined,
            "new" => {
                self.scanner.skip_trivia();
                let Some(class) = self.scanner.word() else {
                    return self.rest_unknown(start);
                };
                let class = class.to_owned();
                self.scanner.skip_trivia();
                let arguments = if self.scanner.peek() == Some('(') {
                    self.scanner.bump();
                    self.list(')')?
                } else {
                    Vec::new()
                };
                Value::New { class, arguments }
            }
            "JSON" if self.scanner.takes(".stringify(") => {
                let inside = self.scanner.at();
                let arguments = self.list(')')?;
                let inside = inside..self.scanner.at() - 1;
                Value::Stringify {
                    argument: arguments.into_iter().next().map(Box::new),
                    inside,
                }
            }
            _ => return self.rest_unknown(start),
        };
        Ok(Node {
            value,
            span: start..self.scanner.at(),
        })
    }

    /// The entries of an object that starts at `start`, up to its closing brace.
    fn entries(&mut self, start: usize) -> Result<Vec<Entry>, InputError> {
        let mut entries = Vec::new();
        loop {
            self.scanner.skip_trivia();
            match self.scanner.peek() {
                None => return Err(self.scanner.unclosed(start)),
                Some('}') => {
                    self.scanner.bump();
                    return Ok(entries);
                }
                Some(',') => self.scanner.bump(),
                Some(_) => entries.push(self.entry()?),
            }
        }
    }

    fn entry(&mut self) -> Result<Entry, InputError> {
        let start = self.scanner.at();
        let quote = self.scanner.peek();
        let name = match quote {
            Some(quote @ ('"' | '\'')) => Some(self.scanner.string(quote)?),
            Some('0'..='9') => self.scanner.number(),
            Some('[' | '.') => None,
            Some(_) => match self.scanner.word() {
                Some(word) => Some(word.to_owned()),
                None => return Err(self.scanner.unexpected()),
            },
            None => None,
        };
        let Some(name) = name else {
            return Ok(Entry {
                key: Key::Unknown,
                value: self.rest_unknown(start)?,
            });
        };
        let key = Key::Name {
            name,
            is_double_quoted: quote == Some('"'),
        };
        let name_end = self.scanner.at();
        self.scanner.skip_trivia();
        let value = match self.scanner.peek() {
            Some(':') => {
                self.scanner.bump();
                self.scanner.skip_trivia();
                if let Some(',' | '}' | ')' | ']' | ';') = self.scanner.peek() {
                    return Err(self.scanner.unexpected());
                }
                self.expression()?
            }
            // `{ headers }`, and `{ headers }` only: a variable's value is not here.
            Some(',' | '}') => Node {
                value: Value::Unknown,
                span: start..name_end,
            },
            // A method, a getter.
            _ => self.rest_unknown(start)?,
        };
        Ok(Entry { key, value })
    }
}

fn is_text(node: &Node) -> bool {
    matches!(node.value, Value::Text(_) | Value::UnknownText)
}

fn is_url(node: &Node) -> bool {
    matches!(&node.value, Value::New { class, .. } if class == "URL")
}

#[cfg(test)]
mod tests;
