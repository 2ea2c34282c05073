//! The result of a fetch: its outcome, what was sent and received, and what refused it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;
use url::Url;

use crate::header_list::HeaderList;
use crate::request::Request;
use crate::response::{Answer, Response};
use crate::trace::{Fault, TraceEntry};
use crate::user_agent::Browser;

/// A response's [type](https://fetch.spec.whatwg.org/#concept-response-type), as the page sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ResponseType {
    /// Same-origin.
    Basic,
    /// Cross-origin, and allowed.
    Cors,
    /// Cross-origin without CORS: nothing can be read.
    Opaque,
    /// A redirect that redirect mode `manual` hides.
    OpaqueRedirect,
}

/// A request as a browser sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentRequest {
    /// The method.
    pub method: Cow<'static, str>,
    /// The URL, without fragment, user name and password on the wire.
    pub url: Arc<Url>,
    /// What CORS adds and what the script set. Headers that a browser adds on its own (User-Agent,
    /// Accept, …) are not here: they decide nothing.
    pub header_list: HeaderList,
    /// Whether it is a CORS-preflight request.
    pub preflight: bool,
    /// Whether cookies and other credentials go with it.
    pub include_credentials: bool,
}

/// One leg of a fetch: a request, and what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// How many redirects came before; 0 for the first URL.
    pub hop: usize,
    /// What was sent.
    pub request: SentRequest,
    /// What came back; `None` while it is not known.
    pub answer: Option<Answer>,
    /// The serialized origin that the response is compared with; `None` when no CORS check applies.
    pub checked_origin: Option<Arc<str>>,
    /// Whether the CORS check on the response is a credentialed one.
    pub checked_with_credentials: bool,
}

impl Leg {
    /// The response, if there was one.
    pub fn response(&self) -> Option<&Arc<Response>> {
        match &self.answer {
            Some(Answer::Response(response)) => Some(response),
            _ => None,
        }
    }

    /// Its name in documents.
    pub fn name(&self) -> &'static str {
        let redirects = self.response().is_some_and(|response| {
            response.has_redirect_status() && response.header_list.contains("location")
        });
        match (self.request.preflight, redirects) {
            (true, _) => "preflight",
            (false, true) => "redirect",
            (false, false) => "actual",
        }
    }
}

/// What a fetch waits for when not everything is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Awaited {
    /// The preflight's response.
    Preflight,
    /// The response to the request itself, or to a redirect's hop.
    Response,
    /// The user's answer to a permission prompt.
    Permission,
}

/// How a fetch ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The script can read the response.
    Readable {
        /// The status.
        status: u16,
        /// Its type.
        response_type: ResponseType,
        /// The header names that the script can read: lower case, sorted.
        visible_headers: Vec<Cow<'static, str>>,
    },
    /// The response is opaque: it came, and the script can read nothing.
    Opaque,
    /// A redirect that is not followed, and of which nothing can be read.
    OpaqueRedirect,
    /// A network error: the script learns only that it failed.
    Error,
    /// The API throws before anything is sent.
    Throw,
    /// Something must be known first.
    Incomplete(Awaited),
}

/// The result of a fetch.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whose rules were followed.
    pub browser: Browser,
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent and received, in order.
    pub legs: Vec<Leg>,
    /// What refused it. By itself a fetch stops at the first fault; a survey holds all that wait
    /// behind it, too.
    pub faults: Vec<Fault>,
    /// The steps, if a trace was asked for.
    pub trace: Option<Vec<TraceEntry>>,
    /// The request as it was built; `None` when the API threw.
    pub request: Option<Box<Request>>,
    /// The URL that the fetch started with, once a redirect has left it.
    pub(crate) redirected_from: Option<Arc<Url>>,
}

impl Verdict {
    /// The URL that the fetch started with; `None` when it does not parse.
    pub fn first_url(&self) -> Option<&Url> {
        let current = self.request.as_deref().map(|request| &*request.url);
        self.redirected_from.as_deref().or(current)
    }

    /// The fault that stopped the fetch.
    pub fn blocked_by(&self) -> Option<&Fault> {
        match self.outcome {
            Outcome::Error | Outcome::Throw => self.faults.first(),
            _ => None,
        }
    }

    /// The leg in which a fault was found.
    pub fn leg_of(&self, fault: &Fault) -> Option<&Leg> {
        fault.leg.and_then(|leg| self.legs.get(leg))
    }
}
