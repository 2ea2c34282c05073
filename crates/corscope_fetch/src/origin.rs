//! [Origins](https://html.spec.whatwg.org/multipage/browsers.html#concept-origin): tuple or opaque,
//! compared by their serialization.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use url::{Position, Url};

/// An origin.
///
/// A tuple origin is kept as its serialization (`scheme://host[:port]`, host in punycode, default
/// port left out): two tuple origins are the same exactly if these bytes are equal, and the bytes
/// are what the CORS check compares. An opaque origin is never the same as any other here, since
/// one fetch meets only one of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Serialized as `null`: sandboxed frames, `data:` and `file:` documents.
    Opaque,
    /// Scheme, host and port.
    Tuple(Arc<str>),
}

/// Why a text is no serialized origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginError {
    /// It has no `scheme://`.
    NoScheme,
    /// It does not parse as a URL.
    NotAUrl(url::ParseError),
    /// It parses, but serializes to something else (a path, a trailing slash, a default port, …),
    /// which is given.
    NotSerialized(String),
}

impl fmt::Display for OriginError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScheme => write!(out, "an origin starts with its scheme, such as https://"),
            Self::NotAUrl(error) => write!(out, "not an origin: {error}"),
            Self::NotSerialized(right) => {
                write!(
                    out,
                    "not a serialized origin; a browser would write {right}"
                )
            }
        }
    }
}

impl std::error::Error for OriginError {}

impl Origin {
    /// Reads a [serialized origin](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin).
    ///
    /// # Errors
    /// When `text` is not exactly what a browser would send in `Origin`.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if text == "null" {
            return Ok(Self::Opaque);
        }
        if is_plain(text) {
            return Ok(Self::Tuple(text.into()));
        }
        if !text.contains("://") {
            return Err(OriginError::NoScheme);
        }
        let url = Url::parse(text).map_err(OriginError::NotAUrl)?;
        let right = match url_origin(&url) {
            UrlOrigin::Tuple(serialized) => serialized.into_owned(),
            UrlOrigin::Opaque => match own_origin(&url) {
                Some(serialized) => serialized,
                None => return Err(OriginError::NotSerialized("null".to_owned())),
            },
        };
        if right == text {
            Ok(Self::Tuple(right.into()))
        } else {
            Err(OriginError::NotSerialized(right))
        }
    }

    /// The origin of a document at `url`.
    pub fn of(url: &Url) -> Self {
        match url_origin(url) {
            UrlOrigin::Tuple(serialized) => Self::Tuple(serialized.into()),
            UrlOrigin::Opaque => match own_origin(url) {
                Some(serialized) => Self::Tuple(serialized.into()),
                None => Self::Opaque,
            },
        }
    }

    /// Its serialization, as sent in the `Origin` header.
    pub fn serialized(&self) -> &str {
        match self {
            Self::Opaque => "null",
            Self::Tuple(serialized) => serialized,
        }
    }

    /// Its serialization, to be kept.
    pub fn shared(&self) -> Arc<str> {
        match self {
            Self::Opaque => "null".into(),
            Self::Tuple(serialized) => Arc::clone(serialized),
        }
    }

    /// Whether this is the [same origin](https://html.spec.whatwg.org/multipage/browsers.html#same-origin)
    /// as that of `url`.
    pub fn is_same_as(&self, url: &Url) -> bool {
        match (self, url_origin(url)) {
            (Self::Tuple(mine), UrlOrigin::Tuple(theirs)) => **mine == *theirs,
            _ => false,
        }
    }

    /// Its scheme; `None` when opaque.
    pub fn scheme(&self) -> Option<&str> {
        match self {
            Self::Opaque => None,
            Self::Tuple(serialized) => serialized.split_once("://").map(|(scheme, _)| scheme),
        }
    }

    /// Its host, IPv6 addresses in brackets; `None` when opaque.
    pub fn host(&self) -> Option<&str> {
        let Self::Tuple(serialized) = self else {
            return None;
        };
        let (_, authority) = serialized.split_once("://")?;
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(host),
            _ => Some(authority),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.serialized())
    }
}

/// Whether a text is an http(s) origin that needs no parser to be known as serialized: its host's
/// labels are plain, and its port, if it has one, is not the default one. Nearly every page's is.
fn is_plain(text: &str) -> bool {
    let (default_port, authority) = match text.split_once("://") {
        Some(("http", authority)) => ("80", authority),
        Some(("https", authority)) => ("443", authority),
        _ => return false,
    };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    // A last label that starts with a letter is no IPv4 address.
    let is_plain_label = |label: &[u8]| {
        label.first().is_some_and(u8::is_ascii_lowercase)
            && !label.starts_with(b"xn--")
            && label
                .iter()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let is_plain_port = |port: &str| {
        matches!(port.as_bytes(), [b'1'..=b'9', digits @ ..] if digits.iter().all(u8::is_ascii_digit))
            && port != default_port
            && port.parse::<u16>().is_ok()
    };
    host.as_bytes()
        .split(|byte| *byte == b'.')
        .all(is_plain_label)
        && port.is_none_or(is_plain_port)
}

/// Browsers give the documents of extensions and of apps tuple origins of their own scheme,
/// although the URL standard calls them opaque.
fn own_origin(url: &Url) -> Option<String> {
    let scheme = url.scheme();
    let is_opaque = matches!(
        scheme,
        "file" | "data" | "about" | "javascript" | "blob" | "mailto" | "null"
    );
    let host = url
        .host_str()
        .filter(|host| !host.is_empty() && !is_opaque)?;
    Some(format!("{scheme}://{host}"))
}

/// A URL's origin, borrowed from the URL where it can be: origins are compared several times in
/// every fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlOrigin<'a> {
    /// Never the same as another.
    Opaque,
    /// The serialized tuple.
    Tuple(Cow<'a, str>),
}

/// A [URL's origin](https://url.spec.whatwg.org/#concept-url-origin).
pub fn url_origin(url: &Url) -> UrlOrigin<'_> {
    match url.scheme() {
        "http" | "https" | "ws" | "wss" | "ftp" => UrlOrigin::Tuple(tuple(url)),
        "blob" => match Url::parse(url.path()) {
            Ok(inner) if matches!(inner.scheme(), "http" | "https") => {
                UrlOrigin::Tuple(Cow::Owned(tuple(&inner).into_owned()))
            }
            _ => UrlOrigin::Opaque,
        },
        _ => UrlOrigin::Opaque,
    }
}

fn tuple(url: &Url) -> Cow<'_, str> {
    if has_credentials(url) {
        let after_host = &url[Position::BeforeHost..Position::BeforePath];
        return Cow::Owned(format!("{}://{after_host}", url.scheme()));
    }
    Cow::Borrowed(&url[..Position::BeforePath])
}

/// Whether two URLs have the same origin.
pub fn same_origin(one: &Url, other: &Url) -> bool {
    match (url_origin(one), url_origin(other)) {
        (UrlOrigin::Tuple(one), UrlOrigin::Tuple(other)) => one == other,
        _ => false,
    }
}

/// Whether a URL [includes credentials](https://url.spec.whatwg.org/#include-credentials).
pub fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether a scheme is an [HTTP(S) scheme](https://fetch.spec.whatwg.org/#http-scheme).
pub fn is_http_scheme(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        same_origin(&Url::parse(one).unwrap(), &Url::parse(other).unwrap())
    }

    #[test]
    fn same_origin_is_scheme_host_and_port() {
        assert!(same("https://a.test/x?y#z", "https://a.test:443/"));
        assert!(same("http://u:p@a.test:80/", "http://a.test/x"));
        assert!(!same("https://a.test", "http://a.test"));
        assert!(!same("https://a.test", "https://www.a.test"));
        assert!(!same("https://a.test", "https://a.test:8443"));
        assert!(!same("data:,x", "data:,x"));
    }

    #[test]
    fn only_a_serialized_origin_is_read() {
        assert_eq!(Origin::parse("null"), Ok(Origin::Opaque));
        for right in [
            "https://a.test",
            "http://[::1]:8080",
            "chrome-extension://abc",
        ] {
            assert_eq!(
                Origin::parse(right).map(|origin| origin.to_string()),
                Ok(right.to_owned())
            );
        }
        for (wrong, right) in [
            ("https://a.test/", "https://a.test"),
            ("https://A.test", "https://a.test"),
            ("https://a.test:443", "https://a.test"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(
                Origin::parse(wrong),
                Err(OriginError::NotSerialized(right.to_owned()))
            );
        }
        assert_eq!(Origin::parse("a.test"), Err(OriginError::NoScheme));
        assert!(matches!(
            Origin::parse("https://*"),
            Err(OriginError::NotAUrl(_)) | Ok(_)
        ));
        assert!(Origin::parse("file:///x").is_err());
        assert!(Origin::parse("chrome-extension://").is_err());
        for opaque in ["file:///x", "custom:x", "custom://", "data:,x"] {
            assert_eq!(Origin::of(&Url::parse(opaque).unwrap()), Origin::Opaque);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_plain_origin_is_what_its_url_serializes_to(
            text in "https?://([anx][anx0-9-]{0,4}[.]?){0,20}(:[0-48]{1,6})?",
        ) {
            let serialized = Url::parse(&text).map(|url| Origin::of(&url).to_string());
            proptest::prop_assert!(!is_plain(&text) || serialized == Ok(text));
        }
    }

    #[test]
    fn an_origin_is_plain_only_without_anything_to_normalize() {
        for plain in [
            "https://a.test",
            "http://localhost",
            "https://a1-b.c2",
            "http://a.test:443",
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "https://",
            "https://A.test",
            "https://a.test:443",
            "https://a.test:080",
            "https://a.test:65536",
            "https://a.test:",
            "https://a.test/",
            "https://a..b",
            "https://a.test.",
            "https://1.2.3.4",
            "https://a.0x1",
            "https://xn--a.test",
            "https://\u{e9}.test",
            "ftp://a.test",
            "https://u@a.test",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn the_parts_of_an_origin() {
        let origin = Origin::parse("http://[::1]:8080").unwrap();
        assert_eq!(
            (origin.scheme(), origin.host()),
            (Some("http"), Some("[::1]"))
        );
        assert_eq!(Origin::parse("http://[::1]").unwrap().host(), Some("[::1]"));
        assert_eq!(
            Origin::parse("https://a.test").unwrap().host(),
            Some("a.test")
        );
    }

    #[test]
    fn a_blob_url_has_its_creators_origin() {
        assert!(same("blob:https://a.test/1-2", "https://a.test/"));
        assert!(!same("blob:null/1", "https://a.test/"));
    }
}
