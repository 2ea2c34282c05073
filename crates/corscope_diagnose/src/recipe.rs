//! A recipe: a policy written down as the configuration of one stack.

mod layers;
mod prescription;

use corscope_fetch::policy::{OriginPattern, Policy};

pub use layers::Layer;
pub use prescription::{Prescribed, Prescription, prescribe};

/// What kind of stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StackKind {
    /// A web server or a reverse proxy.
    Server,
    /// An application framework.
    Framework,
    /// A hosted platform.
    Platform,
    /// A development server's proxy.
    DevProxy,
}

/// Whether a recipe was run against the real stack by the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assurance {
    /// The policy battery passes against the real server.
    Run,
    /// It is rendered, and held by a golden file; nobody ran it here.
    Rendered,
}

impl Assurance {
    /// What a reader should make of it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Run => "run: our tests hold it to its policy on the real server",
            Self::Rendered => "rendered, not run: verify it before you rely on it",
        }
    }
}

/// One stack's recipe.
pub struct Recipe {
    /// Its name on the command line, in kebab case.
    pub stack: &'static str,
    /// Other names people look for.
    pub aliases: &'static [&'static str],
    /// Its title.
    pub title: &'static str,
    /// What kind of stack.
    pub kind: StackKind,
    /// Whether it was run.
    pub assurance: Assurance,
    /// The language of its code, for fences and highlighting.
    pub language: &'static str,
    /// The file it belongs in.
    pub file: &'static str,
    /// Where in that file, or in the application's start.
    pub place: &'static str,
    /// What goes wrong there, one sentence each.
    pub pitfalls: &'static [&'static str],
    /// How the stack betrays itself: a response header's name, and what its value starts with, in
    /// lower case.
    pub signs: &'static [(&'static str, &'static str)],
    /// Writes the policy.
    pub render: fn(&Policy) -> Rendered,
}

impl std::fmt::Debug for Recipe {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.stack)
    }
}

/// A policy as configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The configuration to paste.
    pub code: String,
    /// What the stack cannot say, and what stands there instead. Never wider than the policy.
    pub limits: Vec<String>,
}

impl Rendered {
    /// Configuration that says the whole policy.
    pub fn whole(code: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            limits: Vec::new(),
        }
    }
}

/// An anchored regular expression (RE2, PCRE and JavaScript alike) that matches exactly the
/// policy's origins. Everything that could be read as syntax is escaped.
pub fn origins_regex(policy: &Policy) -> String {
    let alternatives: Vec<String> = policy.origins.iter().map(origin_regex).collect();
    match alternatives.as_slice() {
        [one] => format!("^{one}$"),
        many => format!("^(?:{})$", many.join("|")),
    }
}

/// One origin as a regular expression without anchors.
pub fn origin_regex(pattern: &OriginPattern) -> String {
    match pattern {
        OriginPattern::Any => ".*".to_owned(),
        OriginPattern::Exact(origin) => escape_regex(origin.serialized()),
        OriginPattern::Subdomains { scheme, suffix } => {
            // Labels only: no slash, no colon, and no dot at the start.
            format!(
                "{}://[a-z0-9_-][a-z0-9_.-]*{}",
                escape_regex(scheme),
                escape_regex(suffix)
            )
        }
    }
}

/// Text in which every character that regular expressions read as syntax is escaped.
pub fn escape_regex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if "\\^$.|?*+()[]{}/-".contains(character) && !matches!(character, '/' | '-') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// The exact origins, when the policy has no pattern.
pub fn exact_origins(policy: &Policy) -> Option<Vec<&str>> {
    policy
        .origins
        .iter()
        .map(|pattern| match pattern {
            OriginPattern::Exact(origin) => Some(origin.serialized()),
            _ => None,
        })
        .collect()
}

/// The methods a server has to list: the policy's, with the safelisted ones for the reader.
pub fn methods(policy: &Policy) -> Vec<&str> {
    let mut methods = vec!["GET", "HEAD", "POST"];
    for method in &policy.methods {
        if !methods.contains(&method.as_str()) {
            methods.push(method);
        }
    }
    methods
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the part of the expression that stands for the subdomain takes a name.
    fn takes(regex: &str, name: &str) -> bool {
        let class = |text: &str| text.bytes().collect::<Vec<u8>>();
        let (first, rest) = (class("az09_-"), class("az09_.-"));
        assert_eq!(regex, r"https://[a-z0-9_-][a-z0-9_.-]*\.example\.com");
        let name = name.as_bytes();
        let is_in = |set: &[u8], byte: u8| set.contains(&byte);
        name.first().is_some_and(|byte| is_in(&first, *byte))
            && name[1..].iter().all(|byte| is_in(&rest, *byte))
    }

    #[test]
    fn a_subdomain_in_an_expression_is_what_it_is_in_the_policy() {
        let pattern = OriginPattern::parse("https://*.example.com").unwrap();
        let regex = origin_regex(&pattern);
        for name in [
            "a", "a_0", "_a", "-a", "a.z", "", ".a", ".", "a:0", "a/", "a@",
        ] {
            let origin = format!("https://{name}.example.com");
            assert_eq!(takes(&regex, name), pattern.matches(&origin), "{origin}");
        }
    }
}
