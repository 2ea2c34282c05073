//! [Same site](https://html.spec.whatwg.org/multipage/browsers.html#same-site): whether two hosts
//! belong to one owner, by the public suffix list that is compiled in.

use std::net::Ipv4Addr;

use url::Url;

use crate::origin::Origin;

/// Whether a page's origin and a URL are same site: of one scheme, and of one
/// [registrable domain](https://url.spec.whatwg.org/#host-registrable-domain) or one host. The
/// ports may differ.
pub fn is_same_site(origin: &Origin, url: &Url) -> bool {
    origin.scheme() == Some(url.scheme()) && is_schemelessly_same_site(origin, url)
}

/// The same [whatever the schemes](https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site).
/// An opaque origin is same site with no URL.
pub fn is_schemelessly_same_site(origin: &Origin, url: &Url) -> bool {
    let (Some(one), Some(other)) = (origin.host(), url.host_str()) else {
        return false;
    };
    if one == other {
        return true;
    }
    let sites = (registrable_domain(one), registrable_domain(other));
    // A name with a dot at its end is another one, and so is its site.
    matches!(sites, (Some(one_site), Some(other_site)) if one_site == other_site)
        && one.ends_with('.') == other.ends_with('.')
}

/// The public suffix of a name and the label before it: the part that somebody registered. `None`
/// for an address, and for a name that is a public suffix itself. The dot at the end of a name is
/// left out.
pub fn registrable_domain(host: &str) -> Option<&str> {
    if is_address(host) {
        return None;
    }
    psl::domain_str(host)
}

/// Whether strangers get names below this one, as below `com`, `co.uk` and `github.io`. Of one that
/// the list does not know, the last label is the suffix.
pub fn is_public_suffix(host: &str) -> bool {
    !is_address(host) && psl::suffix_str(host) == Some(host.trim_end_matches('.'))
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_schemeful_and_registered() {
        for (page, url, schemeless, same) in [
            (
                "https://a.example.com",
                "https://b.example.com/x",
                true,
                true,
            ),
            (
                "https://example.com",
                "https://a.b.example.com:8443/",
                true,
                true,
            ),
            ("https://example.com", "http://example.com/", true, false),
            ("https://a.com", "https://b.com/", false, false),
            ("https://a.co.uk", "https://b.co.uk/", false, false),
            ("https://x.a.co.uk", "https://y.a.co.uk/", true, true),
            (
                "https://alice.github.io",
                "https://bob.github.io/",
                false,
                false,
            ),
            (
                "https://x.alice.github.io",
                "https://alice.github.io/",
                true,
                true,
            ),
            (
                "https://github.io",
                "https://alice.github.io/",
                false,
                false,
            ),
            ("https://github.io", "https://github.io:8443/", true, true),
            (
                "http://localhost:3000",
                "http://localhost:8000/",
                true,
                true,
            ),
            ("http://a.localhost", "http://b.localhost/", false, false),
            ("http://x.a.localhost", "http://a.localhost/", true, true),
            ("http://127.0.0.1:1", "http://127.0.0.1:2/", true, true),
            ("http://127.0.0.1", "http://10.0.0.1/", false, false),
            ("http://10.1.0.1", "http://10.2.0.1/", false, false),
            ("http://[::1]:1", "http://[::1]:2/", true, true),
            ("http://[::1]", "http://[::2]/", false, false),
            (
                "https://a.example.com.",
                "https://b.example.com/",
                false,
                false,
            ),
            (
                "https://a.example.com.",
                "https://b.example.com./",
                true,
                true,
            ),
            (
                "https://shop.unknown-tld",
                "https://a.shop.unknown-tld/",
                true,
                true,
            ),
            ("null", "https://a.example.com/", false, false),
        ] {
            let origin = Origin::parse(page).unwrap();
            let url = Url::parse(url).unwrap();
            assert_eq!(
                is_schemelessly_same_site(&origin, &url),
                schemeless,
                "{page} {url}"
            );
            assert_eq!(is_same_site(&origin, &url), same, "{page} {url}");
        }
    }

    #[test]
    fn suffixes_are_those_of_the_list() {
        for suffix in [
            "com",
            "co.uk",
            "github.io",
            "s3.amazonaws.com",
            "unknown-tld",
            "localhost",
        ] {
            assert!(is_public_suffix(suffix), "{suffix}");
            assert_eq!(registrable_domain(suffix), None, "{suffix}");
        }
        for host in ["example.com", "a.co.uk", "127.0.0.1", "[::1]"] {
            assert!(!is_public_suffix(host), "{host}");
        }
        assert_eq!(
            registrable_domain("a.b.example.co.uk"),
            Some("example.co.uk")
        );
        assert_eq!(registrable_domain("127.0.0.1"), None);
    }
}
