//! Where rewrites and breakpoints take part: a [`Stage`] sees exchanges on their way and may change
//! them.
//!
//! An exchange that no stage is interested in keeps the byte-exact path. One that a stage wants has
//! its heads written anew from their header lists (spelling, order and duplicates stay; folded and
//! malformed lines do not), and its bodies are held, bounded, only where a stage asks for them.
//! `Content-Length` is mended only where it was right before.

mod action_document;
mod actions;
mod answer;
mod breakpoint;
#[cfg(test)]
mod breakpoint_tests;
mod document;
mod edit;
mod edited;
mod every_preflight;
mod folder;
mod forward;
mod glob;
mod hold;
mod matcher;
#[cfg(test)]
mod matcher_tests;
mod mistake;
mod rewrite;
#[cfg(test)]
mod rewrite_tests;
mod rewrites;
mod rules_file;
#[cfg(test)]
mod rules_file_tests;
pub(crate) mod run;
mod tally;

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};

pub use action_document::{
    ActionDocument, AnswerActionDocument, AnswerPreflightDocument, BodyActionDocument,
    DelayDocument, ForwardDocument, HeaderDocument, MapFolderDocument, ReplaceDocument,
};
pub use breakpoint::Breakpoint;
pub use document::{
    BreakpointDocument, Direction, HeaderMatchDocument, MatchDocument, Overdue, RewriteDocument,
    RulesDocument, StatusDocument,
};
pub use every_preflight::EveryPreflight;
pub use hold::{Held, HoldError, HoldOutcome, Holds, Resolution};
pub use matcher::CorsCheck;
pub use mistake::Mistake;
pub use rewrite::{Ground, Rewrite};
pub use rewrites::{Listed, Rewrites, RewritesError};
pub use rules_file::{rules_from_toml, rules_to_toml};

/// What a stage's methods return: a future that lives as long as what it was lent.
pub type StageFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something that takes part in exchanges: a rewrite, a breakpoint.
///
/// When the client goes away while a future of a stage is pending, the future is dropped: that is
/// how a breakpoint learns that nobody waits any more.
pub trait Stage: Send + Sync + 'static {
    /// Its name, which is noted in
    /// [`Modified::by`](corscope_fetch::exchange::Modified::by) when it changed something.
    fn name(&self) -> &str;

    /// What is noted of one exchange once a method has answered anything but `Pass` for it; more than
    /// the name where there is more to tell.
    fn noted(&self, exchange: u64) -> Cow<'_, str> {
        let _ = exchange;
        self.name().into()
    }

    /// What it wants of an exchange, by the request's head alone (the body is empty). Called for
    /// every exchange, so it must be quick.
    fn interest(&self, request: &ObservedRequest) -> Interest;

    /// Called before anything is sent to the server, if [`Interest::request`] was set. It may edit
    /// `request` in place; then it must answer [`RequestDecision::Changed`]. A changed URL goes
    /// elsewhere, `Host` is not touched.
    fn on_request<'a>(
        &'a self,
        exchange: u64,
        request: &'a mut ObservedRequest,
    ) -> StageFuture<'a, RequestDecision> {
        let _ = (exchange, request);
        Box::pin(async { RequestDecision::Pass })
    }

    /// Called before anything is sent to the client, if [`Interest::response`] was set. It may edit
    /// `response` in place; then it must answer [`ResponseDecision::Changed`].
    fn on_response<'a>(
        &'a self,
        exchange: u64,
        request: &'a ObservedRequest,
        response: &'a mut ObservedResponse,
    ) -> StageFuture<'a, ResponseDecision> {
        let _ = (exchange, request, response);
        Box::pin(async { ResponseDecision::Pass })
    }
}

/// What a stage wants of one exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// To be asked before the request goes out.
    pub request: bool,
    /// To have the request's whole body by then. A body larger than
    /// [`Limits::held_body`](super::Limits::held_body) is given cut short
    /// ([`is_whole`](corscope_fetch::exchange::ObservedBody::is_whole) is false) and can then not
    /// be changed.
    pub request_body: bool,
    /// To be asked before the response goes out.
    pub response: bool,
    /// To have the response's whole body by then, bounded in the same way.
    pub response_body: bool,
}

impl Interest {
    /// No interest at all.
    pub const NONE: Self = Self {
        request: false,
        request_body: false,
        response: false,
        response_body: false,
    };

    /// Whether there is any.
    pub const fn is_any(self) -> bool {
        self.request || self.response
    }

    /// What either wants.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            request: self.request || other.request,
            request_body: self.request_body || other.request_body,
            response: self.response || other.response,
            response_body: self.response_body || other.response_body,
        }
    }
}

/// What becomes of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RequestDecision {
    /// It goes on as it is.
    #[default]
    Pass,
    /// It was edited in place and goes on so: the head, the body, or the URL (then it goes there).
    Changed,
    /// It is answered without the server; later stages do not see it.
    Answer(Box<ObservedResponse>),
    /// The client's connection is closed without an answer.
    Close,
    /// It goes on after this time. A delay of zero is noted like any other.
    Delay(Duration),
}

/// What becomes of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ResponseDecision {
    /// It goes on as it is.
    #[default]
    Pass,
    /// It was edited in place and goes on so.
    Changed,
    /// The client's connection is closed without an answer.
    Close,
    /// It goes on after this time. A delay of zero is noted like any other.
    Delay(Duration),
}

/// The stages in force, in order; they can be swapped at any time, and exchanges that began before
/// keep those they began with.
#[derive(Default)]
pub struct Stages {
    any: AtomicBool,
    list: RwLock<Arc<[Arc<dyn Stage>]>>,
}

impl Stages {
    /// These stages.
    pub fn new(list: Vec<Arc<dyn Stage>>) -> Self {
        let stages = Self::default();
        stages.set(list);
        stages
    }

    /// Puts `list` in place of what was there.
    pub fn set(&self, list: Vec<Arc<dyn Stage>>) {
        let any = !list.is_empty();
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = list.into();
        self.any.store(any, Ordering::Release);
    }

    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// The stages in force; `None` costs one atomic load.
    pub(crate) fn get(&self) -> Option<Arc<[Arc<dyn Stage>]>> {
        if !self.any() {
            return None;
        }
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        (!list.is_empty()).then(|| Arc::clone(&list))
    }
}

impl std::fmt::Debug for Stages {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        out.debug_list()
            .entries(list.iter().map(|stage| stage.name()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Idle;

    impl Stage for Idle {
        fn name(&self) -> &str {
            "idle"
        }

        fn interest(&self, _: &ObservedRequest) -> Interest {
            Interest::NONE
        }
    }

    #[test]
    fn stages_can_be_swapped_while_others_look() {
        let stages = Stages::default();
        assert!(stages.get().is_none());
        stages.set(vec![Arc::new(Idle)]);
        let kept = stages.get().unwrap();
        stages.set(Vec::new());
        assert!(stages.get().is_none());
        assert_eq!(kept[0].name(), "idle");
    }
}
