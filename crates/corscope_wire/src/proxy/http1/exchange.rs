//! One exchange: where the request goes, the connection it takes, and what becomes of it.

use std::time::Instant;

use corscope_fetch::exchange::{ConnectionFacts, Exchange, ObservedRequest};
use tokio::io::AsyncWriteExt;

use super::body_scan::BodyScan;
use super::carry::{Carry, is_loss};
use super::compose::{Onward, compose};
use super::downstream::Whole;
use super::respond::{Relayed, RewriteHead, Trouble};
use super::session::{Next, Session};
use super::staged::{Outgoing, Staged, unless_gone};
use super::staged_response::AskAbout;
use super::target::{Target, host_and_port};
use crate::client::Destination;
use crate::proxy::answer::{self, Answer};
use crate::proxy::fault::{Fault, body_failure};
use crate::proxy::guide;
use crate::proxy::pool::kept_for;
use crate::proxy::splice;
use crate::proxy::stages::run::Interested;
use crate::proxy::upstream::Upstream;

/// A request that is ready to be sent.
pub(crate) struct Ready {
    /// The request's body, as far as it has not come yet.
    pub(crate) scan: BodyScan,
    /// A kept connection to where it goes.
    pub(crate) kept: Option<Upstream>,
    /// Where it goes; known by `kept` otherwise.
    pub(crate) to: Option<(Destination, String)>,
}

/// What a request's head came to.
enum Routed {
    Ready(Ready),
    Staged(Box<Staged>),
    Connect(Destination),
    Guide(Answer),
    Fault(Fault),
}

impl Session<'_> {
    /// Carries the request whose head is in `self.head`.
    pub(crate) async fn exchange(&mut self, started: Instant) -> Next {
        let mut staged = None;
        let ready = match self.route(started).await {
            Routed::Ready(ready) => ready,
            Routed::Staged(mut asked) => match self.ask_stages(&mut asked).await {
                Outgoing::Ready(ready) => {
                    staged = Some(asked);
                    ready
                }
                Outgoing::Over(next) => return next,
            },
            Routed::Connect(to) => return Next::Connect(to),
            Routed::Guide(answer) => return self.say(&answer, false).await,
            Routed::Fault(fault) => return self.fail(&fault, false).await,
        };
        self.send(ready, staged, None).await
    }

    /// Sends the request in `self.out` and passes its response on, its head rewritten by `rewrite`.
    pub(crate) async fn send(
        &mut self,
        ready: Ready,
        staged: Option<Box<Staged>>,
        rewrite: Option<&dyn RewriteHead>,
    ) -> Next {
        let Ready {
            mut scan,
            mut kept,
            to,
        } = ready;
        let ask = staged
            .as_ref()
            .filter(|staged| staged.stages.all.response)
            .map(|staged| AskAbout {
                stages: &staged.stages,
                request: &staged.request,
            });
        let replayable = scan.is_over();
        let mut to = to;
        loop {
            let reused = kept.is_some();
            let mut upstream = match kept.take() {
                Some(upstream) => upstream,
                None => match self.open(to.take()).await {
                    Some(Ok(upstream)) => upstream,
                    Some(Err(fault)) => return self.fail(&fault, scan.is_over()).await,
                    None => return self.give_up(Trouble::ClientGone, false).await,
                },
            };
            self.note_upstream(&upstream);
            let carry = Carry {
                watch: self.watch,
                limits: self.core.limits(),
                method: method_of(&self.out),
                ask: ask.as_ref(),
                rewrite,
                out: &self.out,
            };
            let carried = carry
                .run(&mut self.client, &mut self.input, &mut upstream, &mut scan)
                .await;
            upstream.used = true;
            match carried {
                Err(Trouble::NoResponse {
                    error,
                    silent: true,
                }) if reused && replayable && is_loss(&error) => {
                    // The server had closed the kept connection; nobody has seen the request.
                    to = Some((upstream.facts.to.clone(), upstream.facts.name.clone()));
                }
                Ok(relayed) => return self.conclude(relayed, upstream).await,
                Err(trouble) => return self.give_up(trouble, scan.is_over()).await,
            }
        }
    }

    /// Reads the head: where the request goes, and how it is written there.
    async fn route(&mut self, started: Instant) -> Routed {
        let Self {
            core,
            watch,
            input,
            head,
            out,
            asker,
            inside,
            upstream,
            facts,
            ..
        } = self;
        let bytes = &input.as_slice()[..head.len];
        let method = &bytes[head.method.clone()];
        let raw_target = &bytes[head.target.clone()];
        asker.set(
            head.value(bytes, head.origin),
            head.value(bytes, head.accept),
            method,
        );
        let target = match (inside.as_ref(), Target::absolute(raw_target)) {
            (Some(inside), absolute) => Some(Target {
                tls: inside.to.tls,
                host: &inside.to.host,
                port: inside.to.port,
                name: &inside.name,
                path: absolute.map_or(raw_target, |target| target.path),
            }),
            (None, absolute) => absolute,
        };
        let is_connect = method == b"CONNECT";
        let id = if watch.record.is_on() || core.config.stages.any() {
            core.next_exchange()
        } else {
            0
        };
        watch.record.begin(started, || {
            let url = match &target {
                Some(target) => target.url(),
                None => String::from_utf8_lossy(raw_target).into_owned(),
            };
            Box::new(Exchange {
                id,
                request: ObservedRequest {
                    method: String::from_utf8_lossy(method).into_owned(),
                    url,
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
        if inside.is_none() && !core.admits(head.value(bytes, head.proxy_authorization)) {
            return Routed::Fault(Fault::credentials_wanted());
        }
        if head.hop.is_some() && head.value(bytes, head.hop) == Some(core.nonce.as_bytes()) {
            return Routed::Fault(Fault::hop_loop());
        }
        if is_connect {
            return match (inside.is_some(), connect_target(raw_target)) {
                (false, Some(to)) => {
                    // Told of by what passes through it, or by its own failure.
                    watch.record.discard();
                    let len = head.len;
                    input.consume(len);
                    Routed::Connect(to)
                }
                _ => Routed::Fault(Fault::bad_request(
                    "connect-target",
                    "CONNECT must name host:port, and outside of a tunnel",
                )),
            };
        }
        let Some(target) = target else {
            return Routed::Fault(Fault::bad_request(
                "not-a-proxy-request",
                "this is a proxy: its requests name a whole http:// URL, or CONNECT",
            ));
        };
        if inside.is_none() && target.host.eq_ignore_ascii_case(guide::HOST) {
            watch.record.discard();
            return Routed::Guide(guide::answer(core, target.path));
        }
        if let Some(stages) = core.config.stages.get() {
            let mut request = None;
            watch
                .record
                .edit(|draft| request = Some(draft.exchange.request.clone()));
            let request = request.unwrap_or_else(|| ObservedRequest {
                method: String::from_utf8_lossy(method).into_owned(),
                url: target.url(),
                version: head.version,
                header_list: head.header_list(bytes),
                ..ObservedRequest::default()
            });
            if let Some(stages) = Interested::of(&stages, &request, id) {
                let bytes = bytes.to_vec();
                input.consume(head.len);
                return Routed::Staged(Box::new(Staged {
                    stages,
                    request,
                    bytes,
                }));
            }
        }
        let proxy = match inside {
            Some(_) => None,
            None => {
                let proxies = &core.config.upstream_proxies;
                proxies
                    .for_host(false, target.host, target.port)
                    .filter(|_| !target.tls)
            }
        };
        out.clear();
        let onward = match proxy {
            None => Onward::Origin(target.path),
            Some(proxy) => Onward::Proxy {
                authorization: proxy.authorization(),
                nonce: &core.nonce,
            },
        };
        compose(out, bytes, head, &onward);
        let kept = kept_for(&core.pool, upstream, &target).await;
        let to = kept
            .is_none()
            .then(|| (target.destination(), target.name.to_owned()));
        let mut scan = head.body_scan(core.limits().response_head);
        let rest = &input.as_slice()[head.len..];
        let record = &watch.record;
        let used = match scan.feed(rest, &mut |piece| record.request_data(piece)) {
            Ok(used) => used,
            Err(fault) => return Routed::Fault(bad_body(&fault)),
        };
        out.extend_from_slice(&rest[..used]);
        input.consume(head.len + used);
        Routed::Ready(Ready { scan, kept, to })
    }

    /// A new connection for the request in hand; `None` once the client has gone.
    async fn open(&mut self, to: Option<(Destination, String)>) -> Option<Result<Upstream, Fault>> {
        if let Some(fault) = self.inside.as_mut().and_then(|inside| inside.failed.take()) {
            return Some(Err(fault));
        }
        let Some((to, name)) = to else {
            let message = "the request names no server";
            return Some(Err(Fault::bad_request("no-target", message)));
        };
        self.watch.allow_any();
        let mut client = Whole {
            client: &mut self.client,
            input: &mut self.input,
        };
        unless_gone(&mut client, self.core.dial(&to, &name, false)).await
    }

    fn note_upstream(&self, upstream: &Upstream) {
        self.watch.record.edit(|draft| {
            draft.exchange.connection = upstream.facts.connection(self.facts.id, upstream.used);
            if !upstream.used {
                let opening = upstream.facts.opening;
                let timing = &mut draft.exchange.timing;
                (timing.dns, timing.connect, timing.tls) =
                    (opening.dns, opening.connect, opening.tls);
            }
        });
    }

    /// The response is all there.
    async fn conclude(&mut self, relayed: Relayed, upstream: Upstream) -> Next {
        if relayed.switched {
            splice::switched(self, upstream).await;
            return Next::Close;
        }
        self.watch.record.end(None);
        if relayed.stays_open {
            self.upstream = Some(upstream);
            if self.head.keep_alive {
                return Next::Request;
            }
        }
        self.close().await
    }

    /// The response is not all there.
    pub(crate) async fn give_up(&mut self, trouble: Trouble, request_is_whole: bool) -> Next {
        match trouble {
            Trouble::NoResponse { error, .. } => {
                self.fail(&Fault::of_network(&error), request_is_whole)
                    .await
            }
            Trouble::BadRequestBody(fault) => {
                let begun = self.response_has_begun();
                if begun {
                    self.watch.record.end(Some(bad_body(&fault).failure()));
                    return Next::Close;
                }
                self.fail(&bad_body(&fault), false).await
            }
            Trouble::Held(fault) => self.fail(&fault, request_is_whole).await,
            Trouble::Broke { failure, by_reset } => {
                self.watch.record.end(Some(failure));
                if by_reset {
                    self.client.cut();
                    return Next::Close;
                }
                self.close().await
            }
            Trouble::ClientGone => {
                let fault = if self.watch.is_expired() {
                    body_failure(
                        "client-timeout",
                        corscope_fetch::exchange::Side::Client,
                        "the client neither sent nor read anything for too long".to_owned(),
                    )
                } else {
                    Fault::client_closed().failure()
                };
                self.watch.record.end(Some(fault));
                Next::Close
            }
        }
    }

    fn response_has_begun(&self) -> bool {
        let mut begun = false;
        self.watch
            .record
            .edit(|draft| begun = draft.exchange.response.is_some());
        begun
    }

    /// Ends the exchange with an answer of corscope's own.
    pub(crate) async fn fail(&mut self, fault: &Fault, request_is_whole: bool) -> Next {
        self.watch.record.end(Some(fault.failure()));
        let mut answer = answer::of_fault(fault, &self.asker);
        if let Some(front) = &self.core.front {
            front.open_to(&mut answer, &self.asker.origin);
        }
        self.say(&answer, request_is_whole).await
    }

    /// Answers in the server's place.
    pub(crate) async fn say(&mut self, answer: &Answer, request_is_whole: bool) -> Next {
        let keep = request_is_whole && self.head.keep_alive && !self.core.is_closing();
        let bytes = answer.http1(keep, self.asker.is_head);
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

    /// Says goodbye, which for TLS is more than closing.
    async fn close(&mut self) -> Next {
        self.watch.allow(super::session::LINGER);
        let client = &mut self.client;
        let mut shutdown = std::pin::pin!(client.shutdown());
        let _ =
            std::future::poll_fn(|context| self.watch.bound(shutdown.as_mut().poll(context))).await;
        Next::Close
    }
}

fn method_of(head: &[u8]) -> &str {
    let method = head.split(|byte| *byte == b' ').next().unwrap_or_default();
    std::str::from_utf8(method).unwrap_or_default()
}

pub(crate) fn bad_body(fault: &crate::client::BodyFault) -> Fault {
    Fault::bad_request("bad-chunk", format!("the request's body: {fault}"))
}

fn connect_target(target: &[u8]) -> Option<Destination> {
    let (host, port) = host_and_port(std::str::from_utf8(target).ok()?)?;
    Some(Destination {
        tls: false,
        host: host.to_ascii_lowercase(),
        port: port?,
    })
}
