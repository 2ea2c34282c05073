//! [Mixed Content](https://w3c.github.io/webappsec-mixed-content/): an https page and an http URL.

use url::{Host, Url};

use crate::origin::Origin;
use crate::user_agent::UserAgent;

/// Whether a URL is [potentially trustworthy](https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy).
pub fn is_potentially_trustworthy(url: &Url, user_agent: &UserAgent) -> bool {
    match url.scheme() {
        "https" | "wss" | "data" | "file" | "about" | "blob" => return true,
        "http" | "ws" => {}
        _ => return true,
    }
    if user_agent.loopback_is_mixed_content {
        return false;
    }
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a page of `origin` must not fetch `url` because that would be mixed content.
pub fn is_mixed_content(
    origin: &Origin,
    page_url: Option<&Url>,
    url: &Url,
    ua: &UserAgent,
) -> bool {
    if !matches!(url.scheme(), "http" | "ws") {
        return false;
    }
    let page_is_secure = origin.scheme() == Some("https")
        || (*origin == Origin::Opaque && page_url.is_some_and(|page| page.scheme() == "https"));
    page_is_secure && !is_potentially_trustworthy(url, ua)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent::Browser;

    #[test]
    fn loopback_is_trustworthy_except_for_webkit() {
        let page = Origin::parse("https://a.test").unwrap();
        let mixed = |url: &str, browser: Browser| {
            is_mixed_content(&page, None, &Url::parse(url).unwrap(), browser.profile())
        };
        for (url, standard, webkit) in [
            ("http://b.test", true, true),
            ("https://b.test", false, false),
            ("http://127.0.0.1:3000", false, true),
            ("http://localhost", false, true),
            ("http://x.localhost", false, true),
            ("http://[::1]", false, true),
            ("data:,x", false, false),
        ] {
            assert_eq!(mixed(url, Browser::Fetch), standard, "{url}");
            assert_eq!(mixed(url, Browser::WebKit), webkit, "{url}");
        }
    }
}
