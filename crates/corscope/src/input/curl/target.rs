//! The URL of a `curl` command, which takes more shapes than one for `fetch()`.

use ::url::Url;

use super::super::error::{InputError, quoted};
use super::super::url;
use super::body::base64;

/// A URL as `fetch()` takes it.
pub(super) struct Target {
    pub(super) text: String,
    /// From a user name in the URL, which `fetch()` refuses there.
    pub(super) authorization: Option<String>,
    pub(super) notes: Vec<String>,
}

/// Reads curl's URL and puts `query` behind it.
pub(super) fn read(
    place: &str,
    text: &str,
    is_glob_off: bool,
    query: &[String],
) -> Result<Target, InputError> {
    let mut notes = Vec::new();
    let mut text = text.trim().to_owned();
    if !is_glob_off {
        // curl takes brackets and braces for patterns, so copies escape them.
        for escaped in ["\\[", "\\]", "\\{", "\\}"] {
            text = text.replace(escaped, &escaped[1..]);
        }
    }
    if !has_scheme(&text) && !text.is_empty() && !text.starts_with('/') {
        notes.push("the URL has no scheme; as curl does, it was read as http://".to_owned());
        text.insert_str(0, "http://");
    }
    let text = with_query(url::target(place, &text)?, query);
    let scheme = text.split(':').next().unwrap_or_default();
    if !["http", "https"]
        .iter()
        .any(|http| scheme.eq_ignore_ascii_case(http))
    {
        let problem = format!("{} is no scheme that CORS applies to", quoted(scheme));
        return Err(InputError::new(
            place,
            problem,
            "give an http:// or https:// URL",
        ));
    }
    let mut target = Target {
        text,
        authorization: None,
        notes,
    };
    if let Ok(mut url) = Url::parse(&target.text)
        && (!url.username().is_empty() || url.password().is_some())
    {
        let user = percent_decoded(url.username());
        let password = percent_decoded(url.password().unwrap_or_default());
        let login = [user, password].join(&b':');
        target.authorization = Some(format!("Basic {}", base64(&login)));
        target.notes.push(
            "fetch() refuses a user name in a URL; it was read as the script's Authorization header"
                .to_owned(),
        );
        // These fail only for a URL without a host, which has no user name either.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        target.text = url.into();
    }
    Ok(target)
}

/// Whether `text` starts with `scheme://`.
fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

fn with_query(url: String, query: &[String]) -> String {
    if query.is_empty() {
        return url;
    }
    let (before, fragment) = match url.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (url.as_str(), None),
    };
    let separator = match before.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    let mut out = format!("{before}{separator}{}", query.join("&"));
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (
            bytes[at],
            digit(bytes.get(at + 1)),
            digit(bytes.get(at + 2)),
        ) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(given: &str, query: &[&str]) -> String {
        let query: Vec<_> = query.iter().map(|&one| one.to_owned()).collect();
        read("x", given, false, &query).unwrap().text
    }

    #[test]
    fn urls_are_read_as_curl_does() {
        for (given, query, read) in [
            ("https://a.test/x", &[][..], "https://a.test/x"),
            ("a.test/x", &[], "http://a.test/x"),
            (
                "localhost:3000/x?u=https://b.test",
                &[],
                "http://localhost:3000/x?u=https://b.test",
            ),
            (r"https://a.test/\[1\]\{x\}", &[], "https://a.test/[1]{x}"),
            (
                "https://a.test/x",
                &["q=1", "r=2"],
                "https://a.test/x?q=1&r=2",
            ),
            ("https://a.test/x?p#f", &["q=1"], "https://a.test/x?p&q=1#f"),
            ("https://a.test/x?", &["q=1"], "https://a.test/x?q=1"),
        ] {
            assert_eq!(text(given, query), read);
        }
        for wrong in [
            "",
            "/x",
            "//a.test",
            "ftp://a.test/",
            "https://",
            "http://a b/",
        ] {
            assert!(read("x", wrong, false, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_user_in_the_url_becomes_a_header() {
        let target = read("x", "https://user:p%40ss@a.test/", false, &[]).unwrap();
        assert_eq!(target.text, "https://a.test/");
        assert_eq!(target.authorization.as_deref(), Some("Basic dXNlcjpwQHNz"));
    }
}
