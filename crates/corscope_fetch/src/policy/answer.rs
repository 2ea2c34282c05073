//! What response headers a policy gives to a request.

use super::document::{OriginPattern, Policy};
use crate::forbidden::is_token;
use crate::header_list::HeaderList;
use crate::header_values::get_decode_and_split;
use crate::safelist::is_safelisted_method;

/// A request as a server sees it.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The header list.
    pub header_list: &'a HeaderList,
}

impl PolicyRequest<'_> {
    /// Whether it is a [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request):
    /// OPTIONS with `Origin` and `Access-Control-Request-Method`. A plain OPTIONS is not.
    pub fn is_preflight(&self) -> bool {
        self.method == "OPTIONS"
            && self.header_list.contains("origin")
            && self.header_list.contains("access-control-request-method")
    }

    fn text(&self, name: &str) -> Option<String> {
        self.header_list
            .get(name)
            .map(|value| String::from_utf8_lossy(&value).into_owned())
    }
}

impl Policy {
    /// Whether an origin is allowed.
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|pattern| pattern.matches(origin))
    }

    /// Whether everybody gets the same `Access-Control-Allow-Origin`, so that caches need not vary.
    pub fn is_wildcard(&self) -> bool {
        self.origins.contains(&OriginPattern::Any) && !self.credentials
    }

    /// The CORS response headers for a request; `Vary` is among them whether or not the origin is
    /// allowed, so that no cache hands one origin's answer to another.
    pub fn answer(&self, request: PolicyRequest<'_>) -> HeaderList {
        let mut list = HeaderList::new();
        let wildcard = self.is_wildcard();
        if !wildcard {
            list.push("Vary", "Origin");
        }
        let Some(origin) = request.text("origin") else {
            if wildcard {
                list.push("Access-Control-Allow-Origin", "*");
                self.push_exposed(&mut list);
            }
            return list;
        };
        if !self.allows_origin(&origin) {
            return list;
        }
        list.push(
            "Access-Control-Allow-Origin",
            if wildcard { "*" } else { &origin },
        );
        if self.credentials {
            list.push("Access-Control-Allow-Credentials", "true");
        }
        if request.is_preflight() {
            self.push_preflight(request, &mut list);
        } else {
            self.push_exposed(&mut list);
        }
        list
    }

    fn push_exposed(&self, list: &mut HeaderList) {
        if !self.expose.is_empty() {
            list.push("Access-Control-Expose-Headers", self.expose.join(", "));
        }
    }

    fn push_preflight(&self, request: PolicyRequest<'_>, list: &mut HeaderList) {
        let any = |entries: &[String]| entries.iter().any(|entry| entry == "*");
        let method = request
            .text("access-control-request-method")
            .unwrap_or_default();
        if any(&self.methods) && self.credentials {
            // With credentials `*` is a literal name, so the wanted method is named.
            if is_token(method.as_bytes()) {
                list.push("Access-Control-Allow-Methods", &method);
            }
        } else if !self.methods.is_empty() {
            list.push("Access-Control-Allow-Methods", self.methods.join(", "));
        } else if is_safelisted_method(method.as_bytes()) {
            list.push("Access-Control-Allow-Methods", "GET, HEAD, POST");
        }
        let asked = request.text("access-control-request-headers");
        if any(&self.headers) && self.credentials {
            let names: Vec<String> = asked
                .iter()
                .flat_map(|names| get_decode_and_split(names.as_bytes()))
                .filter(|name| is_token(name))
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect();
            if !names.is_empty() {
                list.push("Access-Control-Allow-Headers", names.join(", "));
            }
        } else if any(&self.headers) {
            list.push("Access-Control-Allow-Headers", "*, Authorization");
        } else if !self.headers.is_empty() {
            list.push("Access-Control-Allow-Headers", self.headers.join(", "));
        }
        if let Some(seconds) = self.max_age {
            list.push("Access-Control-Max-Age", seconds.to_string());
        }
        if self.private_network
            && request
                .header_list
                .contains("access-control-request-private-network")
        {
            list.push("Access-Control-Allow-Private-Network", "true");
        }
        if !self.is_wildcard() && (any(&self.methods) || any(&self.headers)) {
            list.push(
                "Vary",
                "Access-Control-Request-Method, Access-Control-Request-Headers",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PolicyDocument;
    use super::*;

    fn answer(document: &PolicyDocument, method: &str, headers: &[(&str, &str)]) -> HeaderList {
        let policy = document.build(true).unwrap();
        let header_list = headers.iter().copied().collect();
        policy.answer(PolicyRequest {
            method,
            header_list: &header_list,
        })
    }

    fn document(origins: &[&str]) -> PolicyDocument {
        PolicyDocument {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            ..PolicyDocument::default()
        }
    }

    #[test]
    fn a_list_varies_on_origin_whoever_asks() {
        let policy = document(&["https://a.test"]);
        for headers in [
            &[][..],
            &[("Origin", "https://b.test")],
            &[("Origin", "https://a.test")],
        ] {
            let list = answer(&policy, "GET", headers);
            assert_eq!(
                list.get("vary").as_deref(),
                Some(&b"Origin"[..]),
                "{headers:?}"
            );
        }
        let list = answer(&policy, "GET", &[("Origin", "https://a.test")]);
        assert_eq!(
            list.get("access-control-allow-origin").as_deref(),
            Some(&b"https://a.test"[..])
        );
        let list = answer(&policy, "GET", &[("Origin", "https://b.test")]);
        assert!(!list.contains("access-control-allow-origin"));
    }

    #[test]
    fn the_wildcard_is_the_same_for_all() {
        let list = answer(&document(&["*"]), "GET", &[]);
        assert_eq!(
            list.get("access-control-allow-origin").as_deref(),
            Some(&b"*"[..])
        );
        assert!(!list.contains("vary"));
    }

    #[test]
    fn a_preflight_gets_the_lists_and_a_plain_options_does_not() {
        let policy = PolicyDocument {
            methods: vec!["PUT".into()],
            headers: vec!["X-Foo".into()],
            max_age: Some(600),
            credentials: true,
            ..document(&["https://a.test"])
        };
        let preflight = [
            ("Origin", "https://a.test"),
            ("Access-Control-Request-Method", "PUT"),
        ];
        let list = answer(&policy, "OPTIONS", &preflight);
        assert_eq!(
            list.get("access-control-allow-methods").as_deref(),
            Some(&b"PUT"[..])
        );
        assert_eq!(
            list.get("access-control-allow-headers").as_deref(),
            Some(&b"x-foo"[..])
        );
        assert_eq!(
            list.get("access-control-allow-credentials").as_deref(),
            Some(&b"true"[..])
        );
        assert_eq!(
            list.get("access-control-max-age").as_deref(),
            Some(&b"600"[..])
        );
        let list = answer(&policy, "OPTIONS", &preflight[..1]);
        assert!(!list.contains("access-control-allow-methods"));
    }
}
