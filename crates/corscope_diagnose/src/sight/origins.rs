//! The parts of serialized origins, and the sites they belong to.

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

/// Whether two serialized origins belong to one [site](https://html.spec.whatwg.org/multipage/browsers.html#same-site),
/// so that cookies with `SameSite` travel between them.
///
/// There is no public suffix list here: two names are one site when their last two labels are
/// equal. That errs only below suffixes of two labels, such as `co.uk`.
pub(crate) fn is_same_site(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (parts(one), parts(other)) else {
        return one == other;
    };
    one.0 == other.0 && registrable(one.1) == registrable(other.1)
}

fn registrable(host: &str) -> &str {
    if host.starts_with('[') || host.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.')) {
        return host;
    }
    let dot = host.rmatch_indices('.').nth(1);
    dot.map_or(host, |(dot, _)| &host[dot + 1..])
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

    #[test]
    fn sites() {
        for (one, other, same) in [
            ("https://app.a.test", "https://api.a.test:8443", true),
            ("https://a.test", "https://b.test", false),
            ("http://a.test", "https://a.test", false),
            ("http://localhost:3000", "http://localhost:8080", true),
            ("http://localhost", "http://127.0.0.1", false),
            ("http://10.0.0.1", "http://10.1.0.1", false),
            ("null", "https://a.test", false),
        ] {
            assert_eq!(is_same_site(one, other), same, "{one} {other}");
        }
    }
}
