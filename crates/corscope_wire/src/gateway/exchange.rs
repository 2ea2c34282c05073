//! One request to the gateway: where it leads, what it may, and what is answered in the server's
//! place.

use std::time::Instant;

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{
    ConnectionFacts, Exchange, ObservedBody, ObservedRequest, ObservedResponse, Side,
};

use super::cors::Standing;
use super::files::File;
use super::front::{Front, Leads};
use super::place::climbs;
use super::request::{Onward, is_loop, is_preflight};
use super::response::{BY, Back};
use crate::proxy::answer::MARK;
use crate::proxy::fault::Fault;
use crate::proxy::http1::exchange::{Ready, bad_body};
use crate::proxy::http1::request_head::{Framing, Upgrade};
use crate::proxy::http1::session::{Next, Session};
use crate::proxy::http1::target::Target;
use crate::proxy::http1::write;
use crate::proxy::pool::kept_for;

/// What a request's head came to.
enum Routed<'a> {
    Onward(Ready, Back<'a>),
    Answer(Box<ObservedResponse>),
    File(&'a super::files::Folder, String),
    Fault(Fault),
}

impl Session<'_> {
    /// Carries the request whose head is in `self.head` through the gateway.
    pub(crate) async fn through(&mut self, front: &Front, started: Instant) -> Next {
        match self.lead(front, started).await {
            Routed::Onward(ready, back) => self.send(ready, None, Some(&back)).await,
            Routed::Answer(response) => self.answer_whole(*response).await,
            Routed::Fault(fault) => {
                let whole = self.take_bodyless();
                self.fail(&fault, whole).await
            }
            Routed::File(folder, path) => {
                let accepts_page = self.asker.wants_html;
                let bytes = &self.input.as_slice()[..self.head.len];
                let known = value(bytes, &self.head, b"if-none-match").map(<[u8]>::to_vec);
                let is_read = matches!(&bytes[self.head.method.clone()], b"GET" | b"HEAD");
                if !is_read {
                    return self
                        .answer_whole(refusal(405, "this folder is only read"))
                        .await;
                }
                let found = folder.find(path, accepts_page, known).await;
                self.serve(found).await
            }
        }
    }

    async fn lead<'f>(&mut self, front: &'f Front, started: Instant) -> Routed<'f> {
        let Self {
            core,
            watch,
            input,
            head,
            out,
            asker,
            upstream,
            facts,
            ..
        } = self;
        let bytes = &input.as_slice()[..head.len];
        let method = &bytes[head.method.clone()];
        let path = &bytes[head.target.clone()];
        let host = head.value(bytes, head.host).unwrap_or_default();
        let origin = head.value(bytes, head.origin);
        asker.set(origin, head.value(bytes, head.accept), method);
        watch.record.begin(started, || {
            Box::new(Exchange {
                id: core.next_exchange(),
                request: ObservedRequest {
                    method: String::from_utf8_lossy(method).into_owned(),
                    url: url(host, path),
                    version: head.version,
                    header_list: head.header_list(bytes),
                    ..ObservedRequest::default()
                },
                connection: ConnectionFacts {
                    client: facts.id,
                    ..ConnectionFacts::default()
                },
                ..Exchange::default()
            })
        });
        if !path.starts_with(b"/") && path != b"*" {
            return Routed::Fault(
                Fault::bad_request(
                    "not-a-gateway-request",
                    "this gateway leads to the target that it was started with, and nowhere else",
                )
                .next("ask for a path; `corscope proxy` is what takes whole URLs"),
            );
        }
        if let Err(fault) = front.admit_host(host) {
            // Whoever asks by a foreign name gets nothing that its page could read.
            asker.origin.clear();
            return Routed::Fault(fault);
        }
        if is_loop(bytes, head, &core.nonce) {
            return Routed::Fault(Fault::hop_loop());
        }
        if climbs(path) {
            let message = "the path leads out of what is served here";
            return Routed::Fault(Fault::bad_request("path-climbs", message));
        }
        let standing = front.cors.standing(origin, host);
        let (place, cors) = match front.leads(path) {
            Leads::Api(place) => (place, Some(&front.cors)),
            Leads::App(place) => (place, None),
            Leads::Folder(folder) => {
                let path = String::from_utf8_lossy(path).into_owned();
                return Routed::File(folder, path);
            }
            Leads::Nowhere => return Routed::Fault(nowhere(&front.api.prefix)),
        };
        if standing == Standing::Refused {
            front.note_refused(origin.unwrap_or_default());
        }
        if cors.is_some() && is_preflight(bytes, head) {
            let list = front.cors.preflight(&head.header_list(bytes), standing);
            return Routed::Answer(Box::new(preflight(list, standing)));
        }
        if standing == Standing::Refused && head.upgrade == Upgrade::WebSocket {
            return Routed::Fault(origin_refused());
        }
        out.clear();
        let onward = Onward {
            front,
            place,
            standing,
            host,
            nonce: &core.nonce,
        };
        onward.compose(bytes, head, out);
        let back = Back {
            place,
            cors,
            origin: origin.unwrap_or_default().to_vec(),
            standing,
        };
        let to = &place.target.to;
        let target = Target {
            tls: to.tls,
            host: &to.host,
            port: to.port,
            name: &to.host,
            path: b"",
        };
        let kept = kept_for(&core.pool, upstream, &target).await;
        let to = kept.is_none().then(|| (to.clone(), to.host.clone()));
        let mut scan = head.body_scan(core.limits().response_head);
        let rest = &input.as_slice()[head.len..];
        let record = &watch.record;
        let used = match scan.feed(rest, &mut |piece| record.request_data(piece)) {
            Ok(used) => used,
            Err(fault) => return Routed::Fault(bad_body(&fault)),
        };
        out.extend_from_slice(&rest[..used]);
        input.consume(head.len + used);
        Routed::Onward(Ready { scan, kept, to }, back)
    }

    /// Marks the request as used if it is its head alone, so that the connection can go on.
    fn take_bodyless(&mut self) -> bool {
        let is_bodyless = self.head.framing == Framing::None && self.head.upgrade == Upgrade::None;
        if is_bodyless {
            self.input.consume(self.head.len);
        }
        is_bodyless
    }

    /// Answers in the server's place, with all that there is to say.
    async fn answer_whole(&mut self, mut response: ObservedResponse) -> Next {
        let body = std::mem::take(&mut response.body.bytes);
        let has_length = !matches!(response.status, 204 | 304);
        if has_length {
            let length = response.body.len.max(body.len() as u64);
            response.body.len = length;
            response
                .header_list
                .push("Content-Length", format!(" {length}"));
        }
        let whole = self.take_bodyless();
        let keep = whole && self.head.keep_alive && !self.core.is_closing();
        if !keep {
            response.header_list.push("Connection", " close");
        }
        let mut bytes = write::response_head(&response);
        if has_length && !self.asker.is_head {
            bytes.extend_from_slice(&body);
        }
        let room = self.watch.record.capture().body_bytes;
        response.body.bytes = body;
        response.body.bytes.truncate(room);
        self.watch.record.edit(|draft| {
            let modified = draft.exchange.modified.get_or_insert_default();
            modified.by.push(BY.to_owned());
            draft.exchange.response = Some(response);
        });
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

    /// Answers with a file, piece by piece.
    async fn serve(&mut self, found: Result<File, ObservedResponse>) -> Next {
        let mut file = match found {
            Ok(file) => file,
            Err(response) => return self.answer_whole(response).await,
        };
        let whole = self.take_bodyless();
        let keep = whole && self.head.keep_alive && !self.core.is_closing();
        let mut response = std::mem::take(&mut file.response);
        if !keep {
            response.header_list.push("Connection", " close");
        }
        let mut bytes = write::response_head(&response);
        self.watch
            .record
            .edit(|draft| draft.exchange.response = Some(response));
        let mut left = if self.asker.is_head { 0 } else { file.len };
        loop {
            self.watch.allow(self.core.limits().silence);
            if self
                .watch
                .write_all(&mut self.client, &bytes)
                .await
                .is_err()
            {
                self.watch
                    .record
                    .end(Some(Fault::client_closed().failure()));
                return Next::Close;
            }
            if left == 0 {
                break;
            }
            bytes = match file.piece(left).await {
                Ok(bytes) if !bytes.is_empty() => bytes,
                _ => {
                    let message = "the file became shorter while it was sent";
                    let fault = Fault::new("file-cut-off", Side::Corscope, 500, message);
                    self.watch.record.end(Some(fault.failure()));
                    self.client.cut();
                    return Next::Close;
                }
            };
            self.watch.record.response_data(&bytes);
            left -= bytes.len() as u64;
        }
        self.watch.record.end(None);
        if keep {
            return Next::Request;
        }
        self.say_last(b"").await;
        Next::Close
    }
}

/// The answer to a CORS-preflight request.
fn preflight(header_list: HeaderList, standing: Standing) -> ObservedResponse {
    match standing {
        Standing::Refused => {
            let mut response = refusal(403, &origin_refused().message);
            response.header_list.push(MARK, " origin-refused");
            response
                .header_list
                .extend(header_list.iter().map(|header| (header.name, header.value)));
            response
        }
        _ => ObservedResponse {
            status: 204,
            header_list,
            ..ObservedResponse::default()
        },
    }
}

/// A short answer in words.
pub(crate) fn refusal(status: u16, message: &str) -> ObservedResponse {
    let list = [
        ("Content-Type", " text/plain; charset=utf-8"),
        ("Cache-Control", " no-store"),
        ("X-Content-Type-Options", " nosniff"),
    ];
    ObservedResponse {
        status,
        header_list: list.into_iter().collect(),
        body: ObservedBody {
            bytes: format!("corscope gateway: {message}\n").into_bytes(),
            len: 0,
        },
        ..ObservedResponse::default()
    }
}

fn origin_refused() -> Fault {
    let message = "the page's origin is not on the gateway's list; allow it with --origin";
    Fault::new("origin-refused", Side::Corscope, 403, message)
}

fn nowhere(prefix: &str) -> Fault {
    let message = format!("nothing is served here; the API is at {prefix}/");
    Fault::new("not-mounted", Side::Client, 404, message)
        .next("start corscope with --app to serve a page's files, too")
}

fn url(host: &[u8], path: &[u8]) -> String {
    let path = if path.starts_with(b"/") { path } else { b"/" };
    let host = String::from_utf8_lossy(host);
    let host = host.strip_suffix(":80").unwrap_or(&host);
    ["http://", host, &String::from_utf8_lossy(path)].concat()
}

fn value<'a>(
    bytes: &'a [u8],
    head: &crate::proxy::http1::request_head::RequestHead,
    name: &[u8],
) -> Option<&'a [u8]> {
    let line = head
        .lines
        .iter()
        .find(|line| bytes[line.start..line.colon].eq_ignore_ascii_case(name))?;
    Some(bytes[line.colon + 1..line.end].trim_ascii())
}
