//! The one list of endpoints, and what is known of each.

use serde::Serialize;

use super::Places;
use super::answer::Answer;
use super::ask::{Ask, shell_line};
use super::endpoints::{actual, client, healthy, network, preflight, preflight_lists, redirect};
use super::request::Request;

/// Every endpoint, by the place of the fault.
pub const GROUPS: &[Group] = &[
    Group {
        title: "The response",
        about: "The request arrives and is answered; the answer keeps the page out.",
        endpoints: actual::ENDPOINTS,
    },
    Group {
        title: "The preflight's answer",
        about: "OPTIONS does not get the answer it needs; the request itself is never sent.",
        endpoints: preflight::ENDPOINTS,
    },
    Group {
        title: "The preflight's lists",
        about: "OPTIONS is answered, but the method or a header is not allowed by it.",
        endpoints: preflight_lists::ENDPOINTS,
    },
    Group {
        title: "Redirects",
        about: "Every hop is checked, and the second origin sees another Origin.",
        endpoints: redirect::ENDPOINTS,
    },
    Group {
        title: "The request itself",
        about: "The server can do nothing about it, or it is not CORS that refuses.",
        endpoints: client::ENDPOINTS,
    },
    Group {
        title: "Below CORS",
        about: "The console says CORS; it is the network or the server.",
        endpoints: network::ENDPOINTS,
    },
    Group {
        title: "Healthy",
        about: "Nothing is wrong here, however odd some of it looks.",
        endpoints: healthy::ENDPOINTS,
    },
];

/// Endpoints whose fault is in the same place.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// In plain words.
    pub title: &'static str,
    /// What they have in common.
    pub about: &'static str,
    /// The endpoints.
    pub endpoints: &'static [Endpoint],
}

/// What the page gets, in the words of the verdict document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The response, whatever its status.
    Readable,
    /// A response of which nothing can be read.
    Opaque,
    /// A network error.
    Error,
    /// An exception before anything is sent.
    Throw,
}

/// One endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// Its path without the slash.
    pub slug: &'static str,
    /// What is wrong, in plain words.
    pub title: &'static str,
    /// The rule code of the deciding root cause; `None` for a healthy one.
    pub rule: Option<&'static str>,
    /// Rule codes of further faults that cannot be kept out.
    pub also: &'static [&'static str],
    /// What the page gets.
    pub outcome: Outcome,
    /// What the page asks.
    pub ask: Ask,
    /// Its URL when it is not on our first origin: a template for [`Places`].
    at: Option<&'static str>,
    answer: fn(&Request, &Places) -> Answer,
}

impl Endpoint {
    /// One that keeps the page out, named for the rule that says why.
    pub(super) const fn broken(
        slug: &'static str,
        title: &'static str,
        ask: Ask,
        answer: fn(&Request, &Places) -> Answer,
    ) -> Self {
        let (rule, outcome) = (Some(slug), Outcome::Error);
        Self {
            slug,
            title,
            rule,
            also: &[],
            outcome,
            ask,
            at: None,
            answer,
        }
    }

    /// One with nothing wrong.
    pub(super) const fn healthy(
        slug: &'static str,
        title: &'static str,
        ask: Ask,
        answer: fn(&Request, &Places) -> Answer,
    ) -> Self {
        Self {
            rule: None,
            outcome: Outcome::Readable,
            ..Self::broken(slug, title, ask, answer)
        }
    }

    pub(super) const fn ruled_by(self, rule: &'static str) -> Self {
        Self {
            rule: Some(rule),
            ..self
        }
    }

    pub(super) const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    pub(super) const fn outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    pub(super) const fn at(self, template: &'static str) -> Self {
        Self {
            at: Some(template),
            ..self
        }
    }

    /// Its path.
    pub fn path(&self) -> String {
        format!("/{}", self.slug)
    }

    /// The URL to ask.
    pub fn url(&self, places: &Places) -> String {
        self.at.map_or_else(
            || format!("{}/{}", places.here_origin(), self.slug),
            |template| places.fill(template),
        )
    }

    /// What follows `corscope check`: the URL, then the rest.
    pub fn check_args(&self, places: &Places) -> Vec<String> {
        let mut args = vec![self.url(places)];
        args.extend(self.ask.check_args(places));
        args
    }

    /// The command to paste.
    pub fn command(&self, places: &Places) -> String {
        format!("corscope check {}", shell_line(&self.check_args(places)))
    }

    pub(super) fn answer(&self, request: &Request, places: &Places) -> Answer {
        (self.answer)(request, places)
    }
}

/// Every endpoint of every group.
pub fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    GROUPS.iter().flat_map(|group| group.endpoints)
}

pub(super) fn find(slug: &str) -> Option<&'static Endpoint> {
    endpoints().find(|endpoint| endpoint.slug == slug)
}
