//! The [fetch](https://fetch.spec.whatwg.org/#concept-fetch) as a sans-IO state machine: it says
//! what to send, is given what came back, and ends with a verdict. Time is an argument.

use std::sync::Arc;

use crate::cause::Cause;
use crate::client::Client;
use crate::evidence::{Evidence, Part};
use crate::local_network_access::AddressSpace;
use crate::preflight_cache::PreflightCache;
use crate::request::Request;
use crate::request_init::{Mode, RequestInit};
use crate::response::Answer;
use crate::steps;
use crate::steps::Step;
use crate::trace::Record;
use crate::user_agent::{FailureDrops, UserAgent};
use crate::verdict::{Awaited, Leg, Outcome, SentRequest, Verdict};

/// What the driver of a [`Fetch`] has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send [`Fetch::outgoing`], and give its answer to [`Fetch::receive`]. Where no answer can be
    /// had, [`Fetch::finish`] tells what is missing.
    Send,
    /// Nothing: [`Fetch::finish`] has the verdict.
    Done,
}

/// What to find out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Build the trace.
    pub trace: bool,
    /// Go on after a fault as if it were mended, so that the faults behind it are found. The
    /// verdict is then no prediction: its outcome is that of the mended fetch.
    pub survey: bool,
    /// The address space that the target's name resolves to, if known; IP literals need none.
    pub target_space: Option<AddressSpace>,
}

/// A request's [response tainting](https://fetch.spec.whatwg.org/#concept-request-response-tainting).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tainting {
    Basic,
    Cors,
    Opaque,
}

/// What the fetch waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    Nothing,
    Preflight(crate::cors_preflight_fetch::Question),
    Response,
}

/// One fetch under way.
///
/// ```
/// use corscope_fetch::{
///     Answer, Browser, Client, Fetch, HeaderList, Next, Options, Origin, Outcome, PreflightCache,
///     RequestInit, Response,
/// };
///
/// let page = Client::new(Origin::parse("https://app.example")?);
/// let init = RequestInit { url: "https://api.example/items".into(), ..RequestInit::default() };
/// let mut cache = PreflightCache::new();
/// let mut fetch = Fetch::new(&init, &page, Browser::Fetch.profile(), Options::default());
/// assert_eq!(fetch.start(&mut cache, 0), Next::Send);
/// assert_eq!(fetch.outgoing().map(|request| &*request.method), Some("GET"));
/// let response = Response::new(200, HeaderList::new());
/// assert_eq!(fetch.receive(Answer::Response(response.into()), &mut cache, 0), Next::Done);
/// let verdict = fetch.finish();
/// assert_eq!(verdict.outcome, Outcome::Error);
/// assert_eq!(verdict.blocked_by().map(|fault| fault.cause.name()), Some("acao_missing"));
/// # Ok::<(), corscope_fetch::OriginError>(())
/// ```
#[derive(Debug)]
pub struct Fetch<'c> {
    pub(crate) client: &'c Client,
    pub(crate) user_agent: &'static UserAgent,
    pub(crate) request: Option<Box<Request>>,
    pub(crate) redirected_from: Option<Arc<url::Url>>,
    pub(crate) legs: Vec<Leg>,
    pub(crate) record: Record,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) pending: Pending,
    pub(crate) tainting: Tainting,
    pub(crate) hop: usize,
    pub(crate) target_space: Option<AddressSpace>,
    pub(crate) redirects: crate::http_redirect_fetch::RedirectState,
}

impl<'c> Fetch<'c> {
    /// Builds the request. Nothing is decided before [`Fetch::start`].
    pub fn new(
        init: &RequestInit,
        client: &'c Client,
        user_agent: &'static UserAgent,
        options: Options,
    ) -> Self {
        match Request::build(init, user_agent) {
            Ok(request) => Self::of(request, client, user_agent, options),
            Err(cause) => {
                let mut fetch = Self::empty(client, user_agent, options);
                fetch.record.fault(building_step(&cause), cause, |_| vec![]);
                fetch
            }
        }
    }

    /// A fetch of a request that is built already, by the same user agent.
    pub fn of(
        request: Request,
        client: &'c Client,
        user_agent: &'static UserAgent,
        options: Options,
    ) -> Self {
        let mut fetch = Self {
            request: Some(Box::new(request)),
            ..Self::empty(client, user_agent, options)
        };
        if options.trace {
            fetch.trace_building();
        }
        fetch
    }

    fn trace_building(&mut self) {
        let is_no_cors = self
            .request
            .as_deref()
            .is_some_and(|request| request.mode == Mode::NoCors);
        for step in [
            &steps::REQUEST_URL,
            &steps::REQUEST_MODE,
            &steps::REQUEST_METHOD,
        ] {
            self.record.pass(step, |_| vec![]);
        }
        if is_no_cors {
            self.record.pass(&steps::REQUEST_NO_CORS_METHOD, |_| vec![]);
        }
        self.record.pass(&steps::REQUEST_HEADERS, |_| vec![]);
        self.record.pass(&steps::REQUEST_BODY, |_| vec![]);
    }

    fn empty(client: &'c Client, user_agent: &'static UserAgent, options: Options) -> Self {
        Self {
            client,
            user_agent,
            redirected_from: None,
            request: None,
            legs: Vec::with_capacity(2),
            record: Record {
                trace: options.trace.then(Vec::new),
                goes_on: options.survey,
                ..Record::default()
            },
            outcome: None,
            pending: Pending::Nothing,
            tainting: Tainting::Basic,
            hop: 0,
            target_space: options.target_space,
            redirects: crate::http_redirect_fetch::RedirectState::default(),
        }
    }

    /// Runs the fetch up to the first thing to send. `now` is the clock's reading in milliseconds,
    /// from whatever start; only the cache looks at it.
    pub fn start(&mut self, cache: &mut PreflightCache, now: u64) -> Next {
        let Some(request) = &self.request else {
            self.outcome = Some(Outcome::Throw);
            return Next::Done;
        };
        let waits = request.refused == Some(Cause::KeepaliveBodyTooLarge)
            && !self.user_agent.counts_keepalive_first;
        if !waits && !self.pass_refusal() {
            return self.fail();
        }
        self.main_fetch(cache, now)
    }

    /// What the browser has against the request as such.
    pub(crate) fn pass_refusal(&mut self) -> bool {
        let refused = self.request.as_mut().and_then(|it| it.refused.take());
        let Some(cause) = refused else { return true };
        let step = match cause {
            Cause::KeepaliveBodyTooLarge => &steps::KEEPALIVE,
            _ => &steps::REQUEST_BODY,
        };
        self.record.fault(step, cause, |_| vec![])
    }

    /// What must be sent now.
    pub fn outgoing(&self) -> Option<&SentRequest> {
        if self.pending == Pending::Nothing {
            return None;
        }
        self.legs.last().map(|leg| &leg.request)
    }

    /// How many redirects were followed so far.
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// Takes what came back for [`Fetch::outgoing`].
    pub fn receive(&mut self, answer: Answer, cache: &mut PreflightCache, now: u64) -> Next {
        let pending = std::mem::replace(&mut self.pending, Pending::Nothing);
        if pending == Pending::Nothing {
            return Next::Done;
        }
        if let Some(leg) = self.legs.last_mut() {
            leg.answer = Some(answer.clone());
        }
        match (pending, answer) {
            (Pending::Preflight(question), Answer::Response(response)) => {
                self.record.pass(&steps::PREFLIGHT_NETWORK, |_| vec![]);
                self.receive_preflight(&question, &response, cache, now)
            }
            (Pending::Preflight(_), Answer::Failure(failure)) => {
                let cause = Cause::NetworkError { failure };
                self.clear_cache(cache);
                let step = &steps::PREFLIGHT_NETWORK;
                if self.record.fault(step, cause, |_| vec![]) {
                    self.send()
                } else {
                    self.fail()
                }
            }
            (_, Answer::Response(response)) => self.receive_response(&response, cache, now),
            (_, Answer::Failure(failure)) => {
                let cause = Cause::NetworkError { failure };
                self.record.fault(&steps::HTTP_NETWORK, cause, |_| vec![]);
                self.fail_after_preflight(cache)
            }
        }
    }

    /// The verdict. A fetch that is not at its end is incomplete, and says what it waits for.
    pub fn finish(self) -> Verdict {
        let outcome = self.outcome.unwrap_or(match self.pending {
            Pending::Preflight(_) => Outcome::Incomplete(Awaited::Preflight),
            _ => Outcome::Incomplete(Awaited::Response),
        });
        Verdict {
            browser: self.user_agent.browser,
            outcome,
            legs: self.legs,
            faults: self.record.faults,
            trace: self.record.trace,
            request: self.request,
            redirected_from: self.redirected_from,
        }
    }

    pub(crate) fn fail(&mut self) -> Next {
        self.end(Outcome::Error)
    }

    pub(crate) fn end(&mut self, outcome: Outcome) -> Next {
        self.pending = Pending::Nothing;
        self.outcome = Some(outcome);
        Next::Done
    }

    /// Reports a fault at the current leg's request.
    pub(crate) fn refuse(&mut self, step: &'static Step, cause: Cause, part: Part) -> bool {
        self.record
            .fault(step, cause, |leg| vec![Evidence::request(leg, part)])
    }

    pub(crate) fn push_leg(
        &mut self,
        request: SentRequest,
        checked_origin: Option<Arc<str>>,
        checked_with_credentials: bool,
    ) {
        self.record.leg = Some(self.legs.len());
        let hop = self.hop;
        self.legs.push(Leg {
            hop,
            request,
            answer: None,
            checked_origin,
            checked_with_credentials,
        });
    }

    /// A CORS request failed after it could have used cached preflights.
    pub(crate) fn fail_after_preflight(&mut self, cache: &mut PreflightCache) -> Next {
        let drops = match self.user_agent.failure_drops_entry {
            FailureDrops::Never => false,
            FailureDrops::AfterPreflight => self.redirects.needed_preflight,
            FailureDrops::AfterAnyCorsRequest => self.tainting == Tainting::Cors,
        };
        if drops {
            self.clear_cache(cache);
        }
        self.fail()
    }

    pub(crate) fn clear_cache(&mut self, cache: &mut PreflightCache) {
        // A survey goes where no fetch goes, so it leaves the cache alone.
        if let Some(request) = &self.request
            && !self.record.goes_on
        {
            cache.clear(&self.client.origin, &request.url, self.user_agent);
        }
    }
}

const fn building_step(cause: &Cause) -> &'static Step {
    match cause {
        Cause::InvalidUrl | Cause::UrlHasCredentials => &steps::REQUEST_URL,
        Cause::InvalidMethod | Cause::ForbiddenMethod => &steps::REQUEST_METHOD,
        Cause::NoCorsMethodNotAllowed => &steps::REQUEST_NO_CORS_METHOD,
        Cause::InvalidHeaderName { .. } | Cause::InvalidHeaderValue { .. } => {
            &steps::REQUEST_HEADERS
        }
        Cause::BodyNotAllowed | Cause::StreamBodyNotAllowed => &steps::REQUEST_BODY,
        _ => &steps::REQUEST_MODE,
    }
}
