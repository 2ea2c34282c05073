//! The [cross-origin resource policy check](https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check).

use url::Url;

use crate::client::{Client, EmbedderPolicy};
use crate::header_list::HeaderList;
use crate::same_site::is_schemelessly_same_site;

/// Why a response may not be used by a no-CORS request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its own Cross-Origin-Resource-Policy.
    Policy,
    /// The page's embedder policy, since the response has none.
    EmbedderPolicy,
}

/// Checks an opaque response; `Some` when it is blocked.
pub fn check(list: &HeaderList, client: &Client, url: &Url, include: bool) -> Option<Refusal> {
    let value = list.get("cross-origin-resource-policy");
    let (policy, refusal) = match value.as_deref() {
        Some(b"same-origin") => ("same-origin", Refusal::Policy),
        Some(b"same-site") => ("same-site", Refusal::Policy),
        Some(b"cross-origin") => return None,
        _ => match client.embedder_policy {
            EmbedderPolicy::RequireCorp => ("same-origin", Refusal::EmbedderPolicy),
            EmbedderPolicy::Credentialless if include => ("same-origin", Refusal::EmbedderPolicy),
            _ => return None,
        },
    };
    let allowed =
        client.origin.is_same_as(url) || (policy == "same-site" && is_of_site(client, url));
    (!allowed).then_some(refusal)
}

/// Whether page and URL are schemelessly same site, the page not being more secure than the URL.
fn is_of_site(client: &Client, url: &Url) -> bool {
    let is_less_secure = client.origin.scheme() == Some("https") && url.scheme() != "https";
    !is_less_secure && is_schemelessly_same_site(&client.origin, url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Origin;

    #[test]
    fn policies() {
        let client = Client::new(Origin::parse("https://a.test").unwrap());
        for (value, url, blocked) in [
            ("same-origin", "https://b.test", true),
            ("same-origin", "https://a.test/x", false),
            ("same-site", "https://x.a.test", false),
            ("same-site", "http://x.a.test", true),
            ("same-site", "https://b.test", true),
            ("same-site", "https://test", true),
            ("cross-origin", "https://b.test", false),
            ("Same-Origin", "https://b.test", false),
            ("same-origin, same-site", "https://b.test", false),
        ] {
            let list = [("Cross-Origin-Resource-Policy", value)]
                .into_iter()
                .collect();
            let found = check(&list, &client, &Url::parse(url).unwrap(), false);
            assert_eq!(found.is_some(), blocked, "{value} {url}");
        }
        let coep = Client {
            embedder_policy: EmbedderPolicy::RequireCorp,
            ..client
        };
        let none = HeaderList::new();
        let url = Url::parse("https://b.test").unwrap();
        assert_eq!(
            check(&none, &coep, &url, false),
            Some(Refusal::EmbedderPolicy)
        );
    }
}
