//! How an `Access-Control-Allow-Origin` value differs from the origin that is wanted.

use corscope_fetch::Origin;
use url::Url;

/// How `got` differs from `wanted`, as the end of a sentence about `got`.
pub(super) fn difference(got: &str, wanted: &str) -> &'static str {
    if got.is_empty() {
        return "it is empty";
    }
    if got == "null" {
        return "`null` is the origin of pages that have none";
    }
    if wanted == "null" {
        return "the request comes from an opaque origin, which has no name but `null`";
    }
    if got.contains('*') {
        return "browsers know no patterns, only the lone `*`";
    }
    if got.trim_matches(['"', '\'']) == wanted {
        return "it is in quotes";
    }
    if got.strip_suffix('/') == Some(wanted) {
        return "it ends in a slash";
    }
    if got.eq_ignore_ascii_case(wanted) {
        return "it has capital letters";
    }
    let Ok(url) = Url::parse(got).and_then(|url| match url.has_host() {
        true => Ok(url),
        false => Err(url::ParseError::EmptyHost),
    }) else {
        return if wanted
            .split_once("://")
            .is_some_and(|(_, rest)| rest == got)
        {
            "the scheme is missing"
        } else {
            "it is no origin"
        };
    };
    let mine = Origin::of(&url);
    let Origin::Tuple(_) = &mine else {
        return "it is no origin";
    };
    if mine.serialized() == wanted {
        return if url.path() != "/" || url.query().is_some() {
            "an origin has no path"
        } else if got.ends_with(":443") || got.ends_with(":80") {
            "it spells out the default port"
        } else {
            "browsers spell it another way"
        };
    }
    let Ok(theirs) = Origin::parse(wanted) else {
        return "it is another origin";
    };
    let port = |origin: &Origin| {
        Url::parse(origin.serialized())
            .ok()
            .and_then(|it| it.port())
    };
    let same_scheme = mine.scheme() == theirs.scheme();
    let same_host = mine.host() == theirs.host();
    let same_port = port(&mine) == port(&theirs);
    match (same_scheme, same_host, same_port) {
        (true, true, _) => "the port differs",
        (true, false, true) => "the host differs",
        (false, true, true) => "the scheme differs",
        (false, true, false) => "scheme and port differ",
        (true, false, false) => "host and port differ",
        (false, false, _) => "it is another origin",
    }
}

/// Whether `got` is an origin that a page could be opened at.
pub(super) fn is_web_origin(got: &str) -> bool {
    got.starts_with("http") && Origin::parse(got).is_ok()
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_part_that_differs_is_named() {
        const WANTED: &str = "https://app.example:8443";
        for (got, expected) in [
            ("", "it is empty"),
            ("null", "`null` is the origin of pages that have none"),
            (
                "https://*.example",
                "browsers know no patterns, only the lone `*`",
            ),
            ("\"https://app.example:8443\"", "it is in quotes"),
            ("https://app.example:8443/", "it ends in a slash"),
            ("https://App.example:8443", "it has capital letters"),
            ("app.example:8443", "the scheme is missing"),
            ("https://app.example:8443/x", "an origin has no path"),
            ("https://app.example", "the port differs"),
            ("https://www.app.example:8443", "the host differs"),
            ("http://app.example:8443", "the scheme differs"),
            ("http://app.example", "scheme and port differ"),
            ("https://other.example", "host and port differ"),
            ("http://other.example", "it is another origin"),
            ("true", "it is no origin"),
            ("data:,x", "it is no origin"),
            (
                "https://%61pp.example:8443",
                "browsers spell it another way",
            ),
        ] {
            assert_eq!(difference(got, WANTED), expected, "{got}");
        }
        assert_eq!(
            difference("https://a.example:443", "https://a.example"),
            "it spells out the default port"
        );
        assert_eq!(
            difference("https://a.example", "null"),
            "the request comes from an opaque origin, which has no name but `null`"
        );
    }
}
