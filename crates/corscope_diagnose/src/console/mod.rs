//! What browsers print on their console, predicted from a verdict, word for word.

mod chromium;
mod firefox;
pub mod read;
mod webkit;

use corscope_fetch::forbidden::is_forbidden_request_header;
use corscope_fetch::http_redirect_fetch::location_text;
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

    /// The URL that was being fetched when it stopped, as the page or a Location gave it: with its
    /// fragment, and with user name and password, which only WebKit leaves out.
    fn url(&self, leg: Option<&'a Leg>) -> String {
        let current = self.verdict.request.as_deref().map(|request| &*request.url);
        let Some(leg) = leg else {
            return current.map_or_else(|| self.init.url.clone(), url::Url::to_string);
        };
        let sent = &*leg.request.url;
        let given = [current, self.verdict.first_url()].into_iter().flatten();
        let shows_credentials = self.verdict.browser != Browser::WebKit;
        for url in given {
            let mut shown = url.clone();
            if !shows_credentials {
                hide_credentials(&mut shown);
            }
            let mut wire = url.clone();
            hide_credentials(&mut wire);
            wire.set_fragment(None);
            if wire == *sent {
                return shown.into();
            }
        }
        sent.to_string()
    }

    /// The page's URL, or what is known of it.
    fn page(&self) -> String {
        let url = self.client.url.as_ref();
        url.map_or_else(|| format!("{}/", self.client.origin), |url| url.to_string())
    }

    /// The body that integrity metadata is compared with.
    fn hashed_body(&self, leg: Option<&'a Leg>) -> Option<&'a [u8]> {
        let leg = leg.or(self.verdict.legs.last())?;
        let response = leg.response()?;
        if &*leg.request.method == "HEAD" || response.has_null_body_status() {
            return Some(&[]);
        }
        response.body.as_deref()
    }

    /// Whether the response came to where integrity metadata is read.
    fn reads_integrity(&self) -> bool {
        let is_judged = match self.verdict.blocked_by() {
            Some(fault) => matches!(
                fault.cause,
                Cause::IntegrityMismatch | Cause::IntegrityNeedsCors
            ),
            None => !matches!(
                self.verdict.outcome,
                corscope_fetch::Outcome::Incomplete(_) | corscope_fetch::Outcome::OpaqueRedirect
            ),
        };
        is_judged && self.init.api == Api::Fetch && !self.init.integrity.is_empty()
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

/// A URL without user name and password.
fn hide_credentials(url: &mut url::Url) {
    let _ = url.set_username(""); // http URLs can always lose them
    let _ = url.set_password(None);
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
fn redirect_target(scene: Scene<'_>, leg: Option<&Leg>) -> String {
    let Some(leg) = leg else { return String::new() };
    let location = response_value(Some(leg), "location");
    let bytes = scene.verdict.browser.profile().location_bytes;
    let text = location_text(&location, bytes);
    leg.request.url.join(&text).map_or_else(
        |_| text.into_owned(),
        |mut url| {
            let current = scene.verdict.request.as_deref();
            if url.fragment().is_none() {
                url.set_fragment(current.and_then(|request| request.url.fragment()));
            }
            url.into()
        },
    )
}
