//! Exchanges that wait at a breakpoint for somebody's decision.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};
use tokio::sync::{oneshot, watch};

use super::document::Direction;
use super::edited::{check_answer, check_request, check_response};
use super::mistake::Mistake;

/// Holds that have ended and are still told of.
const REMEMBERED: usize = 1024;

/// An exchange that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The hold's number.
    pub id: u64,
    /// The exchange's number.
    pub exchange: u64,
    /// The breakpoint's name.
    pub breakpoint: String,
    /// Which message waits.
    pub direction: Direction,
    /// The request; it may be edited where it is what waits.
    pub request: ObservedRequest,
    /// The response, where it is what waits.
    pub response: Option<ObservedResponse>,
    /// Since when, in microseconds since the Unix epoch.
    pub since: u64,
    /// Until when at most.
    pub until: u64,
}

/// What somebody decides about an exchange that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It goes on unchanged.
    GoOn,
    /// The request goes on so.
    Request(Box<ObservedRequest>),
    /// The response goes on so.
    Response(Box<ObservedResponse>),
    /// The request is answered so, without the server.
    Answer(Box<ObservedResponse>),
    /// The client's connection is closed without an answer.
    Close,
}

/// How a hold ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HoldOutcome {
    /// It went on unchanged.
    WentOn,
    /// It went on as somebody edited it.
    Edited,
    /// It was answered without the server.
    Answered,
    /// Somebody closed it.
    Closed,
    /// Its time was up.
    TimedOut,
    /// The client went away.
    ClientGone,
}

/// Why a [`Resolution`] was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldError {
    /// Nothing waits under this number; with how it ended, where that is still known.
    NotHeld(Option<HoldOutcome>),
    /// A request was given for a response, or the other way round.
    WrongDirection,
    /// The body was too large to be held whole, so it cannot be changed.
    BodyCutShort,
    /// What was given cannot be sent.
    Unsendable(Vec<Mistake>),
}

impl fmt::Display for HoldError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHeld(Some(HoldOutcome::TimedOut)) => out.write_str("its time was up"),
            Self::NotHeld(Some(HoldOutcome::ClientGone)) => out.write_str("the client went away"),
            Self::NotHeld(Some(_)) => out.write_str("it was decided already"),
            Self::NotHeld(None) => out.write_str("nothing waits under this number"),
            Self::WrongDirection => out.write_str("this is not the message that waits"),
            Self::BodyCutShort => {
                out.write_str("the body is too large to be held whole, so it cannot be changed")
            }
            Self::Unsendable(mistakes) => {
                for (index, mistake) in mistakes.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "\n" };
                    write!(out, "{comma}{mistake}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for HoldError {}

/// All exchanges that wait, at whichever breakpoint.
#[derive(Debug)]
pub struct Holds {
    capacity: usize,
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    waiting: VecDeque<Waiting>,
    ended: VecDeque<(u64, HoldOutcome)>,
}

#[derive(Debug)]
struct Waiting {
    held: Arc<Held>,
    decide: oneshot::Sender<Resolution>,
}

/// What became of waiting.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Waited {
    Resolved(Resolution),
    TimedOut,
    /// As many as may wait do so already.
    Full,
}

impl Default for Holds {
    fn default() -> Self {
        Self::new(256)
    }
}

impl Holds {
    /// At most `capacity` exchanges wait at once; further ones go on.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            changes: watch::Sender::new(0),
        }
    }

    /// What waits, the longest wait first.
    pub fn list(&self) -> Vec<Arc<Held>> {
        let state = self.lock();
        state
            .waiting
            .iter()
            .map(|it| Arc::clone(&it.held))
            .collect()
    }

    /// One that waits.
    pub fn get(&self, id: u64) -> Option<Arc<Held>> {
        let state = self.lock();
        let found = state.waiting.iter().find(|it| it.held.id == id)?;
        Some(Arc::clone(&found.held))
    }

    /// How a hold ended, as long as that is remembered.
    pub fn outcome(&self, id: u64) -> Option<HoldOutcome> {
        self.lock().outcome(id)
    }

    /// A number that grows whenever [`list`](Self::list) changes.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Decides about one that waits.
    ///
    /// # Errors
    /// When nothing waits under this number any more, or what is given cannot be sent; it then still
    /// waits.
    pub fn resolve(&self, id: u64, resolution: Resolution) -> Result<(), HoldError> {
        let held = self
            .get(id)
            .ok_or_else(|| HoldError::NotHeld(self.outcome(id)))?;
        let resolution = checked(&held, resolution)?;
        let outcome = match &resolution {
            Resolution::GoOn => HoldOutcome::WentOn,
            Resolution::Request(_) | Resolution::Response(_) => HoldOutcome::Edited,
            Resolution::Answer(_) => HoldOutcome::Answered,
            Resolution::Close => HoldOutcome::Closed,
        };
        let waiting = self.end(id, outcome);
        let waiting = waiting.ok_or_else(|| HoldError::NotHeld(self.outcome(id)))?;
        // Nobody listens any more only if the client left in this very moment.
        let gone = |_| HoldError::NotHeld(Some(HoldOutcome::ClientGone));
        waiting.decide.send(resolution).map_err(gone)
    }

    /// Lets everything that waits go on unchanged.
    pub fn go_on_all(&self) {
        for held in self.list() {
            // One that ended meanwhile needs no decision.
            let _ = self.resolve(held.id, Resolution::GoOn);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits for a decision, at most for `limit`. When the future is dropped, nobody waits any more.
    pub(super) async fn wait(&self, mut held: Held, limit: Duration) -> Waited {
        let (decide, mut decision) = oneshot::channel();
        let id = {
            let mut state = self.lock();
            if state.waiting.len() >= self.capacity {
                return Waited::Full;
            }
            state.last += 1;
            held.id = state.last;
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            held.since = since.as_micros() as u64;
            held.until = (since + limit).as_micros() as u64;
            let held = Arc::new(held);
            state.waiting.push_back(Waiting { held, decide });
            state.last
        };
        self.tell();
        let guard = Guard { holds: self, id };
        if let Ok(resolution) = tokio::time::timeout(limit, &mut decision).await {
            return Waited::Resolved(resolution.unwrap_or(Resolution::GoOn));
        }
        if self.end(id, HoldOutcome::TimedOut).is_some() {
            drop(guard);
            return Waited::TimedOut;
        }
        // A decision in this very moment was told to have been taken, so it is.
        Waited::Resolved(decision.await.unwrap_or(Resolution::GoOn))
    }

    /// Takes one out of those that wait.
    fn end(&self, id: u64, outcome: HoldOutcome) -> Option<Waiting> {
        let waiting = {
            let mut state = self.lock();
            let at = state.waiting.iter().position(|it| it.held.id == id)?;
            let waiting = state.waiting.remove(at)?;
            if state.ended.len() == REMEMBERED {
                state.ended.pop_front();
            }
            state.ended.push_back((id, outcome));
            waiting
        };
        self.tell();
        Some(waiting)
    }
}

impl State {
    fn outcome(&self, id: u64) -> Option<HoldOutcome> {
        let found = self.ended.iter().rev().find(|(ended, _)| *ended == id)?;
        Some(found.1)
    }
}

/// Takes a hold out when its future is dropped.
struct Guard<'a> {
    holds: &'a Holds,
    id: u64,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.holds.end(self.id, HoldOutcome::ClientGone);
    }
}

/// The resolution, if it can be carried out; an edit that changes nothing is none.
fn checked(held: &Held, resolution: Resolution) -> Result<Resolution, HoldError> {
    match (resolution, held.direction, &held.response) {
        (Resolution::Request(edited), Direction::Request, _) => {
            if *edited == held.request {
                return Ok(Resolution::GoOn);
            }
            check_request(&held.request, &edited)?;
            let edited = ObservedRequest {
                raw_head: None,
                ..*edited
            };
            Ok(Resolution::Request(Box::new(edited)))
        }
        (Resolution::Response(edited), Direction::Response, Some(original)) => {
            if *edited == *original {
                return Ok(Resolution::GoOn);
            }
            check_response(&held.request, original, &edited)?;
            let edited = ObservedResponse {
                raw_head: None,
                ..*edited
            };
            Ok(Resolution::Response(Box::new(edited)))
        }
        (Resolution::Answer(answer), Direction::Request, _) => {
            check_answer(&answer)?;
            Ok(Resolution::Answer(answer))
        }
        (resolution @ (Resolution::GoOn | Resolution::Close), _, _) => Ok(resolution),
        _ => Err(HoldError::WrongDirection),
    }
}
