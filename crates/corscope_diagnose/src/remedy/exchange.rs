//! Changing what a server answers, leg by leg.

use std::fmt::Write as _;
use std::sync::Arc;

use corscope_fetch::{Answer, HeaderList, Response};

use crate::scenario::Subject;

/// What one leg's answer must change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LegChange {
    /// The status, where it must be another.
    pub(super) status: Option<u16>,
    /// Headers to set, replacing all lines of their names.
    pub(super) set: Vec<(&'static str, String)>,
    /// Headers to take out.
    pub(super) remove: Vec<&'static str>,
}

impl LegChange {
    /// Sets a header, once.
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        match self.set.iter_mut().find(|(set, _)| *set == name) {
            Some((_, old)) => *old = value,
            None => self.set.push((name, value)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.status.is_none() && self.set.is_empty() && self.remove.is_empty()
    }

    /// The answer with the change; an unknown answer becomes a plain good one.
    pub(super) fn apply(&self, answer: Option<&Answer>, fallback: u16) -> Answer {
        let old = match answer {
            Some(Answer::Response(response)) => response.as_ref().clone(),
            _ => Response::new(fallback, HeaderList::new()),
        };
        let is_changed = |name: &[u8]| {
            self.set
                .iter()
                .any(|(set, _)| name.eq_ignore_ascii_case(set.as_bytes()))
                || self
                    .remove
                    .iter()
                    .any(|gone| name.eq_ignore_ascii_case(gone.as_bytes()))
        };
        let mut list = old.header_list.without(|header| is_changed(header.name));
        for (name, value) in &self.set {
            list.push(name, value);
        }
        let status = self.status.unwrap_or(old.status);
        Answer::Response(Arc::new(Response {
            status,
            header_list: list,
            body: old.body,
        }))
    }

    /// The change in words: the status, then each header line.
    pub(super) fn words(&self) -> String {
        let mut words = String::new();
        if let Some(status) = self.status {
            let _ = write!(words, "status {status}"); // a String takes every write
        }
        for (name, value) in &self.set {
            let comma = if words.is_empty() { "" } else { ", " };
            let _ = write!(words, "{comma}`{name}: {value}`");
        }
        for name in &self.remove {
            let comma = if words.is_empty() { "" } else { ", " };
            let _ = write!(words, "{comma}no `{name}`");
        }
        words
    }
}

/// What all legs must change: the preflights, and the responses, by hop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExchangeChange {
    pub(super) preflights: Vec<LegChange>,
    pub(super) responses: Vec<LegChange>,
}

impl ExchangeChange {
    /// The change at a leg, to be added to.
    pub(super) fn leg(&mut self, preflight: bool, hop: usize) -> &mut LegChange {
        let legs = if preflight {
            &mut self.preflights
        } else {
            &mut self.responses
        };
        if legs.len() <= hop {
            legs.resize(hop + 1, LegChange::default());
        }
        &mut legs[hop]
    }

    /// The change at a leg, if there is one.
    pub(super) fn of_leg(&self, preflight: bool, hop: usize) -> Option<&LegChange> {
        let legs = if preflight {
            &self.preflights
        } else {
            &self.responses
        };
        legs.get(hop).filter(|change| !change.is_empty())
    }

    /// Whether no leg must change anything.
    pub(super) fn is_empty(&self) -> bool {
        let mut legs = self.preflights.iter().chain(&self.responses);
        legs.all(LegChange::is_empty)
    }

    /// The subject whose server answers with the change. The origin server is taken to answer what
    /// is not known with a plain 204 or 200.
    pub(super) fn apply(&self, subject: &Subject) -> Subject {
        let mut changed = subject.clone();
        for (hop, change) in self
            .preflights
            .iter()
            .enumerate()
            .filter(|(_, it)| !it.is_empty())
        {
            if changed.preflights.len() <= hop {
                changed.preflights.resize(hop + 1, None);
            }
            let own = changed.preflights[hop].clone();
            let old = own.or_else(|| subject.preflights.first().cloned().flatten());
            changed.preflights[hop] = Some(change.apply(old.as_ref(), 204));
        }
        for (hop, change) in self
            .responses
            .iter()
            .enumerate()
            .filter(|(_, it)| !it.is_empty())
        {
            let answer = change.apply(subject.responses.get(hop), 200);
            match changed.responses.get_mut(hop) {
                Some(slot) => *slot = answer,
                None => changed.responses.push(answer),
            }
        }
        changed
    }

    /// The change as an instruction.
    pub(super) fn title(&self) -> String {
        let mut parts = Vec::new();
        for (hop, change) in self
            .preflights
            .iter()
            .enumerate()
            .filter(|(_, it)| !it.is_empty())
        {
            let place = match hop {
                0 => "answer the preflight with".to_owned(),
                hop => format!("answer the preflight after redirect {hop} with"),
            };
            parts.push(format!("{place} {}", change.words()));
        }
        let last = self.responses.len().saturating_sub(1);
        for (hop, change) in self
            .responses
            .iter()
            .enumerate()
            .filter(|(_, it)| !it.is_empty())
        {
            let place = if hop < last || last > 0 {
                format!("answer hop {} with", hop + 1)
            } else {
                "answer the request with".to_owned()
            };
            parts.push(format!("{place} {}", change.words()));
        }
        parts.join("; ")
    }
}
