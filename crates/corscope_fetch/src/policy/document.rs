//! What a policy says.

use serde::{Deserialize, Serialize};
use url::Url;

use super::finding::Finding;
use super::lint::lint;
use crate::origin::Origin;

/// A policy as it is written, in TOML or JSON. Nothing is checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyDocument {
    /// Serialized origins, `https://*.example.com` for all subdomains, or `*` alone.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Methods; the safelisted ones (GET, HEAD, POST) need no listing. `*` for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// Request-header names. `*` for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
    /// Response-header names that scripts may read. `*` for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expose: Vec<String>,
    /// Whether requests with credentials are allowed.
    #[serde(default)]
    pub credentials: bool,
    /// How long a preflight may be remembered, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i64>,
    /// Whether to answer the obsolete `Access-Control-Request-Private-Network`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private_network: bool,
}

/// Which origins an entry means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginPattern {
    /// Any origin: `*`.
    Any,
    /// Exactly this one.
    Exact(Origin),
    /// Every subdomain of a host, of whatever depth, but not the host itself.
    Subdomains {
        /// The scheme.
        scheme: Box<str>,
        /// What follows the subdomain's name: `.example.com`, with the port if it is not the
        /// default one.
        suffix: Box<str>,
    },
}

impl OriginPattern {
    /// Reads an entry; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let Some((scheme, host)) = text.split_once("://*.") else {
            // Hosts may hold a star by the URL standard; in a policy it is always meant as a pattern.
            return Origin::parse(text)
                .ok()
                .filter(|_| !text.contains('*'))
                .map(Self::Exact);
        };
        // What stands for the subdomain must be the only star, and the rest an origin.
        let rest = format!("{scheme}://{host}");
        let is_origin = Origin::parse(&rest).is_ok() && !host.contains('*');
        let is_name = Url::parse(&rest).is_ok_and(|url| url.domain().is_some());
        (is_origin && is_name).then(|| Self::Subdomains {
            scheme: scheme.into(),
            suffix: format!(".{host}").into(),
        })
    }

    /// Whether a serialized origin is meant.
    pub fn matches(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(exact) => exact.serialized() == origin,
            Self::Subdomains { scheme, suffix } => {
                let Some((given, authority)) = origin.split_once("://") else {
                    return false;
                };
                given == &**scheme
                    && authority.strip_suffix(&**suffix).is_some_and(|name| {
                        !name.is_empty()
                            && !name.starts_with('.')
                            && !name.contains(['/', ':', '@'])
                    })
            }
        }
    }
}

/// A policy that means what it says: what [`PolicyDocument::build`] made of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The origins.
    pub origins: Vec<OriginPattern>,
    /// The methods, as written.
    pub methods: Vec<String>,
    /// The request-header names, in lower case.
    pub headers: Vec<String>,
    /// The exposed response-header names, as written.
    pub expose: Vec<String>,
    /// Whether credentials are allowed.
    pub credentials: bool,
    /// How long a preflight may be remembered, in seconds.
    pub max_age: Option<u32>,
    /// Whether to answer the obsolete private-network question.
    pub private_network: bool,
}

impl PolicyDocument {
    /// Everything that is wrong or unwise, in the order of the fields.
    pub fn lint(&self) -> Vec<Finding> {
        lint(self)
    }

    /// Makes a policy of the document.
    ///
    /// # Errors
    /// All findings, when one of them makes the policy wrong or, without `allow_unsafe`, unsafe.
    pub fn build(&self, allow_unsafe: bool) -> Result<Policy, Vec<Finding>> {
        let findings = self.lint();
        let refuses = |finding: &Finding| {
            finding.kind.is_wrong() || (finding.kind.is_unsafe() && !allow_unsafe)
        };
        if findings.iter().any(refuses) {
            return Err(findings);
        }
        Ok(Policy {
            origins: self
                .origins
                .iter()
                .filter_map(|entry| OriginPattern::parse(entry))
                .collect(),
            methods: self.methods.clone(),
            headers: self
                .headers
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect(),
            expose: self.expose.clone(),
            credentials: self.credentials,
            max_age: self.max_age.and_then(|seconds| u32::try_from(seconds).ok()),
            private_network: self.private_network,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subdomain_patterns_match_whole_labels_only() {
        let pattern = OriginPattern::parse("https://*.example.com").unwrap();
        for (origin, expected) in [
            ("https://a.example.com", true),
            ("https://a.b.example.com", true),
            ("https://example.com", false),
            ("https://evilexample.com", false),
            ("http://a.example.com", false),
            ("https://a.example.com:8443", false),
            ("https://a.example.com.evil.test", false),
            ("https://evil.test/.example.com", false),
            ("null", false),
        ] {
            assert_eq!(pattern.matches(origin), expected, "{origin}");
        }
        let with_port = OriginPattern::parse("http://*.dev.test:3000").unwrap();
        assert!(with_port.matches("http://a.dev.test:3000"));
        assert!(!with_port.matches("http://a.dev.test"));
    }

    #[test]
    fn what_is_no_origin_is_no_pattern() {
        for text in [
            "https://*",
            "https://*.",
            "https://a.*.test",
            "*.example.com",
            "https://*.10.0.0.1",
            "https://a/",
        ] {
            assert_eq!(OriginPattern::parse(text), None, "{text}");
        }
    }
}
