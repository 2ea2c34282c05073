//! Changes of heads and bodies.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::ObservedBody;
use regex::bytes::Regex;

use super::action_document::{BodyActionDocument, HeaderDocument, ReplaceDocument};
use super::mistake::{Mistakes, check_header_value};
use crate::content_coding::{decode_body, replace_body};

/// The largest body that is decoded, or read from a file, to be written anew.
const BODY_LIMIT: usize = 32 << 20;

/// A change of a header list.
pub(super) enum HeaderEdit {
    Set(String, String),
    Add(String, String),
    Remove(String),
    Replace {
        name: String,
        pattern: Regex,
        with: Vec<u8>,
    },
}

impl HeaderEdit {
    pub(super) fn set(document: &HeaderDocument, at: &str, mistakes: &mut Mistakes) -> Self {
        check_line(document, at, mistakes);
        Self::Set(document.name.clone(), document.value.clone())
    }

    pub(super) fn add(document: &HeaderDocument, at: &str, mistakes: &mut Mistakes) -> Self {
        check_line(document, at, mistakes);
        Self::Add(document.name.clone(), document.value.clone())
    }

    pub(super) fn remove(name: &str, at: &str, mistakes: &mut Mistakes) -> Self {
        mistakes.header_name(at, name);
        Self::Remove(name.to_owned())
    }

    pub(super) fn replace(
        document: &ReplaceDocument,
        at: &str,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        mistakes.header_name(&format!("{at}.name"), &document.name);
        mistakes.header_value(&format!("{at}.with"), &document.with);
        let pattern = mistakes.regex(&format!("{at}.pattern"), &document.pattern)?;
        Some(Self::Replace {
            name: document.name.clone(),
            pattern,
            with: document.with.clone().into_bytes(),
        })
    }

    /// Whether it changed anything.
    pub(super) fn apply(&self, list: &mut HeaderList) -> bool {
        match self {
            Self::Set(name, value) => {
                let mut values = list.lines_named(name).map(|(_, header)| header.trimmed());
                let is_there = values.next() == Some(value.as_bytes()) && values.next().is_none();
                drop(values);
                if is_there {
                    return false;
                }
                list.set(name, value);
                true
            }
            Self::Add(name, value) => {
                list.push(name, value);
                true
            }
            Self::Remove(name) => {
                let is_there = list.contains(name);
                if is_there {
                    *list = list.without(|header| header.is(name));
                }
                is_there
            }
            Self::Replace {
                name,
                pattern,
                with,
            } => {
                let mut is_changed = false;
                let edited: Vec<(Vec<u8>, Vec<u8>)> = list
                    .iter()
                    .map(|header| {
                        let mut value = header.value.to_vec();
                        if header.is(name)
                            && let Cow::Owned(new) =
                                pattern.replace_all(header.trimmed(), &with[..])
                            // A group cannot bring in a line break that the value does not hold.
                            && check_header_value(&new).is_ok()
                            && new != header.trimmed()
                        {
                            value = new;
                            is_changed = true;
                        }
                        (header.name.to_vec(), value)
                    })
                    .collect();
                if is_changed {
                    *list = edited.into_iter().collect();
                }
                is_changed
            }
        }
    }
}

fn check_line(document: &HeaderDocument, at: &str, mistakes: &mut Mistakes) {
    mistakes.header_name(&format!("{at}.name"), &document.name);
    mistakes.header_value(&format!("{at}.value"), &document.value);
}

/// A body that is put in place of another.
pub(super) struct NewBody {
    source: Source,
    pub(super) content_type: Option<String>,
}

enum Source {
    Text(String),
    File(PathBuf),
}

impl NewBody {
    pub(super) fn build(
        document: &BodyActionDocument,
        at: &str,
        directory: &Path,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        if let Some(content_type) = &document.content_type {
            mistakes.header_value(&format!("{at}.content-type"), content_type);
        }
        let source = match (&document.text, &document.file) {
            (Some(text), None) => Source::Text(text.clone()),
            (None, Some(file)) => {
                let path = directory.join(file);
                if !path.is_file() {
                    let problem = format!("there is no file {}", file.display());
                    let mend = "write its path, relative to the rules file";
                    mistakes.add(format!("{at}.file"), problem, mend);
                }
                Source::File(path)
            }
            (Some(_), Some(_)) => {
                mistakes.add(at, "a text and a file", "keep one of the two");
                return None;
            }
            (None, None) => {
                mistakes.add(at, "no body", "write text = \"…\", or file = \"…\"");
                return None;
            }
        };
        Some(Self {
            source,
            content_type: document.content_type.clone(),
        })
    }

    /// The bytes, or why there are none.
    pub(super) async fn read(&self) -> Result<Vec<u8>, String> {
        match &self.source {
            Source::Text(text) => Ok(text.clone().into_bytes()),
            Source::File(path) => read_file(path.clone()).await,
        }
    }
}

/// Reads a file of at most [`BODY_LIMIT`] bytes, off the threads that carry connections.
pub(super) async fn read_file(path: PathBuf) -> Result<Vec<u8>, String> {
    let read = tokio::task::spawn_blocking(move || {
        use std::io::Read;
        let shown = path.display();
        let failed = |error: std::io::Error| format!("{shown}: {error}");
        let file = std::fs::File::open(&path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(format!("{shown} is no file"));
        }
        let mut bytes = Vec::new();
        file.take(BODY_LIMIT as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        if bytes.len() > BODY_LIMIT {
            return Err(format!("{shown} is larger than {} MiB", BODY_LIMIT >> 20));
        }
        Ok(bytes)
    });
    read.await
        .unwrap_or_else(|_| Err("corscope is stopping".to_owned()))
}

/// A change of a body.
pub(super) enum BodyEdit {
    Set(NewBody),
    Replace { pattern: Regex, with: Vec<u8> },
}

impl BodyEdit {
    pub(super) fn replace(
        document: &ReplaceDocument,
        at: &str,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        if !document.name.is_empty() {
            let mend = "leave it out, or use replace-in-response-header";
            mistakes.add(format!("{at}.name"), "a body has no header name", mend);
        }
        let pattern = mistakes.regex(&format!("{at}.pattern"), &document.pattern)?;
        Some(Self::Replace {
            pattern,
            with: document.with.clone().into_bytes(),
        })
    }

    /// Whether it changed anything, or why it could not.
    pub(super) async fn apply(
        &self,
        list: &mut HeaderList,
        body: &mut ObservedBody,
    ) -> Result<bool, String> {
        if !body.is_whole() {
            return Err("the body is too large to be changed".to_owned());
        }
        match self {
            Self::Set(new) => {
                let bytes = new.read().await?;
                if list.contains("Content-Encoding") {
                    *list = list.without(|header| header.is("Content-Encoding"));
                }
                replace_body(list, body, bytes);
                if let Some(content_type) = &new.content_type {
                    list.set("Content-Type", content_type);
                }
                Ok(true)
            }
            Self::Replace { pattern, with } => {
                let decoded = decode_body(list, body, BODY_LIMIT);
                if decoded.truncated {
                    return Err("the decoded body is too large to be changed".to_owned());
                }
                if let Some(fault) = decoded.fault {
                    return Err(format!("the body cannot be decoded: {fault}"));
                }
                match pattern.replace_all(&decoded.bytes, &with[..]) {
                    Cow::Owned(new) if new != decoded.bytes => {
                        if new.len() > BODY_LIMIT {
                            return Err("the changed body would be too large".to_owned());
                        }
                        replace_body(list, body, new);
                        Ok(true)
                    }
                    _ => Ok(false),
                }
            }
        }
    }
}
