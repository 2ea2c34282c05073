//! Reading what a user gives: URLs, origins, header lines, cURL commands, fetch snippets.
//!
//! Pure: text in, a [`Given`] or an [`InputError`] out. Nothing here opens a file or decides what
//! a browser would do; that is the engine's.

use std::path::PathBuf;
use std::time::Duration;

use corscope_fetch::request_init::RequestInit;

mod browser_headers;
mod cmd_words;
pub mod curl;
pub mod error;
pub mod fetch_snippet;
pub mod header;
mod js_literal;
pub mod method;
pub mod origin;
#[cfg(test)]
mod samples;
mod shell_words;
pub mod url;

pub use error::InputError;

/// What is refused unread: nobody pastes more than this, and a mistaken file would be copied
/// several times over.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// The words of a line, as a shell would split and unquote them.
///
/// # Errors
/// When a quote is not closed, or a word depends on a shell's variables or commands.
pub(crate) fn shell_line(place: &str, line: &str) -> Result<Vec<String>, InputError> {
    let words = shell_words::split(place, line)?.words;
    Ok(words.into_iter().map(|word| word.text).collect())
}

/// What one cURL command or one fetch snippet says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The request, as a page's script would ask `fetch()` for it.
    pub init: RequestInit,
    /// The page's serialized origin, if an `Origin` header (or a `Referer`, a `referrer`) tells.
    pub page_origin: Option<String>,
    /// The page's URL, if a `Referer` header or a `referrer` option tells.
    pub page_url: Option<String>,
    /// The value of the `Cookie` header the browser would send.
    pub cookies: Option<String>,
    /// Headers that were copied along but that no script of the page set.
    pub dropped: Vec<Dropped>,
    /// What was read otherwise than written, in words for the user.
    pub notes: Vec<String>,
    /// `-k`: certificates are not checked.
    pub insecure: bool,
    /// `-x`: the proxy to go through.
    pub proxy: Option<String>,
    /// `--resolve host:port:address`, in order.
    pub resolve: Vec<String>,
    /// `--cacert`: a file of certificates to trust.
    pub cacert: Option<PathBuf>,
    /// `-m`: how long the whole may take.
    pub max_time: Option<Duration>,
    /// `-L`. A browser follows redirects with or without it (`init.redirect` says how).
    pub follow: bool,
    /// The body is a finished `multipart/form-data` body with this boundary; the browser writes
    /// the `Content-Type` itself.
    pub multipart_boundary: Option<String>,
}

/// The most notes of one request: more would hide each other.
const MOST_NOTES: usize = 20;

impl Given {
    /// Says something once.
    fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if self.notes.len() < MOST_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// A header that came with a copied request and is not the script's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Its name, as written.
    pub name: String,
    /// Its value, as written.
    pub value: String,
    /// Who sets it instead.
    pub reason: &'static str,
}

/// Refuses what is too long to be what it is said to be.
fn check_length(place: &str, text: &str) -> Result<(), InputError> {
    if text.len() <= MAX_BYTES {
        return Ok(());
    }
    let mebibytes = text.len().div_ceil(1024 * 1024);
    Err(InputError::new(
        place,
        format!("{mebibytes} MiB of text, more than any request needs"),
        "give the one command, snippet or header that fails; at most 10 MiB are read",
    ))
}
