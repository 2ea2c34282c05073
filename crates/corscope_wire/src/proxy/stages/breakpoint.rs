//! Breakpoints: exchanges that meet their criteria are held until somebody decides.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};

use super::document::{BreakpointDocument, Direction, Overdue};
use super::hold::{Held, Holds, Resolution, Waited};
use super::matcher::Matcher;
use super::mistake::{Mistake, Mistakes};
use super::rewrite::{Ground, is_endless};
use super::tally::Tally;
use super::{Interest, RequestDecision, ResponseDecision, Stage, StageFuture};

/// The longest hold.
const LONGEST_HOLD: u64 = 3600;

/// Exchanges of which is remembered what is to be noted.
const REMEMBERED: usize = 256;

/// A breakpoint in working order.
pub struct Breakpoint {
    name: String,
    matcher: Matcher,
    tally: Tally,
    on_request: bool,
    on_response: bool,
    limit: Duration,
    then: Overdue,
    holds: Arc<Holds>,
    notes: Mutex<VecDeque<(u64, String)>>,
}

impl BreakpointDocument {
    /// Makes it ready to work; what it holds waits in `holds`.
    ///
    /// # Errors
    /// All its mistakes.
    pub fn build(&self, ground: &Ground, holds: &Arc<Holds>) -> Result<Breakpoint, Vec<Mistake>> {
        let mut mistakes = Mistakes::default();
        let breakpoint = Breakpoint::build(self, "breakpoint", ground, holds, &mut mistakes);
        if mistakes.found.is_empty() {
            Ok(breakpoint)
        } else {
            Err(mistakes.found)
        }
    }

    /// Its name, else its identity, else what it is.
    pub fn title(&self) -> &str {
        [self.name.as_str(), self.id.as_str(), "breakpoint"]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }
}

impl Breakpoint {
    /// What `document` means; usable only if no mistake was added.
    pub(super) fn build(
        document: &BreakpointDocument,
        at: &str,
        ground: &Ground,
        holds: &Arc<Holds>,
        mistakes: &mut Mistakes,
    ) -> Self {
        let match_at = format!("{at}.match");
        let cors_check = ground.cors_check.as_ref();
        let matcher = Matcher::build(&document.matches, &match_at, cors_check, mistakes);
        if document.next == Some(0) {
            let mend = "write at least 1, or enabled = false";
            mistakes.add(format!("{at}.next"), "it would never match", mend);
        }
        if !(1..=LONGEST_HOLD).contains(&document.hold_seconds) {
            let problem = format!("{} s is no time to wait", document.hold_seconds);
            let mend = format!("write 1 to {LONGEST_HOLD} seconds");
            mistakes.add(format!("{at}.hold-seconds"), problem, mend);
        }
        let on_request = document.on.contains(&Direction::Request);
        let on_response = document.on.contains(&Direction::Response);
        if document.on.is_empty() {
            let mend = "write [\"request\"], [\"response\"] or both";
            mistakes.add(format!("{at}.on"), "it holds nothing", mend);
        }
        if on_request && matcher.needs_response() {
            let problem = "the request is gone when its response is matched";
            let mend = "write on = [\"response\"], or match by the request alone";
            mistakes.add(format!("{at}.on"), problem, mend);
        }
        Self {
            name: format!("breakpoint {}", document.title())
                .trim_end_matches(" breakpoint")
                .to_owned(),
            matcher,
            tally: Tally::new(document.next),
            on_request,
            on_response,
            limit: Duration::from_secs(document.hold_seconds),
            then: document.then,
            holds: Arc::clone(holds),
            notes: Mutex::default(),
        }
    }

    /// How many exchanges it held.
    pub fn matches(&self) -> u64 {
        self.tally.matches()
    }

    fn note(&self, exchange: u64, what: &str) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() == REMEMBERED {
            notes.pop_front();
        }
        notes.push_back((exchange, format!("{}: {what}", self.name)));
    }

    async fn hold(
        &self,
        exchange: u64,
        request: &ObservedRequest,
        response: Option<&ObservedResponse>,
    ) -> Waited {
        let direction = match response {
            Some(_) => Direction::Response,
            None => Direction::Request,
        };
        let held = Held {
            id: 0,
            exchange,
            breakpoint: self.name.clone(),
            direction,
            request: request.clone(),
            response: response.cloned(),
            since: 0,
            until: 0,
        };
        let waited = self.holds.wait(held, self.limit).await;
        match (&waited, self.then) {
            (Waited::Full, _) => self.note(exchange, "too many waited already, went on unchanged"),
            (Waited::TimedOut, Overdue::GoOn) => {
                self.note(exchange, "its time was up, went on unchanged");
            }
            (Waited::TimedOut, Overdue::Close) => self.note(exchange, "its time was up, closed"),
            (Waited::Resolved(_), _) => {}
        }
        waited
    }

    async fn hold_request(&self, exchange: u64, request: &mut ObservedRequest) -> RequestDecision {
        if !self.tally.take_request(exchange, self.on_response) {
            return RequestDecision::Pass;
        }
        match self.hold(exchange, request, None).await {
            Waited::Resolved(Resolution::Request(edited)) => {
                *request = *edited;
                RequestDecision::Changed
            }
            Waited::Resolved(Resolution::Answer(answer)) => RequestDecision::Answer(answer),
            Waited::Resolved(Resolution::Close) => RequestDecision::Close,
            Waited::TimedOut if self.then == Overdue::Close => RequestDecision::Close,
            // Noted, although nothing was changed.
            Waited::TimedOut | Waited::Full => RequestDecision::Delay(Duration::ZERO),
            Waited::Resolved(_) => RequestDecision::Pass,
        }
    }

    async fn hold_response(
        &self,
        exchange: u64,
        request: &ObservedRequest,
        response: &mut ObservedResponse,
    ) -> ResponseDecision {
        if !self.matcher.fits_response(request, response)
            || !self.tally.take_response(exchange, self.on_request)
        {
            return ResponseDecision::Pass;
        }
        match self.hold(exchange, request, Some(response)).await {
            Waited::Resolved(Resolution::Response(edited)) => {
                *response = *edited;
                ResponseDecision::Changed
            }
            Waited::Resolved(Resolution::Close) => ResponseDecision::Close,
            Waited::TimedOut if self.then == Overdue::Close => ResponseDecision::Close,
            Waited::TimedOut | Waited::Full => ResponseDecision::Delay(Duration::ZERO),
            Waited::Resolved(_) => ResponseDecision::Pass,
        }
    }
}

impl Stage for Breakpoint {
    fn name(&self) -> &str {
        &self.name
    }

    fn noted(&self, exchange: u64) -> Cow<'_, str> {
        let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let found = notes.iter().rev().find(|(of, _)| *of == exchange);
        found.map_or(Cow::Borrowed(&self.name), |(_, note)| {
            Cow::Owned(note.clone())
        })
    }

    fn interest(&self, request: &ObservedRequest) -> Interest {
        if !self.matcher.fits_request(request) || !self.tally.is_open() {
            return Interest::NONE;
        }
        Interest {
            request: self.on_request,
            request_body: self.on_request,
            response: self.on_response,
            // A stream is held by its head alone.
            response_body: self.on_response && !is_endless(request),
        }
    }

    fn on_request<'a>(
        &'a self,
        exchange: u64,
        request: &'a mut ObservedRequest,
    ) -> StageFuture<'a, RequestDecision> {
        Box::pin(self.hold_request(exchange, request))
    }

    fn on_response<'a>(
        &'a self,
        exchange: u64,
        request: &'a ObservedRequest,
        response: &'a mut ObservedResponse,
    ) -> StageFuture<'a, ResponseDecision> {
        Box::pin(self.hold_response(exchange, request, response))
    }
}
