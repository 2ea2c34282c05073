//! The URL that a script fetches.

use url::{ParseError, Url};

use super::error::{InputError, quoted};

/// Reads an absolute URL. Its scheme is not judged: that a browser cannot fetch `ftp:` is a
/// verdict, not bad input.
///
/// # Errors
/// When `text` is no absolute URL, or only looks like one (`localhost:3000` has the scheme
/// `localhost`).
pub fn target(place: &str, text: &str) -> Result<String, InputError> {
    super::check_length(place, text)?;
    let trimmed = text.trim();
    if trimmed.is_empty() {
        let mend = "give the URL the script fetches, such as https://api.example.com/x";
        return Err(InputError::new(place, "the URL is empty", mend));
    }
    if let Some(at) = trimmed.find(|c: char| c.is_control()) {
        let mend = "quote the URL and take out the line breaks and tabs";
        return Err(
            InputError::new(place, "the URL has a control character in it", mend)
                .with_excerpt(trimmed, at..at + 1),
        );
    }
    match Url::parse(trimmed) {
        Ok(url) if is_host_and_port(&url) => Err(without_scheme(place, trimmed)),
        Ok(_) => Ok(trimmed.to_owned()),
        Err(ParseError::RelativeUrlWithoutBase) => Err(without_scheme(place, trimmed)),
        Err(error) => Err(InputError::new(
            place,
            format!("{} is not a URL: {}", quoted(trimmed), reason(error)),
            "write it as the browser's address bar would, such as https://api.example.com/x",
        )),
    }
}

/// `localhost:3000/x` and `api.example.com:8080` parse, with the host as their scheme.
fn is_host_and_port(url: &Url) -> bool {
    if url.has_authority() || url.is_special() {
        return false;
    }
    let after = &url.as_str()[url.scheme().len() + 1..];
    url.scheme() == "localhost"
        || url.scheme().contains('.')
        || after.starts_with(|c: char| c.is_ascii_digit())
}

fn without_scheme(place: &str, text: &str) -> InputError {
    let problem = format!(
        "{} has no scheme, so it is not an absolute URL",
        quoted(text)
    );
    let mend = match with_scheme(text) {
        Some(whole) => format!("write {whole}"),
        None => "write the whole URL, such as https://api.example.com/x".to_owned(),
    };
    InputError::new(place, problem, mend)
}

/// The URL or origin that was probably meant by a text without a scheme: `http` for what is
/// usually a developer's own machine, else `https`. `None` when no scheme makes a URL of it.
pub(super) fn with_scheme(text: &str) -> Option<String> {
    let rest = text.strip_prefix("//").unwrap_or(text);
    if rest.starts_with(['/', '?', '#', '.', ':']) || rest.contains(char::is_whitespace) {
        return None;
    }
    let url = Url::parse(&format!("http://{rest}")).ok()?;
    let host = url.host()?;
    let scheme = match host {
        url::Host::Domain(name) if name.contains('.') && !name.ends_with(".localhost") => "https",
        _ => "http",
    };
    Some(format!("{scheme}://{rest}"))
}

/// Why a text is no URL, for a sentence.
pub(super) fn reason(error: ParseError) -> &'static str {
    match error {
        ParseError::EmptyHost => "it has no host",
        ParseError::IdnaError => "its host has a character that no host has",
        ParseError::InvalidPort => "its port is no number from 0 to 65535",
        ParseError::InvalidIpv4Address => "its host is no IPv4 address, though it ends in a number",
        ParseError::InvalidIpv6Address => "its host is no IPv6 address",
        ParseError::InvalidDomainCharacter => "its host has a character that no host has",
        _ => "it does not parse",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_urls_are_kept_as_written() {
        for text in [
            "https://api.example.com/x?y=1#z",
            "http://localhost:3000",
            "http://[::1]:8080/a b",
            "https://Bücher.example/ü",
            "https://user:secret@api.example.com/",
            "ftp://example.com/x",
            "data:text/plain,hello",
            "blob:https://example.com/1-2",
            "file:///etc/hosts",
            "wss://example.com/socket",
            "mailto:a@example.com",
            "https:api.example.com/x",
        ] {
            assert_eq!(target("URL", text).as_deref(), Ok(text));
        }
        assert_eq!(
            target("URL", "  https://a.test/ \n").as_deref(),
            Ok("https://a.test/")
        );
    }

    #[test]
    fn what_is_no_url_is_mended() {
        for (text, mend) in [
            ("api.example.com/x", "write https://api.example.com/x"),
            ("localhost:3000/x", "write http://localhost:3000/x"),
            ("localhost", "write http://localhost"),
            (
                "api.example.com:8443/x",
                "write https://api.example.com:8443/x",
            ),
            ("backend:8080/x", "write http://backend:8080/x"),
            ("127.0.0.1:8000", "write http://127.0.0.1:8000"),
            ("[::1]:8000/", "write http://[::1]:8000/"),
            ("//cdn.example.com/x", "write https://cdn.example.com/x"),
            (
                "/api/items",
                "write the whole URL, such as https://api.example.com/x",
            ),
        ] {
            let error = target("URL", text).unwrap_err();
            assert_eq!(error.mend, mend, "{text}");
            assert!(error.problem.contains("no scheme"), "{text}");
        }
    }

    #[test]
    fn a_broken_url_says_what_is_broken() {
        for (text, why) in [
            ("https://", "no host"),
            ("http://:80/", "no host"),
            ("https://a.test:99999/", "port"),
            ("https://a b.test/", "character"),
            ("https://1.2.3.999/", "IPv4"),
            ("https://[::zz]/", "IPv6"),
            ("https://a.test/x\r\nHost: b", "control"),
            ("   ", "empty"),
        ] {
            let error = target("URL", text).unwrap_err();
            assert!(error.problem.contains(why), "{text}: {}", error.problem);
        }
    }
}
