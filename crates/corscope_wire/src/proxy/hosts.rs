//! Patterns of hosts: for pass-through, relaxed verification, and what needs no upstream proxy.

use std::fmt;
use std::str::FromStr;

/// `example.com`, `*.example.com` (its subdomains), `.example.com` (both), `*`, each also with a
/// port: `example.com:8443`, `[::1]:443`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPattern {
    host: String,
    port: Option<u16>,
}

/// A text that is no [`HostPattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPatternError {
    text: String,
}

impl fmt::Display for HostPatternError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text } = self;
        write!(
            out,
            "\"{text}\" is no host; wanted example.com, *.example.com or example.com:8443"
        )
    }
}

impl std::error::Error for HostPatternError {}

impl HostPattern {
    /// Whether `host` (IPv6 with or without brackets) at `port` is meant.
    pub fn fits(&self, host: &str, port: u16) -> bool {
        if self.port.is_some_and(|own| own != port) {
            return false;
        }
        let host = bare(host);
        let is_under = |parent: &str| {
            host.len() > parent.len()
                && host.as_bytes()[host.len() - parent.len() - 1] == b'.'
                && host.as_bytes()[host.len() - parent.len()..]
                    .eq_ignore_ascii_case(parent.as_bytes())
        };
        if self.host == "*" {
            true
        } else if let Some(parent) = self.host.strip_prefix("*.") {
            is_under(parent)
        } else if let Some(parent) = self.host.strip_prefix('.') {
            host.eq_ignore_ascii_case(parent) || is_under(parent)
        } else {
            host.eq_ignore_ascii_case(&self.host)
        }
    }
}

fn bare(host: &str) -> &str {
    let host = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    host.strip_suffix('.').unwrap_or(host)
}

impl fmt::Display for HostPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) if self.host.contains(':') => write!(out, "[{}]:{port}", self.host),
            Some(port) => write!(out, "{}:{port}", self.host),
            None => out.write_str(&self.host),
        }
    }
}

impl FromStr for HostPattern {
    type Err = HostPatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || HostPatternError {
            text: text.to_owned(),
        };
        let is_v6 = text.parse::<std::net::Ipv6Addr>().is_ok();
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !is_v6 && !text.ends_with(']') => {
                (host, Some(port.parse().map_err(|_| wrong())?))
            }
            _ => (text, None),
        };
        let host = bare(host);
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*:".contains(&byte);
        if host.is_empty() || host == "." || !host.bytes().all(fine) {
            return Err(wrong());
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_what_they_say() {
        let table = [
            ("a.test", "A.TEST.", 1, true),
            ("a.test", "b.a.test", 1, false),
            ("*.a.test", "b.a.test", 1, true),
            ("*.a.test", "a.test", 1, false),
            ("*.a.test", "ba.test", 1, false),
            (".a.test", "a.test", 1, true),
            (".a.test", "c.b.a.test", 1, true),
            ("a.test:443", "a.test", 443, true),
            ("a.test:443", "a.test", 80, false),
            ("[::1]:443", "[::1]", 443, true),
            ("::1", "[::1]", 9, true),
            ("*", "x", 9, true),
        ];
        for (pattern, host, port, wanted) in table {
            let pattern: HostPattern = pattern.parse().unwrap();
            assert_eq!(pattern.fits(host, port), wanted, "{pattern} {host}:{port}");
        }
        for text in ["", ".", "a b", "a.test:x", "a.test:70000", "a/b"] {
            assert!(text.parse::<HostPattern>().is_err(), "{text}");
        }
    }
}
