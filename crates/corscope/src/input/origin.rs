//! The page that fetches: its origin, or its URL.

use corscope_fetch::origin::Origin;
use url::Url;

use super::error::{InputError, quoted};
use super::url::{reason, with_scheme};

/// A page's URL and the origin it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The URL, as the browser would show it.
    pub url: String,
    /// Its serialized origin.
    pub origin: String,
}

/// Reads a page's origin and serializes it as a browser does: host in lower case and punycode,
/// default port left out.
///
/// # Errors
/// When `text` is more or less than one origin; the mend names the origin that was meant.
pub fn origin(place: &str, text: &str) -> Result<String, InputError> {
    super::check_length(place, text)?;
    let text = text.trim();
    if text == "null" {
        return Ok("null".to_owned());
    }
    let refused = |problem: &str, mend: String| {
        Err(InputError::new(
            place,
            format!("{} {problem}", quoted(text)),
            mend,
        ))
    };
    if text.eq_ignore_ascii_case("null") {
        return refused(
            "is not how browsers write an opaque origin",
            "write null".to_owned(),
        );
    }
    if text.is_empty() {
        return refused(
            "is no origin",
            "write the page's, such as https://app.example.com".into(),
        );
    }
    if !is_hostless(text) && text.contains(|c: char| c == ',' || c.is_whitespace()) {
        let first = text
            .split(|c: char| c == ',' || c.is_whitespace())
            .find(|part| !part.is_empty());
        let mend = match first.map(|first| origin(place, first)) {
            Some(Ok(first)) => format!("a page has one: write {first}"),
            _ => "a page has one: write https://app.example.com, say".to_owned(),
        };
        return refused("is a list, not an origin", mend);
    }
    if text.contains('*') {
        let example = text.trim_end_matches('/').replace('*', "app");
        let mend = match origin(place, &example) {
            Ok(one) if example.contains("://app.") => {
                format!("write one page's origin, such as {one}")
            }
            _ => "write one page's origin, such as https://app.example.com".to_owned(),
        };
        let problem = "has a wildcard; servers may answer `*`, a page always has one origin";
        return refused(problem, mend);
    }
    let (url, serialized) = parse(place, text)?;
    if serialized == "null" && !is_hostless(text) && url.host_str().is_none_or(str::is_empty) {
        return refused("has no host", "write null, or scheme and host".to_owned());
    }
    if serialized == "null" {
        let problem = format!("is a document whose origin is opaque ({}:)", url.scheme());
        return refused(&problem, "write null".to_owned());
    }
    if matches!(url.scheme(), "ws" | "wss") {
        let page = serialized.replacen("ws", "http", 1);
        return refused("is a WebSocket's, not a page's", format!("write {page}"));
    }
    match beyond_origin(text, &url) {
        None => Ok(serialized),
        Some(problem) => refused(problem, format!("write {serialized}")),
    }
}

/// Reads a page's URL; its origin follows from it.
///
/// # Errors
/// When `text` is no absolute URL.
pub fn page_url(place: &str, text: &str) -> Result<Page, InputError> {
    super::check_length(place, text)?;
    let (url, origin) = parse(place, text.trim())?;
    Ok(Page {
        url: url.into(),
        origin,
    })
}

fn parse(place: &str, text: &str) -> Result<(Url, String), InputError> {
    let refused = |problem: String, mend: String| {
        Err(InputError::new(
            place,
            format!("{} {problem}", quoted(text)),
            mend,
        ))
    };
    let mend = || match with_scheme(text) {
        Some(whole) => format!("write {}", whole.trim_end_matches('/')),
        None => "write scheme and host, such as https://app.example.com".to_owned(),
    };
    if !is_hostless(text) && (!text.contains("://") || text.starts_with("://")) {
        return refused("has no scheme".to_owned(), mend());
    }
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return refused("has no scheme".to_owned(), mend());
        }
        Err(error) => {
            let mend = "write scheme, host and port, such as https://app.example.com:8443";
            return refused(
                format!("is not an origin: {}", reason(error)),
                mend.to_owned(),
            );
        }
    };
    if is_misspelled_http(url.scheme()) {
        let rest = text
            .split_once("://")
            .map_or("app.example.com", |(_, rest)| rest);
        let mend = format!("write https://{rest}");
        return refused(
            format!("has the unknown scheme {}", quoted(url.scheme())),
            mend,
        );
    }
    match serialized_origin(&url) {
        Some(serialized) => Ok((url, serialized)),
        None => refused(
            "has no host".to_owned(),
            "write null, or scheme and host".to_owned(),
        ),
    }
}

/// Whether `text` is a document's URL that needs no host; anything else without `//` lacks its
/// scheme.
fn is_hostless(text: &str) -> bool {
    ["about:", "data:", "blob:", "file:", "javascript:"]
        .iter()
        .any(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|is| is.eq_ignore_ascii_case(scheme))
        })
}

/// The page's serialized origin. `None` when a page of an extension or an app lacks the host that
/// tells it from others.
fn serialized_origin(url: &Url) -> Option<String> {
    match Origin::of(url) {
        Origin::Tuple(_) if url.host_str().is_none_or(str::is_empty) && url.scheme() != "blob" => {
            None
        }
        origin => Some(origin.serialized().to_owned()),
    }
}

/// What `text` says beyond scheme, host and port.
fn beyond_origin(text: &str, url: &Url) -> Option<&'static str> {
    if url.scheme() == "blob" {
        return Some("is a blob URL; its origin is that of the page that made it");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("has a user name; an origin has none");
    }
    let after = text.split_once("://").map_or("", |(_, rest)| rest);
    let end = after.find(['/', '\\', '?', '#'])?;
    Some(match &after[end..] {
        "/" => "has a trailing slash; browsers write origins without, and compare byte by byte",
        rest if rest.contains('?') => "has a query; an origin is scheme, host and port only",
        rest if rest.starts_with('#') => "has a fragment; an origin is scheme, host and port only",
        _ => "has a path; an origin is scheme, host and port only",
    })
}

/// `htps`, `htttp`, `hppts`: an app could own such a scheme, but nobody does.
fn is_misspelled_http(scheme: &str) -> bool {
    let letters = |wanted: char| scheme.chars().filter(|c| *c == wanted).count();
    !matches!(scheme, "http" | "https")
        && scheme.len() <= 7
        && scheme.chars().all(|c| matches!(c, 'h' | 't' | 'p' | 's'))
        && letters('t') > 0
        && letters('p') > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_serialized_as_browsers_do() {
        for (text, serialized) in [
            ("https://app.example.com", "https://app.example.com"),
            (" http://localhost:3000\n", "http://localhost:3000"),
            ("null", "null"),
            ("https://APP.Example.com:443", "https://app.example.com"),
            ("HTTP://a.test:80", "http://a.test"),
            ("https://a.test:80", "https://a.test:80"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://127.1", "http://127.0.0.1"),
            (
                "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
                "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
            ),
            (
                "moz-extension://0b7e1a6c-1c1b-4f0e-9d59-0c1a1c7a4d9f",
                "moz-extension://0b7e1a6c-1c1b-4f0e-9d59-0c1a1c7a4d9f",
            ),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            assert_eq!(origin("--from", text).as_deref(), Ok(serialized));
        }
    }

    #[test]
    fn what_is_no_origin_is_mended() {
        for (text, problem, mend) in [
            (
                "https://app.example.com/",
                "trailing slash",
                "write https://app.example.com",
            ),
            (
                "https://App.example.com/cart",
                "a path",
                "write https://app.example.com",
            ),
            ("https://a.test?x", "a query", "write https://a.test"),
            ("https://a.test/x?y#z", "a query", "write https://a.test"),
            ("https://a.test#z", "a fragment", "write https://a.test"),
            ("https://u:p@a.test", "user name", "write https://a.test"),
            (
                "app.example.com",
                "no scheme",
                "write https://app.example.com",
            ),
            (
                "app.example.com/",
                "no scheme",
                "write https://app.example.com",
            ),
            ("localhost:3000", "no scheme", "write http://localhost:3000"),
            ("//a.test", "no scheme", "write https://a.test"),
            (
                "://a.test",
                "no scheme",
                "write scheme and host, such as https://app.example.com",
            ),
            (
                "*",
                "wildcard",
                "write one page's origin, such as https://app.example.com",
            ),
            (
                "https://*.shop.test",
                "wildcard",
                "write one page's origin, such as https://app.shop.test",
            ),
            (
                "https://a.test, https://b.test",
                "a list",
                "a page has one: write https://a.test",
            ),
            (
                "https://a.test https://b.test",
                "a list",
                "a page has one: write https://a.test",
            ),
            ("file:///home/me/index.html", "opaque", "write null"),
            ("about:blank", "opaque", "write null"),
            ("data:text/html,x", "opaque", "write null"),
            ("blob:https://a.test/1-2", "blob", "write https://a.test"),
            ("NULL", "opaque", "write null"),
            ("wss://a.test", "WebSocket", "write https://a.test"),
            ("htps://a.test", "unknown scheme", "write https://a.test"),
            (
                "chrome-extension://",
                "no host",
                "write null, or scheme and host",
            ),
            (
                "https://a.test:99999",
                "port",
                "write scheme, host and port, such as https://app.example.com:8443",
            ),
            (
                "",
                "no origin",
                "write the page's, such as https://app.example.com",
            ),
        ] {
            let error = origin("--from", text).unwrap_err();
            assert!(error.problem.contains(problem), "{text}: {}", error.problem);
            assert_eq!(error.mend, mend, "{text}");
            assert_eq!(error.place, "--from");
        }
    }

    #[test]
    fn a_page_url_has_an_origin() {
        for (text, url, origin) in [
            ("https://A.test/x?y", "https://a.test/x?y", "https://a.test"),
            (
                "http://localhost:3000",
                "http://localhost:3000/",
                "http://localhost:3000",
            ),
            ("file:///x.html", "file:///x.html", "null"),
            ("about:srcdoc", "about:srcdoc", "null"),
            (
                "chrome-extension://abc/popup.html",
                "chrome-extension://abc/popup.html",
                "chrome-extension://abc",
            ),
        ] {
            let page = page_url("--page", text).unwrap();
            assert_eq!((page.url.as_str(), page.origin.as_str()), (url, origin));
        }
        assert!(page_url("--page", "/cart").is_err());
        assert!(page_url("--page", "").is_err());
    }
}
