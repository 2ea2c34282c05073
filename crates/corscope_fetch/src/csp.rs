//! [Content Security Policy](https://w3c.github.io/webappsec-csp/): whether a page may connect to a
//! URL. Only what decides a fetch is read: the directive that governs the request, its source
//! list, and `upgrade-insecure-requests`.

use url::Url;

use crate::origin::Origin;
use crate::request_init::Api;

/// The directives that govern an API's requests, in order of precedence.
fn governing(api: Api) -> &'static [&'static str] {
    match api {
        Api::Fetch | Api::Xhr | Api::EventSource | Api::Beacon | Api::WebSocket => {
            &["connect-src", "default-src"]
        }
        Api::Img | Api::Canvas => &["img-src", "default-src"],
        Api::Script | Api::Module => &["script-src-elem", "script-src", "default-src"],
        Api::Style => &["style-src-elem", "style-src", "default-src"],
        Api::Font => &["font-src", "default-src"],
        Api::Media => &["media-src", "default-src"],
        Api::Worker => &["worker-src", "child-src", "script-src", "default-src"],
        Api::Iframe => &["frame-src", "child-src", "default-src"],
    }
}

fn directives(policy: &str) -> impl Iterator<Item = (String, &str)> {
    policy.split(';').filter_map(|directive| {
        let directive = directive.trim_ascii();
        let name = directive.split_ascii_whitespace().next()?;
        Some((name.to_ascii_lowercase(), directive))
    })
}

/// Whether a policy (a comma-separated list of policies, as in the header) upgrades http to https.
pub fn upgrades_insecure_requests(csp: &str) -> bool {
    csp.split(',')
        .any(|policy| directives(policy).any(|(name, _)| name == "upgrade-insecure-requests"))
}

/// The directive, as written, that forbids `url` to a page of `origin`; `None` when it may go on.
/// `redirected`: paths of sources are not compared after a redirect, as the standard says.
pub fn blocking_directive<'a>(
    csp: &'a str,
    origin: &Origin,
    api: Api,
    url: &Url,
    redirected: bool,
) -> Option<&'a str> {
    csp.split(',').find_map(|policy| {
        let found: Vec<_> = directives(policy).collect();
        let directive = governing(api).iter().find_map(|wanted| {
            found
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, whole)| *whole)
        })?;
        let mut sources = directive.split_ascii_whitespace().skip(1);
        let allowed = sources.any(|source| source_matches(source, origin, url, redirected));
        (!allowed).then_some(directive)
    })
}

fn source_matches(source: &str, origin: &Origin, url: &Url, redirected: bool) -> bool {
    let lower = source.to_ascii_lowercase();
    match lower.as_str() {
        "'none'" => return false,
        "'self'" => return is_self(origin, url),
        "*" => {
            return matches!(url.scheme(), "http" | "https" | "ws" | "wss")
                || origin.scheme() == Some(url.scheme());
        }
        _ if lower.starts_with('\'') => return false,
        _ => {}
    }
    if let Some(scheme) = lower.strip_suffix(':')
        && !scheme.contains('/')
    {
        return scheme_matches(scheme, url.scheme());
    }
    let (scheme, rest) = match source.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, source),
    };
    let scheme_is_right = match &scheme {
        Some(scheme) => scheme_matches(scheme, url.scheme()),
        None => origin
            .scheme()
            .is_none_or(|page| scheme_matches(page, url.scheme())),
    };
    let (authority, path) = match rest.find('/') {
        Some(slash) => (&rest[..slash], &rest[slash..]),
        None => (rest, ""),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port == "*" || port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (host, Some(port))
        }
        _ => (authority, None),
    };
    scheme_is_right
        && url
            .host_str()
            .is_some_and(|actual| host_matches(&host.to_ascii_lowercase(), actual))
        && port_matches(port, url)
        && (redirected || path_matches(path, url.path()))
}

fn is_self(origin: &Origin, url: &Url) -> bool {
    if origin.is_same_as(url) {
        return true;
    }
    // 'self' also covers the secure upgrade of the page's own origin on default ports.
    let upgraded = matches!(
        (origin.scheme(), url.scheme()),
        (Some("http"), "https" | "wss" | "ws")
    ) || matches!((origin.scheme(), url.scheme()), (Some("https"), "wss"));
    upgraded
        && origin.host() == url.host_str()
        && port_matches(None, url)
        && !origin
            .serialized()
            .trim_start_matches(|c| c != ':')
            .trim_start_matches("://")
            .contains(':')
}

fn scheme_matches(allowed: &str, actual: &str) -> bool {
    allowed == actual
        || matches!(
            (allowed, actual),
            ("http", "https") | ("ws", "wss" | "http" | "https") | ("wss", "https")
        )
        || matches!((allowed, actual), ("http", "ws" | "wss") | ("https", "wss"))
}

fn host_matches(pattern: &str, actual: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    match pattern.strip_prefix("*.") {
        Some(suffix) => actual
            .strip_suffix(suffix)
            .is_some_and(|start| start.ends_with('.')),
        None => pattern == actual,
    }
}

fn port_matches(port: Option<&str>, url: &Url) -> bool {
    match port {
        Some("*") => true,
        Some(port) => {
            let actual = url.port_or_known_default();
            port.parse::<u16>().ok() == actual || (port == "80" && actual == Some(443))
        }
        None => url.port().is_none(),
    }
}

fn path_matches(pattern: &str, actual: &str) -> bool {
    if pattern.is_empty() || pattern == "/" {
        return true;
    }
    if pattern.ends_with('/') {
        actual.starts_with(pattern)
    } else {
        actual == pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(csp: &str, url: &str) -> bool {
        let page = Origin::parse("https://a.test").unwrap();
        blocking_directive(csp, &page, Api::Fetch, &Url::parse(url).unwrap(), false).is_some()
    }

    #[test]
    fn source_lists() {
        for (csp, url, expected) in [
            ("connect-src 'self'", "https://b.test/", true),
            ("connect-src 'self'", "https://a.test/x", false),
            ("default-src 'none'", "https://a.test/", true),
            (
                "default-src 'none'; connect-src *",
                "https://b.test/",
                false,
            ),
            ("connect-src https:", "https://b.test/", false),
            ("connect-src https:", "http://b.test/", true),
            ("connect-src b.test", "https://b.test/x", false),
            ("connect-src b.test", "https://b.test:8443/x", true),
            ("connect-src b.test:*", "https://b.test:8443/x", false),
            ("connect-src *.b.test", "https://x.b.test/", false),
            ("connect-src *.b.test", "https://b.test/", true),
            (
                "connect-src https://b.test/api/",
                "https://b.test/api/x",
                false,
            ),
            (
                "connect-src https://b.test/api/",
                "https://b.test/web",
                true,
            ),
            ("img-src 'none'", "https://b.test/", false),
            ("connect-src *, connect-src 'none'", "https://b.test/", true),
            ("connect-src", "https://b.test/", true),
            ("", "https://b.test/", false),
        ] {
            assert_eq!(blocked(csp, url), expected, "{csp} / {url}");
        }
    }

    #[test]
    fn the_upgrade_directive_is_found_in_any_policy() {
        assert!(upgrades_insecure_requests(
            "default-src 'self'; Upgrade-Insecure-Requests"
        ));
        assert!(!upgrades_insecure_requests("default-src 'self'"));
    }
}
