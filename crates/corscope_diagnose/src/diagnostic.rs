//! A diagnostic: what is wrong, where it is seen, why it matters, what to do.

use std::borrow::Cow;

use corscope_fetch::policy::PolicyDocument;
use corscope_fetch::{Evidence, Step};
use serde::Serialize;

use crate::rule::Rule;
use crate::secrets::masked;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The browser refuses because of it.
    Refusal,
    /// It works, and may fail or harm elsewhere.
    Risk,
    /// It works, and costs more than it must.
    Waste,
    /// Good to know.
    Note,
}

/// Who has to change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// The page's own code or markup.
    Client,
    /// The server that answers.
    Server,
    /// What stands between: a reverse proxy, a gateway, a CDN, a firewall.
    Proxy,
    /// Nobody can: it is by design.
    Nobody,
}

/// How sure a diagnosis is, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The evidence leaves nothing else.
    Certain,
    /// The evidence speaks for it.
    Likely,
    /// It fits; a probe would decide.
    Possible,
}

/// How far a remedy reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// It grants exactly what this request needs.
    Narrow,
    /// It lets more in; the title says what.
    Widens,
    /// A person has to decide how.
    Manual,
}

/// One way to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// Who has to do it.
    pub who: Who,
    /// An instruction.
    pub title: String,
    /// How far it reaches.
    pub applicability: Applicability,
    /// Whether the engine was run again with it, and the outcome improved.
    pub proved: bool,
    /// The policy that a server with this remedy follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyDocument>,
}

impl Remedy {
    /// A remedy that was not proved.
    pub fn new(who: Who, applicability: Applicability, title: impl Into<String>) -> Self {
        Self {
            who,
            title: told(title),
            applicability,
            proved: false,
            policy: None,
        }
    }
}

/// The advice that always holds where the page has a server of its own. One sentence, so that its
/// proved form can take its place.
pub(crate) const OWN_SERVER: &str = "fetch it through your own server, from the page's own origin";

/// What a rule says about one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// One phrase: lower-case start, no full stop, both values quoted where there are two.
    pub headline: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Who must change something.
    pub who: Who,
    /// Further sentences for the reader.
    pub notes: Vec<String>,
    /// Ways to mend it, best first.
    pub remedies: Vec<Remedy>,
    /// How many of them mend an error that CORS only hides: these come before proved headers.
    pub leading: usize,
    /// Whether no response header mends it, even where one would let the script read the answer.
    pub is_beyond_headers: bool,
}

impl Explanation {
    /// A certain finding without notes and remedies.
    pub fn new(who: Who, headline: impl Into<String>) -> Self {
        Self {
            headline: told(headline),
            confidence: Confidence::Certain,
            who,
            notes: Vec::new(),
            remedies: Vec::new(),
            leading: 0,
            is_beyond_headers: false,
        }
    }

    /// With another confidence.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// With a sentence for the reader.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(told(note));
        self
    }

    /// Whose answer is not worth reading: no remedy by headers is offered.
    #[must_use]
    pub fn beyond_headers(mut self) -> Self {
        self.is_beyond_headers = true;
        self
    }

    /// With what mends the error that CORS only hides: the header lets the script read no more than
    /// that error, so this comes first.
    #[must_use]
    pub fn real_error(mut self, who: Who, title: impl Into<String>) -> Self {
        let remedy = Remedy::new(who, Applicability::Manual, title);
        self.remedies.insert(self.leading, remedy);
        self.leading += 1;
        self
    }

    /// With a remedy that grants exactly what is needed.
    #[must_use]
    pub fn narrow(self, who: Who, title: impl Into<String>) -> Self {
        self.remedy(who, Applicability::Narrow, title)
    }

    /// With a remedy that a person has to think about.
    #[must_use]
    pub fn manual(self, who: Who, title: impl Into<String>) -> Self {
        self.remedy(who, Applicability::Manual, title)
    }

    /// With a remedy that lets more in.
    #[must_use]
    pub fn widens(self, who: Who, title: impl Into<String>) -> Self {
        self.remedy(who, Applicability::Widens, title)
    }

    fn remedy(mut self, who: Who, applicability: Applicability, title: impl Into<String>) -> Self {
        self.remedies.push(Remedy::new(who, applicability, title));
        self
    }
}

/// A sentence without the passwords of the URLs that it names.
fn told(text: impl Into<String>) -> String {
    let text = text.into();
    match masked(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(masked) => masked,
    }
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// Whether it is what the browser itself stops at.
    pub first: bool,
    /// The leg it was found in: `request`, `preflight`, `actual` or `redirect`.
    pub leg: &'static str,
    /// The leg's index among the survey's legs.
    pub leg_index: Option<usize>,
    /// What the rule says.
    pub explanation: Explanation,
    /// Where it is seen; indices are into the survey's legs.
    pub evidence: Vec<Evidence>,
    /// The step of the standard that refuses, if one does.
    pub step: Option<&'static Step>,
    /// Other rules that fit the same fault, where this one is not certain; the likelier first.
    pub also_possible: Vec<&'static Rule>,
}
