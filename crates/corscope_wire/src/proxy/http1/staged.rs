//! An exchange that stages take part in: its request on the way out.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use corscope_fetch::exchange::{Modified, ObservedBody, ObservedRequest, ObservedResponse};

use super::body_scan::BodyScan;
use super::compose::{Onward, compose};
use super::downstream::{Downstream, Whole};
use super::exchange::Ready;
use super::request_head::Framing;
use super::respond::Trouble;
use super::session::{Next, Session};
use super::target::Target;
use super::write::{self, Framed};
use crate::proxy::clock::micros;
use crate::proxy::fault::Fault;
use crate::proxy::pool::kept_for;
use crate::proxy::stages::run::{Interested, Outcome, Verdict};

/// A request that stages want to see.
pub(crate) struct Staged {
    pub(crate) stages: Interested,
    /// As the client sent it.
    pub(crate) request: ObservedRequest,
    /// Its head's bytes.
    pub(crate) bytes: Vec<u8>,
}

/// What the request came to.
pub(crate) enum Outgoing {
    /// It is in `Session::out`, and goes to its server.
    Ready(Ready),
    Over(Next),
}

impl Session<'_> {
    /// Holds the request's body if a stage wants it, asks the stages, and writes what goes on.
    pub(crate) async fn ask_stages(&mut self, staged: &mut Staged) -> Outgoing {
        let mut scan = self.head.body_scan(self.core.limits().response_head);
        let mut raw = Vec::new();
        if staged.stages.all.request_body
            && let Err(trouble) = self
                .hold_request(&mut scan, &mut raw, &mut staged.request)
                .await
        {
            return Outgoing::Over(self.give_up(trouble, false).await);
        }
        let original = staged.request.clone();
        self.watch.allow_any();
        let mut whole = Whole {
            client: &mut self.client,
            input: &mut self.input,
        };
        let asking = staged.stages.on_request(&mut staged.request);
        let Some(outcome) = unless_gone(&mut whole, asking).await else {
            return Outgoing::Over(self.give_up(Trouble::ClientGone, false).await);
        };
        let Outcome {
            by,
            blocked,
            verdict,
        } = outcome;
        let changed = !by.is_empty();
        let request = bounded_request(&staged.request, self.watch.record.capture().body_bytes);
        self.watch.record.edit(|draft| {
            draft.exchange.timing.blocked = Some(micros(blocked));
            if changed {
                let before = std::mem::replace(&mut draft.exchange.request, request);
                let modified = draft.exchange.modified.get_or_insert_default();
                modified.by = by;
                if before != draft.exchange.request {
                    modified.request = Some(before);
                }
            }
        });
        match verdict {
            Verdict::Go => {}
            Verdict::Answer(response) => {
                return Outgoing::Over(self.answer_for_stage(*response, scan.is_over()).await);
            }
            Verdict::Close(name) => {
                let fault = Fault::closed_by_stage(&name);
                self.watch.record.end(Some(fault.failure()));
                return Outgoing::Over(Next::Close);
            }
        }
        self.write_request(staged, &original, changed, scan, &raw)
            .await
    }

    async fn write_request(
        &mut self,
        staged: &mut Staged,
        original: &ObservedRequest,
        changed: bool,
        mut scan: BodyScan,
        raw: &[u8],
    ) -> Outgoing {
        let url = staged.request.url.clone();
        let original_path;
        let target = match Target::absolute(url.as_bytes()) {
            Some(mut target) => {
                // Inside a tunnel an unchanged URL leads where the tunnel does.
                if url == original.url
                    && let Some(inside) = &self.inside
                {
                    target.host = &inside.to.host;
                    target.name = &inside.name;
                }
                if &*original.method == "OPTIONS" && self.head_asks_server(&staged.bytes) {
                    original_path = b"*".to_vec();
                    target.path = &original_path;
                }
                target
            }
            None => {
                let fault = Fault::bad_request("no-target", "the changed URL is none of http(s)");
                return Outgoing::Over(self.fail(&fault, scan.is_over()).await);
            }
        };
        let config = &self.core.config;
        let proxy = config
            .upstream_proxies
            .for_host(false, target.host, target.port)
            .filter(|_| !target.tls && self.inside.is_none());
        self.out.clear();
        if !changed {
            let onward = match proxy {
                None => Onward::Origin(target.path),
                Some(proxy) => Onward::Proxy {
                    authorization: proxy.authorization(),
                    nonce: &self.core.nonce,
                },
            };
            compose(&mut self.out, &staged.bytes, &self.head, &onward);
            self.out.extend_from_slice(raw);
        } else {
            let request = &mut staged.request;
            let held = staged.stages.all.request_body && scan.is_over();
            if held {
                let (old, new) = (original.body.len, request.body.bytes.len() as u64);
                request.body.len = new;
                write::mend_length(&mut request.header_list, old, new);
                let framed = match self.head.framing {
                    Framing::Chunked => Framed::Chunked,
                    _ => Framed::Plain,
                };
                let has_length = request.header_list.contains("Content-Length");
                if framed == Framed::Plain && new > 0 && !has_length {
                    request
                        .header_list
                        .push("Content-Length", format!(" {new}"));
                }
                if let Some(proxy) = proxy.and_then(|proxy| proxy.authorization()) {
                    request
                        .header_list
                        .push("Proxy-Authorization", format!(" {proxy}"));
                }
                self.out = write::request_head(request, &target, proxy.is_some());
                write::body(
                    &mut self.out,
                    &request.body.bytes,
                    framed,
                    &Default::default(),
                );
            } else {
                write::keep_framing(&mut request.header_list, &original.header_list);
                self.out = write::request_head(request, &target, proxy.is_some());
                self.out.extend_from_slice(raw);
            }
        }
        if !staged.stages.all.request_body {
            let record = &self.watch.record;
            let fed = scan.feed(self.input.as_slice(), &mut |piece| {
                record.request_data(piece)
            });
            match fed {
                Ok(used) => {
                    self.out.extend_from_slice(&self.input.as_slice()[..used]);
                    self.input.consume(used);
                }
                Err(fault) => {
                    return Outgoing::Over(
                        self.give_up(Trouble::BadRequestBody(fault), false).await,
                    );
                }
            }
        }
        let kept = kept_for(&self.core.pool, &mut self.upstream, &target).await;
        let to = kept
            .is_none()
            .then(|| (target.destination(), target.name.to_owned()));
        Outgoing::Ready(Ready { scan, kept, to })
    }

    fn head_asks_server(&self, bytes: &[u8]) -> bool {
        &bytes[self.head.target.clone()] == b"*"
    }

    /// Reads the body into memory, as far as there may be of it.
    async fn hold_request(
        &mut self,
        scan: &mut BodyScan,
        raw: &mut Vec<u8>,
        request: &mut ObservedRequest,
    ) -> Result<(), Trouble> {
        let limits = self.core.limits();
        let expects = request
            .header_list
            .get("Expect")
            .is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"));
        if expects && !scan.is_over() && self.input.is_empty() {
            // The client waits for this, and the server is not asked yet.
            let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
            let sent = self.watch.write_all(&mut self.client, go_on).await;
            sent.map_err(|_| Trouble::ClientGone)?;
        }
        loop {
            let record = &self.watch.record;
            let body = &mut request.body;
            let used = scan
                .feed(self.input.as_slice(), &mut |piece| {
                    record.request_data(piece);
                    body.bytes.extend_from_slice(piece);
                    body.len += piece.len() as u64;
                })
                .map_err(Trouble::BadRequestBody)?;
            raw.extend_from_slice(&self.input.as_slice()[..used]);
            self.input.consume(used);
            if scan.is_over() {
                return Ok(());
            }
            if raw.len() >= limits.held_body {
                // More will come: the copy must show that it is not whole.
                request.body.len = request.body.len.saturating_add(1);
                return Ok(());
            }
            self.watch.allow(limits.silence);
            match self.watch.fill(&mut self.input, &mut self.client).await {
                Ok(1..) => {}
                _ => return Err(Trouble::ClientGone),
            }
        }
    }

    /// Answers as a stage said.
    async fn answer_for_stage(&mut self, mut response: ObservedResponse, whole: bool) -> Next {
        let has_body = !self.asker.is_head && !matches!(response.status, 204 | 304 | 100..=199);
        response.body.len = response.body.bytes.len() as u64;
        response.header_list = response
            .header_list
            .without(|header| header.is("Transfer-Encoding") || header.is("Connection"));
        if has_body {
            response
                .header_list
                .set("Content-Length", format!(" {}", response.body.len));
        }
        let keep = whole && self.head.keep_alive && !self.core.is_closing();
        if !keep {
            response.header_list.push("Connection", " close");
        }
        let mut bytes = write::response_head(&response);
        if has_body {
            bytes.extend_from_slice(&response.body.bytes);
        }
        bound(&mut response.body, self.watch.record.capture().body_bytes);
        self.watch
            .record
            .edit(|draft| draft.exchange.response = Some(response));
        self.watch.record.end(None);
        if !keep {
            self.say_last(&bytes).await;
            return Next::Close;
        }
        self.watch.allow(self.core.limits().silence);
        match self.watch.write_all(&mut self.client, &bytes).await {
            Ok(()) => Next::Request,
            Err(_) => Next::Close,
        }
    }
}

/// Awaits `work` for as long as the client is there; `None` once it is gone.
pub(crate) async fn unless_gone<W: Downstream, T>(
    client: &mut W,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => client.poll_gone(context).map(|()| None),
    })
    .await
}

/// A copy of a request whose body is cut to what is kept of one.
pub(crate) fn bounded_request(request: &ObservedRequest, room: usize) -> ObservedRequest {
    let mut copy = request.clone();
    copy.body.len = copy.body.len.max(copy.body.bytes.len() as u64);
    bound(&mut copy.body, room);
    copy
}

/// Cuts a copy of a body to what is kept of one.
pub(crate) fn bound(body: &mut ObservedBody, room: usize) {
    body.bytes.truncate(room);
}

/// Notes that the response was changed.
pub(crate) fn note_changed(
    modified: &mut Option<Box<Modified>>,
    before: ObservedResponse,
    by: Vec<String>,
) {
    let modified = modified.get_or_insert_default();
    modified.by.extend(by);
    modified.response = Some(before);
}
