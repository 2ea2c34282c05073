//! An observed fetch with all that is to be said of it.

use corscope_fetch::Browser;
use corscope_fetch::exchange::{BrowserSaid, Exchange, Side};

use std::sync::Arc;

use super::judge::has_failed;
use super::{Judged, ObservedFetch, Standing, document, judge, user_agent_of};
use crate::diagnose::{RootCause, diagnose, root_cause};
use crate::diagnostic::Diagnostic;
use crate::remedy;
use crate::scenario::{Scenario, ScenarioError};
use crate::sight::Sight;
use crate::verdict_document::verdict_document;

/// An observed fetch, judged and diagnosed.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was observed.
    pub fetch: Arc<ObservedFetch>,
    /// What the engine makes of it.
    pub judged: Arc<Judged>,
    /// What is wrong, the browser's own first refusal first.
    pub diagnostics: Arc<[Diagnostic]>,
}

impl Finding {
    /// Judges `fetch` by the rules of `browser`, or of the browser that sent it.
    ///
    /// # Errors
    /// When something in it cannot be meant.
    pub fn of(
        fetch: impl Into<Arc<ObservedFetch>>,
        browser: Option<Browser>,
    ) -> Result<Self, ScenarioError> {
        let fetch = fetch.into();
        let browser = browser.unwrap_or_else(|| user_agent_of(&fetch));
        let judged = judge(&fetch, browser)?;
        let diagnostics = diagnose(&Sight {
            subject: &judged.subject,
            scenario: Some(&judged.scenario),
            play: &judged.play,
        });
        Ok(Self {
            fetch,
            judged: Arc::new(judged),
            diagnostics: diagnostics.into(),
        })
    }

    /// The scenario that would cause it.
    pub fn scenario(&self) -> Scenario {
        Scenario {
            id: Some(document::id(&self.fetch)),
            ..self.judged.scenario.clone()
        }
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
        let mut proved = self.diagnostics.to_vec();
        remedy::prove(&sight, &mut proved);
        self.diagnostics = proved.into();
    }

    /// The deciding fault, where there is one.
    pub fn root_cause(&self) -> Option<RootCause> {
        root_cause(&self.diagnostics)
    }

    /// What the browser itself said of this fetch's end, where it was asked.
    pub fn browser_said(&self) -> Option<&BrowserSaid> {
        let last = self.fetch.exchanges().last()?;
        last.hints.browser.as_deref()
    }

    /// Where the browser's own verdict is another one than ours.
    pub fn disagreement(&self) -> Option<String> {
        let said = self.browser_said()?;
        // Where there was no response the page got the proxy's own answer, which says so.
        let is_answered_by_proxy = |exchange: &Exchange| {
            let side = exchange.failure.as_ref().map(|failure| failure.side);
            side.is_some_and(|side| side != Side::Client)
        };
        if self.fetch.exchanges().any(|it| is_answered_by_proxy(it)) {
            return None;
        }
        let failed = has_failed(said);
        let standing = self.judged.standing;
        if standing == Standing::Allowed && failed {
            let word = said.cors_error.as_ref().or(said.net_error.as_ref())?;
            return Some(format!(
                "the browser blocked it ({word}), and we say allowed"
            ));
        }
        if standing == Standing::Blocked && !failed && said.net_error.is_none() {
            return Some("the browser let it pass, and we say blocked".to_owned());
        }
        let theirs = said.cors_error.as_deref()?;
        let document = verdict_document(None, &self.sight(), &self.diagnostics);
        let ours = document.browser_code?;
        // Firefox says several things of one failure; which of them comes first is not the point.
        let is_said_alike = said
            .console
            .iter()
            .any(|line| document.console.contains(line));
        (standing == Standing::Blocked && theirs != ours && !is_said_alike)
            .then(|| format!("the browser calls it {theirs}, and we {ours}"))
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
        if self.judged.standing == Standing::DependsOnCredentials {
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
        if let Some(disagreement) = self.disagreement() {
            notes.push(format!(
                "{disagreement}: please report this, with the bundle that --bundles DIR saves"
            ));
        }
        if self.fetch.is_never_sent() && self.judged.standing == Standing::Unknown {
            notes.push(
                "the preflight passes, and the request that it asked for was not seen (yet)"
                    .to_owned(),
            );
        }
        notes
    }
}
