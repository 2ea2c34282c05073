//! The page: what the standard calls a request's
//! [client](https://fetch.spec.whatwg.org/#concept-request-client).

use serde::{Deserialize, Serialize};
use url::Url;

use crate::local_network_access::{AddressSpace, Permission};
use crate::origin::Origin;

/// A document's [embedder policy](https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmbedderPolicy {
    /// `unsafe-none`
    #[default]
    UnsafeNone,
    /// `require-corp`
    RequireCorp,
    /// `credentialless`
    Credentialless,
}

/// The page that makes requests, as far as it decides a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its origin.
    pub origin: Origin,
    /// Its URL, if known.
    pub url: Option<Url>,
    /// The address space that it was loaded from, if known; without it Local Network Access is
    /// not decided.
    pub address_space: Option<AddressSpace>,
    /// Its Content-Security-Policy, as in the header.
    pub csp: Option<String>,
    /// Whether it is a secure context; by default its origin decides.
    pub secure_context: Option<bool>,
    /// Its embedder policy.
    pub embedder_policy: EmbedderPolicy,
    /// The state of its permission to reach less public addresses.
    pub local_network_permission: Option<Permission>,
}

impl Client {
    /// A page of `origin` about which nothing else is known.
    pub fn new(origin: Origin) -> Self {
        Self {
            origin,
            url: None,
            address_space: None,
            csp: None,
            secure_context: None,
            embedder_policy: EmbedderPolicy::UnsafeNone,
            local_network_permission: None,
        }
    }

    /// Whether the page is a [secure context](https://w3c.github.io/webappsec-secure-contexts/).
    pub fn is_secure_context(&self) -> bool {
        self.secure_context.unwrap_or_else(|| {
            let host = self.origin.host().unwrap_or_default();
            self.origin.scheme() != Some("http")
                || host == "localhost"
                || host.ends_with(".localhost")
                || host.starts_with("127.")
                || host == "[::1]"
        })
    }
}
