//! The `Origin` of a request, as far as the demo lets pages in: those of this machine.

use std::fmt;

/// The origin of a page on this machine, taken apart so that an endpoint can get one part wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageOrigin<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    /// `None` for the scheme's own port.
    pub(super) port: Option<u16>,
}

impl<'a> PageOrigin<'a> {
    /// `None` for whatever is not served from this machine: an allow-list that says yes to
    /// everyone would be a poor example.
    pub(super) fn parse(origin: &'a str) -> Option<Self> {
        let (scheme, authority) = origin.split_once("://")?;
        let host_end = authority.rfind(']').map_or_else(
            || authority.find(':').unwrap_or(authority.len()),
            |bracket| bracket + 1,
        );
        let (host, port) = authority.split_at(host_end);
        let port = match port.strip_prefix(':') {
            Some(digits) => Some(digits.parse().ok()?),
            None if port.is_empty() => None,
            None => return None,
        };
        let ours = matches!(scheme, "http" | "https")
            && matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        ours.then_some(Self { scheme, host, port })
    }
}

impl PageOrigin<'static> {
    /// [`PAGE_ORIGIN`](super::PAGE_ORIGIN), taken apart.
    pub(super) const EXAMPLE: Self = Self {
        scheme: "http",
        host: "localhost",
        port: Some(5173),
    };
}

impl fmt::Display for PageOrigin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::PAGE_ORIGIN;

    #[test]
    fn pages_of_this_machine_come_back_byte_for_byte() {
        for origin in [
            "http://localhost:5173",
            "https://localhost",
            "http://127.0.0.1:80",
            "http://[::1]:3000",
        ] {
            assert_eq!(PageOrigin::parse(origin).unwrap().to_string(), origin);
        }
        assert_eq!(PageOrigin::EXAMPLE.to_string(), PAGE_ORIGIN);
    }

    #[test]
    fn nobody_else_gets_in() {
        for origin in [
            "null",
            "https://app.example.com",
            "http://localhost.example.com",
            "http://localhost:5173/",
            "http://localhost:",
            "http://localhost:99999",
            "ftp://localhost",
            "http://[::1]x",
            "",
        ] {
            assert_eq!(PageOrigin::parse(origin), None, "{origin}");
        }
    }
}
