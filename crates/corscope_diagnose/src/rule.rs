//! A rule: one thing that can be found, with its page.

use corscope_fetch::{Evidence, Fault};

use crate::diagnostic::{Explanation, Severity};
use crate::sight::Sight;

/// Where a rule belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// The actual response.
    Actual,
    /// The preflight.
    Preflight,
    /// Redirects.
    Redirect,
    /// The page, the client code, elements.
    Client,
    /// What is not CORS.
    Adjacent,
}

impl Group {
    /// All groups, in the order of the reference.
    pub const ALL: [Self; 5] = [
        Self::Actual,
        Self::Preflight,
        Self::Redirect,
        Self::Client,
        Self::Adjacent,
    ];

    /// The folder's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Preflight => "preflight",
            Self::Redirect => "redirect",
            Self::Client => "client",
            Self::Adjacent => "adjacent",
        }
    }
}

/// Says what a fault means; `None` when it is not the rule's to explain.
pub type Explain = fn(&Sight<'_>, &Fault) -> Option<Explanation>;
/// Looks at a whole fetch; `None` when there is nothing to say.
pub type Observe = fn(&Sight<'_>) -> Option<(Explanation, Vec<Evidence>)>;

/// What a rule looks at.
#[derive(Clone, Copy)]
pub enum Finds {
    /// It explains faults of these causes (by [`corscope_fetch::Cause::name`]), when its function
    /// agrees. A rule that always agrees is the cause's base rule: each cause has exactly one.
    Faults(&'static [&'static str], Explain),
    /// It finds something that refuses nothing by itself.
    Observation(Observe),
    /// Both: it explains faults, and where there are none of them, finds the same thing although
    /// it refuses nothing.
    Both(&'static [&'static str], Explain, Observe),
}

/// One rule.
pub struct Rule {
    /// Its code: kebab-case, says the thing found.
    pub code: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// How bad it is.
    pub severity: Severity,
    /// One line about it.
    pub summary: &'static str,
    /// Its page, in Markdown.
    pub docs: &'static str,
    /// What it looks at.
    pub finds: Finds,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.code)
    }
}

/// Declares a rule, with the page that stands beside it.
macro_rules! rule {
    ($code:literal, $group:ident, $severity:ident, $docs:literal, $summary:literal, $finds:expr) => {
        pub(crate) static RULE: $crate::rule::Rule = $crate::rule::Rule {
            code: $code,
            group: $crate::rule::Group::$group,
            severity: $crate::diagnostic::Severity::$severity,
            summary: $summary,
            docs: include_str!($docs),
            finds: $finds,
        };
    };
}
pub(crate) use rule;
