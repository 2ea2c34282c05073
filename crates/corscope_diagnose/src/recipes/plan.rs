//! What a recipe needs to know of a policy, whatever the language: who is allowed, and which headers
//! the answers carry.

use corscope_fetch::policy::{OriginPattern, Policy};

use crate::recipe::{methods, origin_regex};

/// A policy, taken apart.
pub(super) struct Plan<'p> {
    /// Whether everybody gets `*`.
    pub(super) wildcard: bool,
    /// Whether every origin is echoed: `*` with credentials, which only `--allow-unsafe` lets by.
    pub(super) any: bool,
    /// The exact origins.
    pub(super) exact: Vec<&'p str>,
    /// The subdomain patterns: scheme, and what follows the subdomain's name.
    pub(super) subdomains: Vec<(&'p str, &'p str)>,
    /// The same patterns as regular expressions, without anchors.
    pub(super) regexes: Vec<String>,
    /// The methods to allow.
    pub(super) methods: Names<'p>,
    /// The request-headers to allow.
    pub(super) headers: Names<'p>,
    /// The response-headers to expose.
    pub(super) expose: Vec<&'p str>,
    /// Whether credentials are allowed.
    pub(super) credentials: bool,
    /// How long a preflight may be remembered.
    pub(super) max_age: Option<u32>,
    private_network: bool,
}

/// Names that a preflight's answer allows.
pub(super) enum Names<'p> {
    /// These; `*` among them means all.
    List(Vec<&'p str>),
    /// Whatever was asked for: with credentials, `*` would be a literal name.
    Asked,
}

impl Names<'_> {
    /// Whether everything is allowed.
    pub(super) fn is_all(&self) -> bool {
        match self {
            Self::Asked => true,
            Self::List(names) => names.contains(&"*"),
        }
    }

    /// Whether nothing is allowed.
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::List(names) if names.is_empty())
    }

    /// The names, one by one; none when they are not listed.
    pub(super) fn listed(&self) -> &[&str] {
        match self {
            Self::Asked => &[],
            Self::List(names) => names,
        }
    }
}

/// A header's value in an answer.
#[derive(Clone)]
pub(super) enum Value {
    /// Always this.
    Text(String),
    /// What `Access-Control-Request-Method` asked for.
    AskedMethod,
    /// What `Access-Control-Request-Headers` asked for.
    AskedHeaders,
}

impl<'p> Plan<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        let wildcard = policy.is_wildcard();
        let mut plan = Self {
            wildcard,
            any: !wildcard && policy.origins.contains(&OriginPattern::Any),
            exact: Vec::new(),
            subdomains: Vec::new(),
            regexes: Vec::new(),
            methods: names(
                &policy.methods,
                policy.credentials,
                || methods(policy),
                &["*"],
            ),
            headers: names(
                &policy.headers,
                policy.credentials,
                || policy.headers.iter().map(String::as_str).collect(),
                // Without credentials `*` covers all names but this one.
                &["*", "Authorization"],
            ),
            expose: policy.expose.iter().map(String::as_str).collect(),
            credentials: policy.credentials,
            max_age: policy.max_age,
            private_network: policy.private_network,
        };
        if !wildcard && !plan.any {
            for pattern in &policy.origins {
                match pattern {
                    OriginPattern::Any => {}
                    OriginPattern::Exact(origin) => plan.exact.push(origin.serialized()),
                    OriginPattern::Subdomains { scheme, suffix } => {
                        plan.subdomains.push((scheme, suffix));
                        plan.regexes.push(origin_regex(pattern));
                    }
                }
            }
        }
        plan
    }

    /// The subdomain patterns as regular expressions from the start to the end of the text.
    pub(super) fn anchored(&self) -> Vec<String> {
        self.regexes
            .iter()
            .map(|regex| format!("^{regex}$"))
            .collect()
    }

    /// What every answer to an allowed origin says, beside `Access-Control-Allow-Origin`.
    pub(super) fn always(&self) -> Vec<(&'static str, Value)> {
        let mut list = Vec::new();
        if self.credentials {
            let value = Value::Text("true".to_owned());
            list.push(("Access-Control-Allow-Credentials", value));
        }
        list
    }

    /// What the answer to an allowed origin's preflight says, too.
    pub(super) fn preflight(&self) -> Vec<(&'static str, Value)> {
        let mut list = Vec::new();
        match &self.methods {
            Names::Asked => list.push(("Access-Control-Allow-Methods", Value::AskedMethod)),
            Names::List(names) => list.push((
                "Access-Control-Allow-Methods",
                Value::Text(names.join(", ")),
            )),
        }
        match &self.headers {
            Names::Asked => list.push(("Access-Control-Allow-Headers", Value::AskedHeaders)),
            Names::List(names) if names.is_empty() => {}
            Names::List(names) => list.push((
                "Access-Control-Allow-Headers",
                Value::Text(names.join(", ")),
            )),
        }
        if let Some(seconds) = self.max_age {
            list.push(("Access-Control-Max-Age", Value::Text(seconds.to_string())));
        }
        list
    }

    /// What every other answer to an allowed origin says, too.
    pub(super) fn actual(&self) -> Vec<(&'static str, Value)> {
        if self.expose.is_empty() {
            return Vec::new();
        }
        let value = Value::Text(self.expose.join(", "));
        vec![("Access-Control-Expose-Headers", value)]
    }

    /// Whether the preflight's answer takes over what was asked for.
    pub(super) fn echoes_headers(&self) -> bool {
        matches!(self.headers, Names::Asked)
    }

    /// What no recipe says.
    pub(super) fn limits(&self) -> Vec<String> {
        let mut limits = Vec::new();
        if self.private_network {
            limits.push(
                "Access-Control-Allow-Private-Network is left out: no browser asks for it any more"
                    .to_owned(),
            );
        }
        if self.any {
            limits.push(
                "every origin is echoed with credentials, as the policy says: any site can read \
                 your users' data"
                    .to_owned(),
            );
        }
        limits
    }
}

fn names<'p>(
    written: &'p [String],
    credentials: bool,
    list: impl FnOnce() -> Vec<&'p str>,
    all: &[&'static str],
) -> Names<'p> {
    match (written.iter().any(|name| name == "*"), credentials) {
        (true, true) => Names::Asked,
        (true, false) => Names::List(all.to_vec()),
        (false, _) => Names::List(list()),
    }
}

/// Configuration, line by line.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Adds a line, or several.
    pub(super) fn add(&mut self, line: impl AsRef<str>) -> &mut Self {
        self.0.push_str(line.as_ref());
        self.0.push('\n');
        self
    }

    /// The text.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// Items with a comma between them, each written by `literal`.
pub(super) fn listed<T: AsRef<str>>(items: &[T], literal: fn(&str) -> String) -> String {
    let items: Vec<String> = items.iter().map(|item| literal(item.as_ref())).collect();
    items.join(", ")
}
