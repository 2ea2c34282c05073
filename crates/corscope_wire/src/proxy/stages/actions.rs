//! Actions, ready to be done.

use std::time::Duration;

use super::action_document::ActionDocument;
use super::answer::{Answer, AnswerPreflight};
use super::document::Direction;
use super::edit::{BodyEdit, HeaderEdit, NewBody};
use super::folder::Folder;
use super::forward::Forward;
use super::mistake::Mistakes;
use super::rewrite::Ground;

/// The longest [delay](ActionDocument::Delay).
const LONGEST_DELAY: Duration = Duration::from_secs(600);

/// What is done to a request.
pub(super) enum RequestAction {
    Header(HeaderEdit),
    Body(BodyEdit),
    Forward(Forward),
    Delay(Duration),
    Answer(Answer),
    AnswerPreflight(AnswerPreflight),
    Folder(Folder),
    Close,
}

/// What is done to a response.
pub(super) enum ResponseAction {
    Header(HeaderEdit),
    Body(BodyEdit),
    Status(u16),
    Delay(Duration),
    Close,
}

impl RequestAction {
    /// Whether nothing can come after it.
    pub(super) fn is_last(&self) -> bool {
        matches!(self, Self::Answer(_) | Self::Folder(_) | Self::Close)
    }
}

/// An action for one of the two messages.
pub(super) enum Compiled {
    Request(RequestAction),
    Response(ResponseAction),
}

/// Makes an action ready; `None` only when a mistake was added.
pub(super) fn compile(
    action: &ActionDocument,
    at: &str,
    ground: &Ground,
    mistakes: &mut Mistakes,
) -> Option<Compiled> {
    use Compiled::{Request, Response};
    let directory = &ground.directory;
    let at = &format!("{at}.{}", action.name());
    Some(match action {
        ActionDocument::SetRequestHeader(it) => {
            Request(RequestAction::Header(HeaderEdit::set(it, at, mistakes)))
        }
        ActionDocument::AddRequestHeader(it) => {
            Request(RequestAction::Header(HeaderEdit::add(it, at, mistakes)))
        }
        ActionDocument::RemoveRequestHeader(it) => {
            Request(RequestAction::Header(HeaderEdit::remove(it, at, mistakes)))
        }
        ActionDocument::ReplaceInRequestHeader(it) => Request(RequestAction::Header(
            HeaderEdit::replace(it, at, mistakes)?,
        )),
        ActionDocument::ReplaceInRequestBody(it) => {
            Request(RequestAction::Body(BodyEdit::replace(it, at, mistakes)?))
        }
        ActionDocument::SetRequestBody(it) => {
            let body = NewBody::build(it, at, directory, mistakes)?;
            Request(RequestAction::Body(BodyEdit::Set(body)))
        }
        ActionDocument::Forward(it) => {
            Request(RequestAction::Forward(Forward::build(it, at, mistakes)?))
        }
        ActionDocument::Answer(it) => Request(RequestAction::Answer(Answer::build(
            it, at, ground, mistakes,
        ))),
        ActionDocument::AnswerPreflight(it) => Request(RequestAction::AnswerPreflight(
            AnswerPreflight::build(it, at, mistakes)?,
        )),
        ActionDocument::MapFolder(it) => {
            let folder = Folder::build(it, at, directory, mistakes)?;
            Request(RequestAction::Folder(folder))
        }
        ActionDocument::SetStatus(status) => {
            mistakes.status(at, *status);
            Response(ResponseAction::Status(*status))
        }
        ActionDocument::SetResponseHeader(it) => {
            Response(ResponseAction::Header(HeaderEdit::set(it, at, mistakes)))
        }
        ActionDocument::AddResponseHeader(it) => {
            Response(ResponseAction::Header(HeaderEdit::add(it, at, mistakes)))
        }
        ActionDocument::RemoveResponseHeader(it) => {
            Response(ResponseAction::Header(HeaderEdit::remove(it, at, mistakes)))
        }
        ActionDocument::ReplaceInResponseHeader(it) => Response(ResponseAction::Header(
            HeaderEdit::replace(it, at, mistakes)?,
        )),
        ActionDocument::ReplaceInResponseBody(it) => {
            Response(ResponseAction::Body(BodyEdit::replace(it, at, mistakes)?))
        }
        ActionDocument::SetResponseBody(it) => {
            let body = NewBody::build(it, at, directory, mistakes)?;
            Response(ResponseAction::Body(BodyEdit::Set(body)))
        }
        ActionDocument::Delay(it) => {
            let time = Duration::from_millis(it.ms);
            if time.is_zero() || time > LONGEST_DELAY {
                let problem = format!("{} ms is no delay", it.ms);
                let mend = format!("write 1 to {} milliseconds", LONGEST_DELAY.as_millis());
                mistakes.add(format!("{at}.ms"), problem, mend);
            }
            match it.on {
                Direction::Request => Request(RequestAction::Delay(time)),
                Direction::Response => Response(ResponseAction::Delay(time)),
            }
        }
        ActionDocument::Close(Direction::Request) => Request(RequestAction::Close),
        ActionDocument::Close(Direction::Response) => Response(ResponseAction::Close),
    })
}
