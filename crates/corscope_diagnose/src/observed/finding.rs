//! An observed fetch with all that is to be said of it.

use corscope_fetch::Browser;

use super::{Judged, ObservedFetch, judge, user_agent_of};
use crate::diagnose::{RootCause, diagnose, root_cause};
use crate::diagnostic::Diagnostic;
use crate::remedy;
use crate::scenario::ScenarioError;
use crate::sight::Sight;

/// An observed fetch, judged and diagnosed.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was observed.
    pub fetch: ObservedFetch,
    /// What the engine makes of it.
    pub judged: Judged,
    /// What is wrong, the browser's own first refusal first.
    pub diagnostics: Vec<Diagnostic>,
}

impl Finding {
    /// Judges `fetch` by the rules of `browser`, or of the browser that sent it.
    ///
    /// # Errors
    /// When something in it cannot be meant.
    pub fn of(fetch: ObservedFetch, browser: Option<Browser>) -> Result<Self, ScenarioError> {
        let browser = browser.unwrap_or_else(|| user_agent_of(&fetch));
        let judged = judge(&fetch, browser)?;
        let diagnostics = diagnose(&Sight {
            subject: &judged.subject,
            scenario: Some(&judged.scenario),
            play: &judged.play,
        });
        Ok(Self {
            fetch,
            judged,
            diagnostics,
        })
    }

    /// The judgement, as rules and renderers look at it.
    pub fn sight(&self) -> Sight<'_> {
        Sight {
            subject: &self.judged.subject,
            scenario: Some(&self.judged.scenario),
            play: &self.judged.play,
        }
    }

    /// Proves remedies: the engine is run again for each, so this is for what is shown only.
    pub fn prove(&mut self) {
        let sight = Sight {
            subject: &self.judged.subject,
            scenario: Some(&self.judged.scenario),
            play: &self.judged.play,
        };
        remedy::prove(&sight, &mut self.diagnostics);
    }

    /// The deciding fault, where there is one.
    pub fn root_cause(&self) -> Option<RootCause> {
        root_cause(&self.diagnostics)
    }

    /// What was assumed or inferred, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(number) = self.judged.cached_preflight {
            notes.push(format!(
                "no preflight went out: the browser's CORS-preflight cache knew the answer, from #{number}"
            ));
        }
        if self.judged.assumed_preflight {
            notes.push(
                "a preflight was needed and none was seen, yet the request went out: the browser's \
                 cache must have held an answer from before"
                    .to_owned(),
            );
        }
        if self.judged.standing == super::Standing::DependsOnCredentials {
            notes.push(
                "whether the script asked to include credentials is not on the wire: without them \
                 this response can be read, with `credentials: \"include\"` it is blocked for the \
                 reason given"
                    .to_owned(),
            );
        }
        if let Some(cause) = self.judged.hidden_by_proxy {
            notes.push(format!(
                "works here, denied without the proxy: the browser takes the proxy's address for \
                 the server's, so its Local Network Access check (`{cause}`) does not happen"
            ));
        }
        if self.fetch.is_never_sent() && self.judged.standing == super::Standing::Unknown {
            notes.push(
                "the preflight passes, and the request that it asked for was not seen (yet)"
                    .to_owned(),
            );
        }
        notes
    }
}
