//! What browsers print on their console, predicted from a verdict, word for word.

mod chromium;
mod firefox;
pub mod read;
mod webkit;

use corscope_fetch::forbidden::is_forbidden_request_header;
use corscope_fetch::verdict::Verdict;
use corscope_fetch::{Api, Browser, Cause, Client, Fault, Leg, RequestInit};

/// Everything a console line can depend on.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// What the script asked for.
    pub init: &'a RequestInit,
    /// The page.
    pub client: &'a Client,
    /// What happened.
    pub verdict: &'a Verdict,
}

/// A browser's account of a verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The lines that it prints, in no particular order.
    pub lines: Vec<String>,
    /// Chromium's CORS error name, or Firefox's message key.
    pub code: Option<&'static str>,
}

/// What `scene`'s browser prints. The standard itself has no console.
pub fn account(scene: Scene<'_>) -> Account {
    match scene.verdict.browser {
        Browser::Fetch => Account::default(),
        Browser::Chromium => chromium::account(scene),
        Browser::Firefox => firefox::account(scene),
        Browser::WebKit => webkit::account(scene),
    }
}

impl<'a> Scene<'a> {
    fn blocked(&self) -> Option<(&'a Fault, Option<&'a Leg>)> {
        let fault = self.verdict.blocked_by()?;
        Some((fault, self.verdict.leg_of(fault)))
    }

    /// The URL that was being fetched when it stopped.
    fn url(&self, leg: Option<&'a Leg>) -> &'a str {
        match (leg, &self.verdict.request) {
            (Some(leg), _) => leg.request.url.as_str(),
            (None, Some(request)) => request.url.as_str(),
            (None, None) => &self.init.url,
        }
    }

    /// The headers whose setting XHR refuses aloud.
    fn refused_headers(&self) -> impl Iterator<Item = String> + use<'a> {
        let request = self
            .verdict
            .request
            .as_deref()
            .filter(|_| self.init.api == Api::Xhr);
        request.into_iter().flat_map(|request| {
            request
                .dropped
                .iter()
                .filter(|header| is_forbidden_request_header(header.name, header.value))
                .map(|header| latin1(header.name))
        })
    }
}

/// The names of the causes that a preflight's failure can have are the same as a response's: this
/// tells them apart.
fn is_preflight(leg: Option<&Leg>) -> bool {
    leg.is_some_and(|leg| leg.request.preflight)
}

/// The value of a response header at `leg`, joined.
fn response_value(leg: Option<&Leg>, name: &str) -> Vec<u8> {
    leg.and_then(Leg::response)
        .and_then(|response| response.header_list.get(name).map(|value| unfolded(&value)))
        .unwrap_or_default()
}

/// A value with each folded line (CRLF and white space) as one space, as parsers leave it.
fn unfolded(value: &[u8]) -> Vec<u8> {
    let mut rest = value;
    let mut text = Vec::with_capacity(value.len());
    while let Some((first, tail)) = rest.split_first() {
        if matches!(first, b'\r' | b'\n') {
            rest = tail.trim_ascii_start();
            text.push(b' ');
        } else {
            text.push(*first);
            rest = tail;
        }
    }
    text
}

fn status(leg: Option<&Leg>) -> u16 {
    leg.and_then(Leg::response)
        .map_or(0, |response| response.status)
}

/// Bytes read one by one.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Whether the fetch stopped at a redirect that could not be followed because of its URL.
fn is_redirect_target(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::RedirectLocationInvalid { .. }
            | Cause::RedirectToNonHttpScheme
            | Cause::RedirectLoop
            | Cause::RedirectUrlHasCredentials
    )
}

/// The URL a redirect at `leg` leads to, as a browser would print it.
fn redirect_target(leg: Option<&Leg>) -> String {
    let Some(leg) = leg else { return String::new() };
    let location = response_value(Some(leg), "location");
    let text = String::from_utf8_lossy(&location).into_owned();
    leg.request.url.join(&text).map_or(text, String::from)
}
