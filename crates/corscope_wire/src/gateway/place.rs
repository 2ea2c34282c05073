//! How paths of the gateway and paths of a server stand to each other.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::config::Target;

/// A server's paths as the gateway has them.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) target: Target,
    /// What stands in front of them here, without a slash at its end.
    pub(crate) prefix: String,
    /// Whether the server has it, too.
    pub(crate) keep_prefix: bool,
}

impl Place {
    /// Whether `path` (with query) is served here.
    pub(crate) fn holds(&self, path: &[u8]) -> bool {
        // `*` asks the server itself.
        path == b"*" || strip(path, self.prefix.as_bytes()).is_some()
    }

    /// Appends the server's path for the gateway's.
    pub(crate) fn write_there(&self, path: &[u8], out: &mut Vec<u8>) {
        let rest = match self.keep_prefix {
            true => path,
            false => strip(path, self.prefix.as_bytes()).unwrap_or(path),
        };
        out.extend_from_slice(self.target.base.as_bytes());
        if !rest.starts_with(b"/") {
            out.push(b'/');
        }
        out.extend_from_slice(rest);
    }

    /// The gateway's path for the server's; `None` where the gateway has none.
    fn here(&self, path: &str) -> Option<String> {
        let rest = strip(path.as_bytes(), self.target.base.as_bytes())?;
        let rest = std::str::from_utf8(rest).ok()?;
        let slash = if rest.starts_with('/') { "" } else { "/" };
        let prefix = if self.keep_prefix { "" } else { &self.prefix };
        Some([prefix, slash, rest].concat())
    }

    /// A `Location` as the page shall see it; `None` to leave it alone.
    pub(crate) fn location(&self, location: &str) -> Option<String> {
        let origin = &self.target.origin;
        let begins = |start: &str| {
            let head = location.get(..start.len())?;
            let rest = &location[start.len()..];
            let ends = rest.is_empty() || rest.starts_with(['/', '?', '#']);
            (ends && head.eq_ignore_ascii_case(start)).then_some(rest)
        };
        let scheme_less = &origin[origin.find("//")?..];
        let path = match begins(origin).or_else(|| begins(scheme_less)) {
            Some(path) => path,
            None if location.starts_with('/') && !location.starts_with("//") => location,
            // Relative to where it came from, which works by itself, or elsewhere.
            None => return None,
        };
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        };
        match self.here(&path) {
            Some(here) => (here != location).then_some(here),
            // Outside of what is served here: only the server itself has it.
            None if location.starts_with('/') => Some([origin, path.as_str()].concat()),
            None => None,
        }
    }

    /// A cookie's `Path` as the browser shall see it. `/` stays: pages read such cookies from any
    /// path.
    pub(crate) fn cookie_path(&self, path: &str) -> Option<String> {
        if path == "/" || !path.starts_with('/') {
            return None;
        }
        match self.here(path) {
            Some(here) => (here != path).then_some(here),
            None => Some("/".to_owned()),
        }
    }
}

/// `path` without `prefix`, if it stands there as whole segments.
fn strip<'a>(path: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let rest = path.strip_prefix(prefix)?;
    matches!(rest.first(), None | Some(b'/' | b'?' | b'#')).then_some(rest)
}

/// Whether a path could lead out of what it is put under, in whichever spelling.
pub(crate) fn climbs(path: &[u8]) -> bool {
    let path = path.split(|byte| *byte == b'?').next().unwrap_or_default();
    let could = path.contains(&b'%') || path.windows(2).any(|pair| pair == b"..");
    could
        && Cow::from(percent_decode(path))
            .split(|byte| matches!(byte, b'/' | b'\\'))
            .any(|segment| segment == b"..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(target: &str, prefix: &str, keep_prefix: bool) -> Place {
        Place {
            target: target.parse().unwrap(),
            prefix: prefix.to_owned(),
            keep_prefix,
        }
    }

    #[test]
    fn paths_lead_there() {
        let table = [
            ("http://a.test", "", false, "/x?y", Some("/x?y")),
            ("http://a.test/v1/", "", false, "/x", Some("/v1/x")),
            ("http://a.test", "/api", false, "/api/x", Some("/x")),
            ("http://a.test", "/api", false, "/api", Some("/")),
            ("http://a.test", "/api", false, "/api?q", Some("/?q")),
            ("http://a.test", "/api", false, "/apiary", None),
            ("http://a.test", "/api", false, "/API/x", None),
            ("http://a.test/v1", "/api", false, "/api/x", Some("/v1/x")),
            ("http://a.test", "/api", true, "/api/x", Some("/api/x")),
        ];
        for (target, prefix, keep, path, wanted) in table {
            let place = place(target, prefix, keep);
            let found = place.holds(path.as_bytes()).then(|| {
                let mut out = Vec::new();
                place.write_there(path.as_bytes(), &mut out);
                String::from_utf8(out).unwrap()
            });
            assert_eq!(found.as_deref(), wanted, "{target} {prefix} {path}");
        }
    }

    #[test]
    fn locations_stay_at_the_gateway() {
        let table = [
            ("http://a.test", "", "http://a.test/x", Some("/x")),
            ("http://a.test", "", "HTTP://A.TEST", Some("/")),
            ("http://a.test", "", "http://a.test?q", Some("/?q")),
            ("http://a.test", "", "//a.test/x", Some("/x")),
            ("http://a.test", "", "/x", None),
            ("http://a.test", "", "x/y", None),
            ("http://a.test", "", "http://a.test:81/x", None),
            ("http://a.test", "", "http://a.test.evil.test/x", None),
            ("http://a.test", "", "https://a.test/x", None),
            ("http://a.test", "/api", "/login", Some("/api/login")),
            ("http://a.test/v1", "/api", "/v1/x", Some("/api/x")),
            (
                "http://a.test/v1",
                "/api",
                "/login",
                Some("http://a.test/login"),
            ),
            ("http://a.test/v1", "/api", "http://a.test/login", None),
            ("http://a.test/v1", "/api", "//evil.test/v1", None),
        ];
        for (target, prefix, location, wanted) in table {
            let found = place(target, prefix, false).location(location);
            assert_eq!(found.as_deref(), wanted, "{target} {prefix} {location}");
        }
        let kept = place("http://a.test", "/api", true);
        assert_eq!(kept.location("/api/x"), None);
    }

    #[test]
    fn a_path_that_climbs_is_known() {
        for path in [
            "/..",
            "/a/../b",
            "/%2e%2E/",
            "/.%2e",
            "/a\\..\\b",
            "/a%2f..%2fb",
            "/..%2fx",
            "/%2e%2e%5cx",
        ] {
            assert!(climbs(path.as_bytes()), "{path}");
        }
        for path in [
            "/",
            "/a..b/...",
            "/a?x=/../",
            "/.well-known",
            "/./x",
            "/a%2fb",
            "/...",
        ] {
            assert!(!climbs(path.as_bytes()), "{path}");
        }
    }
}
