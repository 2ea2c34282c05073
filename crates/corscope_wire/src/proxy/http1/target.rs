//! Where a request goes, by its request target.

use crate::client::Destination;

/// An `http:` or `https:` URL's places in a request target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) tls: bool,
    /// IPv6 in brackets.
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// The host as its URL and certificate name it; another than `host` only inside a tunnel.
    pub(crate) name: &'a str,
    /// Path and query; may be empty, or begin with `?`.
    pub(crate) path: &'a [u8],
}

impl<'a> Target<'a> {
    /// Reads an absolute-form target.
    pub(crate) fn absolute(target: &'a [u8]) -> Option<Self> {
        let begins = |scheme: &[u8]| {
            let start = target.get(..scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then_some(scheme.len())
        };
        let (tls, start) = match begins(b"http://") {
            Some(start) => (false, start),
            None => (true, begins(b"https://")?),
        };
        let rest = &target[start..];
        let of_path = |byte: &u8| matches!(byte, b'/' | b'?' | b'#');
        let end = rest.iter().position(of_path).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let authority = std::str::from_utf8(authority).ok()?.rsplit('@').next()?;
        let (host, port) = host_and_port(authority)?;
        Some(Self {
            tls,
            host,
            name: host,
            port: port.unwrap_or(if tls { 443 } else { 80 }),
            path: path.split(|byte| *byte == b'#').next().unwrap_or_default(),
        })
    }

    pub(crate) fn destination(&self) -> Destination {
        Destination {
            tls: self.tls,
            host: self.host.to_ascii_lowercase(),
            port: self.port,
        }
    }

    /// Whether a connection to `to` by the name `name` serves it.
    pub(crate) fn is(&self, to: &Destination, name: &str) -> bool {
        self.port == to.port
            && self.tls == to.tls
            && self.host.eq_ignore_ascii_case(&to.host)
            && self.name.eq_ignore_ascii_case(name)
    }

    /// Its URL, the default port left out.
    pub(crate) fn url(&self) -> String {
        let path = String::from_utf8_lossy(self.path);
        let scheme = if self.tls { "https" } else { "http" };
        let slash = if path.starts_with('/') { "" } else { "/" };
        let path = if path == "*" { "" } else { &path };
        if self.port == if self.tls { 443 } else { 80 } {
            [scheme, "://", self.name, slash, path].concat()
        } else {
            let port = self.port.to_string();
            [scheme, "://", self.name, ":", &port, slash, path].concat()
        }
    }
}

/// The parts of `host[:port]`; IPv6 stays in brackets.
pub(crate) fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let split = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(split);
    let port = match port.strip_prefix(':') {
        Some("") => None,
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Some(digits.parse().ok()?)
        }
        None if port.is_empty() => None,
        _ => return None,
    };
    let fine = |byte: u8| {
        byte.is_ascii_alphanumeric() || byte >= 0x80 || b"-._~%!$&'()*+,;=".contains(&byte)
    };
    let is_host = match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(fine),
    };
    is_host.then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_targets_name_their_server() {
        let table = [
            ("http://a.test/x?y", Some((false, "a.test", 80, "/x?y"))),
            ("HTTP://a.test:8080", Some((false, "a.test", 8080, ""))),
            ("https://a.test?q", Some((true, "a.test", 443, "?q"))),
            ("http://u:p@a.test/#f", Some((false, "a.test", 80, "/"))),
            ("http://[::1]:81/x", Some((false, "[::1]", 81, "/x"))),
            ("http://[::1/x", None),
            ("http://[x]/x", None),
            ("http:///x", None),
            ("http://a.test:x/", None),
            ("http://a.test:99999/", None),
            ("ftp://a.test/", None),
            ("/x", None),
        ];
        for (text, wanted) in table {
            let found = Target::absolute(text.as_bytes());
            let found = found.map(|target| {
                let path = std::str::from_utf8(target.path).unwrap();
                (target.tls, target.host, target.port, path)
            });
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn urls_leave_out_what_goes_without_saying() {
        let url = |tls, port, path: &str| {
            let target = Target {
                tls,
                host: "10.0.0.1",
                port,
                name: "a.test",
                path: path.as_bytes(),
            };
            target.url()
        };
        assert_eq!(url(false, 80, "/x"), "http://a.test/x");
        assert_eq!(url(true, 8443, "?q"), "https://a.test:8443/?q");
        assert_eq!(url(true, 443, "*"), "https://a.test/");
    }
}
