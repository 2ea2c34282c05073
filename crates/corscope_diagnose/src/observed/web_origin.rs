//! The origin of a URL, serialized. Every exchange is asked for it, so that what is written in its
//! final form already, as browsers write it, is not parsed.

use std::borrow::Cow;

use url::Url;

/// The serialized origin of `url`; `None` where it is no absolute URL.
pub(super) fn origin_of(url: &str) -> Option<Cow<'_, str>> {
    if let Some(origin) = written_origin(url) {
        return Some(Cow::Borrowed(origin));
    }
    let url = Url::parse(url).ok()?;
    Some(Cow::Owned(url.origin().ascii_serialization()))
}

/// The beginning of `url` where that is its origin as parsing it would give it; `None` where only
/// parsing tells.
fn written_origin(url: &str) -> Option<&str> {
    let (scheme, default_port) = match url {
        _ if url.starts_with("https://") => ("https://", "443"),
        _ if url.starts_with("http://") => ("http://", "80"),
        _ => return None,
    };
    let rest = &url[scheme.len()..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_port = |port: &str| {
        port != default_port
            && matches!(port.as_bytes(), [b'1'..=b'9', ..])
            && port.parse::<u16>().is_ok()
    };
    // What follows the authority may hold anything, but for what parsing takes out anywhere.
    let is_plain = !rest
        .bytes()
        .any(|byte| matches!(byte, b'\t' | b'\n' | b'\r'));
    (is_plain && is_host(host) && port.is_none_or(is_port))
        .then(|| &url[..scheme.len() + authority.len()])
}

/// Whether a host is a name, or an IPv4 address, that parsing leaves as it is.
fn is_host(host: &str) -> bool {
    let Some(last) = host.split('.').next_back() else {
        return false;
    };
    if !last.starts_with(|first: char| first.is_ascii_lowercase()) {
        // Numbers are addresses, in one of many spellings.
        return host.parse::<std::net::Ipv4Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        // Punycode has to be looked into.
        !label.is_empty() && label.bytes().all(of_name) && !label.starts_with("xn--")
    };
    host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_origin_is_the_parsed_one() {
        let schemes = [
            "http://", "https://", "ws://", "HTTP://", "http:", "ftp://", "",
        ];
        let hosts = [
            "a.test",
            "A.test",
            "localhost",
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "1",
            "1.2.3.4.5",
            "01.2.3.4",
            "256.1.1.1",
            "a.1",
            "a.1x",
            "a..b",
            "a.",
            ".a",
            "",
            "[::1]",
            "[::01]",
            "xn--",
            "xn--bcher-kva.test",
            "b\u{fc}cher.test",
            "a_b.test",
            "-a.test",
            "a-.test",
            "u@a.test",
            "u:p@a.test",
            "a%41.test",
            "a b.test",
            "a\tb.test",
            "x--y.test",
            "a.b-1",
            "a.0x1",
        ];
        let ports = [
            "", ":", ":80", ":443", ":8080", ":080", ":65536", ":0", ":x", ":+1", ":8 0",
        ];
        let tails = ["", "/", "?q", "#f", "/a\tb", "\\x", "/ \n", " "];
        let (mut written, mut all) = (0, 0);
        for scheme in schemes {
            for host in hosts {
                for (port, tail) in ports.iter().flat_map(|port| tails.map(|tail| (port, tail))) {
                    let url = format!("{scheme}{host}{port}{tail}");
                    let parsed = Url::parse(&url).ok();
                    let parsed = parsed.map(|url| url.origin().ascii_serialization());
                    assert_eq!(origin_of(&url).as_deref(), parsed.as_deref(), "{url:?}");
                    written += usize::from(written_origin(&url).is_some());
                    all += 1;
                }
            }
        }
        assert!(written > 100, "{written} of {all} without parsing");
    }
}
