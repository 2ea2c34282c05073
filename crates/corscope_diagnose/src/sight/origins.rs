//! The parts of serialized origins.

/// Scheme, host and port of a serialized http(s) origin; the default port is empty. `None` when
/// `text` is no such origin: it has a path, a wildcard, capital letters.
pub(crate) fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (rest, ""),
    };
    let is_host = |byte: u8| {
        byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(byte, b'.' | b'-' | b'_' | b'[' | b']' | b':')
    };
    let is_origin = matches!(scheme, "http" | "https")
        && !host.is_empty()
        && host.bytes().all(is_host)
        && (host.starts_with('[') || !host.contains(':'));
    let port = match (scheme, port) {
        ("http", "80") | ("https", "443") => "",
        (_, port) => port,
    };
    is_origin.then_some((scheme, host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_origins() {
        for (text, expected) in [
            ("https://a.test", Some(("https", "a.test", ""))),
            ("https://a.test:443", Some(("https", "a.test", ""))),
            ("http://localhost:3000", Some(("http", "localhost", "3000"))),
            ("http://[::1]:80", Some(("http", "[::1]", ""))),
            ("https://a.test/", None),
            ("https://*.a.test", None),
            ("HTTPS://a.test", None),
            ("a.test", None),
            ("null", None),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }
}
