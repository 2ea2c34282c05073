//! Passes a response on to the client as it comes, or, where a stage wants it, once it was asked.

use std::time::Instant;

use bytes::Bytes;
use corscope_fetch::HeaderList;
use corscope_fetch::exchange::ObservedResponse;
use http::StatusCode;

use super::client::Client;
use super::fields;
use super::source::{Head, Piece, Source};
use super::trouble::Trouble;
use crate::client::NetworkError;
use crate::proxy::clock::micros;
use crate::proxy::config::Limits;
use crate::proxy::fault::Fault;
use crate::proxy::http1::staged::{bound, note_changed};
use crate::proxy::http1::staged_response::AskAbout;
use crate::proxy::http1::write;
use crate::proxy::sse::EventStream;
use crate::proxy::stages::run::{Outcome, Verdict};
use crate::proxy::watch::Watch;

/// What is needed to pass on the response to one request.
pub(super) struct Relay<'a> {
    pub(super) watch: &'a Watch,
    pub(super) limits: &'a Limits,
    pub(super) is_head: bool,
    /// Whom to ask before anything is passed on.
    pub(super) ask: Option<&'a AskAbout<'a>>,
}

impl Relay<'_> {
    pub(super) async fn run(
        &self,
        source: &mut Source<'_>,
        client: &mut Client<'_>,
    ) -> Result<(), Trouble> {
        let mut informational = Vec::new();
        let head = loop {
            let piece = self.next(source, client).await?;
            let now = Instant::now();
            self.watch.record.edit(|draft| draft.mark_first_byte(now));
            match piece {
                Piece::Informational(status, headers) => {
                    if informational.len() == self.limits.informational {
                        let limit = self.limits.informational;
                        return Err(refused(&NetworkError::TooManyInformational { limit }));
                    }
                    informational.push((status.as_u16(), fields::list(&headers)));
                    client.informational(status, headers);
                }
                Piece::Head(head) => break *head,
                // No source begins with anything else.
                Piece::Data(..) | Piece::Trailers(_) | Piece::End => {
                    return Err(refused(&NetworkError::EmptyResponse));
                }
            }
        };
        self.check(&head)?;
        let response = observed(&head, informational);
        if let Some(ask) = self.ask {
            let noted = response.clone();
            self.watch
                .record
                .edit(|draft| draft.exchange.response = Some(noted));
            self.watch.record.tell_redirect();
            return self.staged(ask, source, client, head, response).await;
        }
        self.watch
            .record
            .edit(|draft| draft.exchange.response = Some(response));
        self.watch.record.tell_redirect();
        let mut events = (fields::is_event_stream(&head.headers) && self.watch.record.is_on())
            .then(|| EventStream::new(self.watch.record.capture().message_bytes));
        client.head(head.status, head.headers, head.last)?;
        match head.last {
            true => Ok(()),
            false => self.body(source, client, events.as_mut()).await,
        }
    }

    /// The next piece, unless the client goes away before it comes.
    async fn next(
        &self,
        source: &mut Source<'_>,
        client: &mut Client<'_>,
    ) -> Result<Piece, Trouble> {
        let piece = client.while_there(source.phase(), source.next()).await??;
        self.watch.allow(self.limits.silence);
        Ok(piece)
    }

    fn check(&self, head: &Head) -> Result<(), Trouble> {
        let limit = self.limits.header_lines;
        if head.headers.len() > limit {
            return Err(refused(&NetworkError::TooManyHeaderLines { limit }));
        }
        let limit = self.limits.response_head;
        if fields::size(&head.headers) > limit {
            return Err(refused(&NetworkError::HeadTooLarge { limit }));
        }
        Ok(())
    }

    /// Passes the body on, and what follows it.
    async fn body(
        &self,
        source: &mut Source<'_>,
        client: &mut Client<'_>,
        mut events: Option<&mut EventStream>,
    ) -> Result<(), Trouble> {
        loop {
            match self.next(source, client).await? {
                Piece::Data(data, last) => {
                    self.watch.record.response_data(&data);
                    if let Some(events) = &mut events {
                        events.feed(&data, &self.watch.record);
                    }
                    let len = data.len();
                    if len > 0 || last {
                        client.data(data, last).await?;
                    }
                    if last {
                        return Ok(());
                    }
                    source.used(len);
                }
                Piece::Trailers(trailers) => {
                    self.note_trailers(fields::list(&trailers));
                    return client.trailers(trailers);
                }
                Piece::End => return client.data(Bytes::new(), true).await,
                Piece::Informational(..) | Piece::Head(_) => {}
            }
        }
    }

    fn note_trailers(&self, trailers: HeaderList) {
        self.watch.record.edit(|draft| {
            if let Some(response) = &mut draft.exchange.response {
                response.trailers = trailers;
            }
        });
    }

    async fn staged(
        &self,
        ask: &AskAbout<'_>,
        source: &mut Source<'_>,
        client: &mut Client<'_>,
        head: Head,
        mut response: ObservedResponse,
    ) -> Result<(), Trouble> {
        let mut held = Held {
            over: head.last,
            ..Held::default()
        };
        if ask.stages.all.response_body {
            self.hold(source, client, &mut held, &mut response).await?;
        }
        let original = response.clone();
        self.watch.allow_any();
        let asking = ask.stages.on_response(ask.request, &mut response);
        let Outcome {
            by,
            blocked,
            verdict,
        } = client.while_there(source.phase(), asking).await?;
        self.watch.record.edit(|draft| {
            let timing = &mut draft.exchange.timing;
            timing.blocked = Some(timing.blocked.unwrap_or_default() + micros(blocked));
        });
        if let Verdict::Close(name) = verdict {
            return Err(Trouble::Closed(name));
        }
        self.watch.allow(self.limits.silence);
        let (mut status, mut headers) = (head.status, head.headers);
        if !by.is_empty() {
            if ask.stages.all.response_body && held.over {
                let new = response.body.bytes.len() as u64;
                let list = &mut response.header_list;
                write::mend_length(list, original.body.len, new);
                response.body.len = new;
                held.pieces = vec![Bytes::from(response.body.bytes.clone())];
                let trailers = fields::map(&response.trailers);
                held.trailers = (!trailers.is_empty()).then_some(trailers);
            } else {
                write::keep_framing(&mut response.header_list, &original.header_list);
            }
            status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY);
            headers = fields::of_http1(&response.header_list);
            self.note_change(response, original, by);
        }
        let is_bare = self.is_head || matches!(status.as_u16(), 204 | 304);
        let is_empty = held.pieces.iter().all(Bytes::is_empty) && held.trailers.is_none();
        let last = held.over && (is_bare || is_empty);
        client.head(status, headers, last)?;
        if last {
            return Ok(());
        }
        let count = held.pieces.len();
        for (place, piece) in held.pieces.into_iter().enumerate() {
            let last = held.over && held.trailers.is_none() && place + 1 == count;
            client.data(piece, last).await?;
            if last {
                return Ok(());
            }
        }
        match held.trailers {
            Some(trailers) => client.trailers(trailers),
            None => self.body(source, client, None).await,
        }
    }

    /// Reads the body into memory, as far as there may be of it.
    async fn hold(
        &self,
        source: &mut Source<'_>,
        client: &mut Client<'_>,
        held: &mut Held,
        response: &mut ObservedResponse,
    ) -> Result<(), Trouble> {
        while !held.over {
            if response.body.bytes.len() >= self.limits.held_body {
                // More will come: the copy must show that it is not whole.
                response.body.len = response.body.len.saturating_add(1);
                return Ok(());
            }
            match self.next(source, client).await? {
                Piece::Data(data, last) => {
                    self.watch.record.response_data(&data);
                    response.body.bytes.extend_from_slice(&data);
                    response.body.len += data.len() as u64;
                    source.used(data.len());
                    held.pieces.push(data);
                    held.over = last;
                }
                Piece::Trailers(trailers) => {
                    response.trailers = fields::list(&trailers);
                    self.note_trailers(response.trailers.clone());
                    held.trailers = Some(trailers);
                    held.over = true;
                }
                Piece::End => held.over = true,
                Piece::Informational(..) | Piece::Head(_) => {}
            }
        }
        Ok(())
    }

    fn note_change(
        &self,
        mut response: ObservedResponse,
        mut original: ObservedResponse,
        by: Vec<String>,
    ) {
        let room = self.watch.record.capture().body_bytes;
        bound(&mut response.body, room);
        bound(&mut original.body, room);
        self.watch.record.edit(|draft| {
            let exchange = &mut draft.exchange;
            exchange.response = Some(response);
            note_changed(&mut exchange.modified, original, by);
        });
        self.watch.record.tell_redirect();
    }
}

/// What was read of a body before a stage is asked.
#[derive(Default)]
struct Held {
    pieces: Vec<Bytes>,
    trailers: Option<http::HeaderMap>,
    /// Whether nothing else comes.
    over: bool,
}

fn observed(head: &Head, informational: Vec<(u16, HeaderList)>) -> ObservedResponse {
    ObservedResponse {
        status: head.status.as_u16(),
        reason: head.reason.clone(),
        version: head.version,
        header_list: head.list.clone(),
        informational,
        ..ObservedResponse::default()
    }
}

fn refused(error: &NetworkError) -> Trouble {
    Trouble::Fault(Fault::of_network(error))
}
