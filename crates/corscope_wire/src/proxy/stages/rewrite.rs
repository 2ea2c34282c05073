//! Rewrites: criteria, and what is done to the exchanges that meet them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};

use super::actions::{Compiled, RequestAction, ResponseAction, compile};
use super::answer::{is_bodyless, reason};
use super::document::RewriteDocument;
use super::matcher::{CorsCheck, Matcher};
use super::mistake::{Mistake, Mistakes};
use super::tally::Tally;
use super::{Interest, RequestDecision, ResponseDecision, Stage, StageFuture};

/// What rewrites and breakpoints stand on.
#[derive(Clone, Default)]
pub struct Ground {
    /// What paths of files are relative to.
    pub directory: PathBuf,
    /// Who can tell whether CORS fails.
    pub cors_check: Option<Arc<dyn CorsCheck>>,
}

/// A rewrite in working order.
pub struct Rewrite {
    name: String,
    matcher: Matcher,
    tally: Tally,
    on_request: Vec<RequestAction>,
    on_response: Vec<ResponseAction>,
    interest: Interest,
    miss: Mutex<Option<String>>,
}

impl RewriteDocument {
    /// Makes it ready to work.
    ///
    /// # Errors
    /// All its mistakes.
    pub fn build(&self, ground: &Ground) -> Result<Rewrite, Vec<Mistake>> {
        let mut mistakes = Mistakes::default();
        let rewrite = Rewrite::build(self, "rewrite", ground, &mut mistakes);
        if mistakes.found.is_empty() {
            Ok(rewrite)
        } else {
            Err(mistakes.found)
        }
    }
}

impl Rewrite {
    /// What `document` means; usable only if no mistake was added.
    pub(super) fn build(
        document: &RewriteDocument,
        at: &str,
        ground: &Ground,
        mistakes: &mut Mistakes,
    ) -> Self {
        let match_at = format!("{at}.match");
        let matcher = Matcher::build(
            &document.matches,
            &match_at,
            ground.cors_check.as_ref(),
            mistakes,
        );
        if document.next == Some(0) {
            let mend = "write at least 1, or enabled = false";
            mistakes.add(format!("{at}.next"), "it would never match", mend);
        }
        if document.actions.is_empty() {
            mistakes.add(format!("{at}.do"), "it does nothing", "write do = [{ … }]");
        }
        let (mut on_request, mut on_response) = (Vec::new(), Vec::new());
        for (index, action) in document.actions.iter().enumerate() {
            let at = format!("{at}.do[{index}]");
            if on_request.last().is_some_and(RequestAction::is_last) {
                let mend = "put it before the answer, or write its headers into the answer";
                mistakes.add(&at, "the exchange has ended by then", mend);
            }
            match compile(action, &at, ground, mistakes) {
                Some(Compiled::Request(action)) => {
                    if matcher.needs_response() {
                        let problem = "the request is gone when its response is matched";
                        let mend = "match by the request alone, or change the response";
                        mistakes.add(at, problem, mend);
                    }
                    on_request.push(action);
                }
                Some(Compiled::Response(action)) => on_response.push(action),
                None => {}
            }
        }
        let has_body = |action: &ResponseAction| match action {
            ResponseAction::Body(_) => true,
            ResponseAction::Status(status) => is_bodyless(*status),
            _ => false,
        };
        let interest = Interest {
            request: !on_request.is_empty(),
            request_body: on_request
                .iter()
                .any(|action| matches!(action, RequestAction::Body(_))),
            response: !on_response.is_empty(),
            response_body: on_response.iter().any(has_body),
        };
        Self {
            name: document.title().to_owned(),
            matcher,
            tally: Tally::new(document.next),
            on_request,
            on_response,
            interest,
            miss: Mutex::default(),
        }
    }

    /// How many exchanges it took.
    pub fn matches(&self) -> u64 {
        self.tally.matches()
    }

    /// Why it could not do its work the last time it could not.
    pub fn last_miss(&self) -> Option<String> {
        let miss = self.miss.lock().unwrap_or_else(PoisonError::into_inner);
        miss.clone()
    }

    fn note(&self, problem: String) {
        *self.miss.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
    }

    async fn rewrite_request(
        &self,
        exchange: u64,
        request: &mut ObservedRequest,
    ) -> RequestDecision {
        if !self
            .tally
            .take_request(exchange, !self.on_response.is_empty())
        {
            return RequestDecision::Pass;
        }
        let (mut is_changed, mut delay) = (false, Duration::ZERO);
        for action in &self.on_request {
            match action {
                RequestAction::Header(edit) => is_changed |= edit.apply(&mut request.header_list),
                RequestAction::Body(edit) => {
                    let edited = edit
                        .apply(&mut request.header_list, &mut request.body)
                        .await;
                    is_changed |= edited.unwrap_or_else(|problem| {
                        self.note(problem);
                        false
                    });
                }
                RequestAction::Forward(forward) => is_changed |= forward.apply(request),
                RequestAction::Delay(time) => delay += *time,
                RequestAction::Answer(answer) => {
                    tokio::time::sleep(delay).await;
                    return RequestDecision::Answer(Box::new(answer.make(request).await));
                }
                RequestAction::Folder(folder) => {
                    tokio::time::sleep(delay).await;
                    return RequestDecision::Answer(Box::new(folder.make(request).await));
                }
                RequestAction::AnswerPreflight(answer) => {
                    if let Some(response) = answer.make(request) {
                        tokio::time::sleep(delay).await;
                        return RequestDecision::Answer(Box::new(response));
                    }
                }
                RequestAction::Close => {
                    tokio::time::sleep(delay).await;
                    return RequestDecision::Close;
                }
            }
        }
        if !is_changed {
            return match delay {
                Duration::ZERO => RequestDecision::Pass,
                delay => RequestDecision::Delay(delay),
            };
        }
        if delay > Duration::ZERO {
            tokio::time::sleep(delay).await;
        }
        request.raw_head = None;
        RequestDecision::Changed
    }

    async fn rewrite_response(
        &self,
        exchange: u64,
        request: &ObservedRequest,
        response: &mut ObservedResponse,
    ) -> ResponseDecision {
        if !self.matcher.fits_response(request, response)
            || !self
                .tally
                .take_response(exchange, !self.on_request.is_empty())
        {
            return ResponseDecision::Pass;
        }
        let (mut is_changed, mut delay) = (false, Duration::ZERO);
        for action in &self.on_response {
            match action {
                ResponseAction::Header(edit) => is_changed |= edit.apply(&mut response.header_list),
                ResponseAction::Body(edit) => {
                    if is_endless(request) {
                        self.note("a stream's body is not held, so it cannot be changed".into());
                        continue;
                    }
                    if request.method == "HEAD" || is_bodyless(response.status) {
                        continue;
                    }
                    let list = &mut response.header_list;
                    let edited = edit.apply(list, &mut response.body).await;
                    is_changed |= edited.unwrap_or_else(|problem| {
                        self.note(problem);
                        false
                    });
                }
                ResponseAction::Status(status) => {
                    is_changed |= self.set_status(*status, request, response);
                }
                ResponseAction::Delay(time) => delay += *time,
                ResponseAction::Close => {
                    tokio::time::sleep(delay).await;
                    return ResponseDecision::Close;
                }
            }
        }
        if !is_changed {
            return match delay {
                Duration::ZERO => ResponseDecision::Pass,
                delay => ResponseDecision::Delay(delay),
            };
        }
        if delay > Duration::ZERO {
            tokio::time::sleep(delay).await;
        }
        response.raw_head = None;
        ResponseDecision::Changed
    }

    fn set_status(
        &self,
        status: u16,
        request: &ObservedRequest,
        response: &mut ObservedResponse,
    ) -> bool {
        if response.status == status {
            return false;
        }
        let mut status = status;
        if is_bodyless(status) {
            if is_endless(request) || !response.body.is_whole() {
                self.note(format!(
                    "the body is too large to be dropped for a {status}"
                ));
                status = 200;
            } else {
                response.body = Default::default();
                response.header_list = response.header_list.without(|header| {
                    ["Content-Length", "Content-Encoding", "Transfer-Encoding"]
                        .iter()
                        .any(|name| header.is(name))
                });
            }
        }
        response.status = status;
        response.reason = match response.reason.is_empty() {
            true => Vec::new(),
            false => reason(status),
        };
        true
    }
}

impl Stage for Rewrite {
    fn name(&self) -> &str {
        &self.name
    }

    fn interest(&self, request: &ObservedRequest) -> Interest {
        if !self.interest.is_any() || !self.matcher.fits_request(request) || !self.tally.is_open() {
            return Interest::NONE;
        }
        Interest {
            response_body: self.interest.response_body && !is_endless(request),
            ..self.interest
        }
    }

    fn on_request<'a>(
        &'a self,
        exchange: u64,
        request: &'a mut ObservedRequest,
    ) -> StageFuture<'a, RequestDecision> {
        Box::pin(self.rewrite_request(exchange, request))
    }

    fn on_response<'a>(
        &'a self,
        exchange: u64,
        request: &'a ObservedRequest,
        response: &'a mut ObservedResponse,
    ) -> StageFuture<'a, ResponseDecision> {
        Box::pin(self.rewrite_response(exchange, request, response))
    }
}

impl RewriteDocument {
    /// Its name, else its identity, else what it is.
    pub fn title(&self) -> &str {
        [self.name.as_str(), self.id.as_str(), "rewrite"]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }
}

/// Whether the response may go on for as long as the page wants: holding its body would hold it for
/// ever.
pub(super) fn is_endless(request: &ObservedRequest) -> bool {
    let list = &request.header_list;
    let accepts_events = list.get("Accept").is_some_and(|accept| {
        String::from_utf8_lossy(&accept)
            .to_ascii_lowercase()
            .contains("text/event-stream")
    });
    accepts_events || list.contains("Upgrade")
}
