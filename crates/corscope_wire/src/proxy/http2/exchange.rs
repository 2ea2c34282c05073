//! One stream: where its request goes, the connection it takes, and what becomes of it.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bytes::Bytes;
use corscope_fetch::exchange::{ConnectionFacts, Exchange};
use h2::RecvStream;
use h2::server::SendResponse;
use http::Request;

use super::client::Client;
use super::from_http1::{self, FromHttp1};
use super::link::{Link, Server, Way, elsewhere};
use super::relay::Relay;
use super::request::{Asked, Outgoing};
use super::source::{FromHttp2, Source};
use super::staged::{self, Onward};
use super::trouble::Trouble;
use super::upload::{Sink, Upload};
use crate::client::{NetworkError, Phase};
use crate::proxy::answer;
use crate::proxy::core::Core;
use crate::proxy::fault::Fault;
use crate::proxy::http1::staged_response::AskAbout;
use crate::proxy::http1::write::Framed;
use crate::proxy::stages::run::Interested;
use crate::proxy::upstream::{Upstream, UpstreamFacts};
use crate::proxy::watch::Watch;

/// Connections that are tried for a request that none has begun with.
const ATTEMPTS: usize = 3;

/// What a stream has in common with the others of its connection.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) core: Arc<Core>,
    pub(super) link: Arc<Link>,
    /// The client's connection, numbered.
    pub(super) client: u64,
}

/// What a stream came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Ended,
    /// The client reset it.
    Reset,
}

/// Carries one stream to its end.
pub(super) async fn carry(
    common: Common,
    request: Request<RecvStream>,
    respond: SendResponse<Bytes>,
) -> Done {
    let _working = common.core.streams.begin();
    let watch = common.core.watch();
    let stream = Stream {
        common: &common,
        watch: &watch,
        started: Instant::now(),
    };
    watch.over(stream.run(request, respond)).await
}

struct Stream<'a> {
    common: &'a Common,
    watch: &'a Watch,
    started: Instant,
}

impl Stream<'_> {
    async fn run(&self, request: Request<RecvStream>, respond: SendResponse<Bytes>) -> Done {
        let core = &self.common.core;
        let (head, body) = request.into_parts();
        let (mut asked, checked) = Asked::read(head, core.limits());
        let id = if self.watch.record.is_on() || core.config.stages.any() {
            core.next_exchange()
        } else {
            0
        };
        self.watch.record.begin(self.started, || {
            Box::new(Exchange {
                id,
                request: asked.observed.clone(),
                connection: ConnectionFacts {
                    client: self.common.client,
                    ..ConnectionFacts::default()
                },
                ..Exchange::default()
            })
        });
        let mut client = Client::new(self.watch, core.limits(), respond);
        let done = match checked {
            Ok(()) => self.exchange(id, &mut asked, body, &mut client).await,
            Err(fault) => Err(Trouble::Fault(fault)),
        };
        match done {
            Ok(()) => {
                self.watch.record.end(None);
                Done::Ended
            }
            Err(trouble) => self.give_up(trouble, &asked, &mut client).await,
        }
    }

    /// Tells of what went wrong: by an answer while that is possible, else by a reset.
    async fn give_up(&self, trouble: Trouble, asked: &Asked, client: &mut Client<'_>) -> Done {
        self.watch.record.end(Some(trouble.failure()));
        let fault = match &trouble {
            Trouble::Fault(fault) | Trouble::Lost(fault) => Some(fault),
            _ => None,
        };
        if let Some(fault) = fault
            && !client.has_head()
        {
            self.watch.allow(self.common.core.limits().silence);
            let answer = answer::of_fault(fault, &asked.asker);
            if client.answer(answer, asked.asker.is_head).await.is_ok() {
                return Done::Ended;
            }
        }
        client.reset(trouble.to_client());
        match trouble {
            Trouble::ClientGone(_) => Done::Reset,
            _ => Done::Ended,
        }
    }

    async fn exchange(
        &self,
        id: u64,
        asked: &mut Asked,
        body: RecvStream,
        client: &mut Client<'_>,
    ) -> Result<(), Trouble> {
        let core = &self.common.core;
        let mut upload = Upload::new(body);
        let stages = core
            .config
            .stages
            .get()
            .and_then(|stages| Interested::of(&stages, &asked.observed, id));
        if let Some(stages) = &stages {
            let asking = staged::ask(
                stages,
                asked,
                &mut upload,
                client,
                self.watch,
                core.limits(),
            );
            if let Onward::Answered = asking.await? {
                return Ok(());
            }
        }
        let ask = stages
            .as_ref()
            .filter(|stages| stages.all.response)
            .map(|stages| AskAbout {
                stages,
                request: &asked.observed,
            });
        let relay = Relay {
            watch: self.watch,
            limits: core.limits(),
            is_head: asked.outgoing.method == http::Method::HEAD,
            ask: ask.as_ref(),
        };
        self.send(&asked.outgoing, &mut upload, client, &relay)
            .await
    }

    /// Sends the request and passes the response on. A request that its server surely did not begin
    /// with is sent once more, over a new connection.
    async fn send(
        &self,
        outgoing: &Outgoing,
        upload: &mut Upload,
        client: &mut Client<'_>,
        relay: &Relay<'_>,
    ) -> Result<(), Trouble> {
        let core = &self.common.core;
        for attempt in 1.. {
            self.watch.allow_any();
            let reaching = async {
                match &outgoing.elsewhere {
                    None => self.common.link.reach(core).await,
                    Some((to, name)) => elsewhere(core, to, name).await,
                }
            };
            let way = client.while_there(Phase::Connect, reaching).await?;
            let way = way.map_err(Trouble::Fault)?;
            self.watch.allow(core.limits().silence);
            let server = match way {
                Way::Http1(upstream) => {
                    self.note_upstream(&upstream.facts, false);
                    return self
                        .over_http1(*upstream, outgoing, upload, client, relay)
                        .await;
                }
                Way::Http2(server) => server,
            };
            let reused = server.used.swap(true, Ordering::Relaxed);
            self.note_upstream(&server.facts, reused);
            let sent = self
                .over_http2(&server, outgoing, upload, client, relay)
                .await;
            let again = match &sent {
                Err(Trouble::Unprocessed(_)) => attempt < ATTEMPTS,
                // A kept connection that the server had closed, as browsers try again, too.
                Err(Trouble::Lost(_)) => reused && attempt == 1 && outgoing.method.is_safe(),
                _ => false,
            };
            if matches!(sent, Err(Trouble::Unprocessed(_) | Trouble::Lost(_))) {
                server.retire();
            }
            if !again || !upload.is_whole() {
                return sent;
            }
        }
        Ok(())
    }

    async fn over_http2(
        &self,
        server: &Server,
        outgoing: &Outgoing,
        upload: &mut Upload,
        client: &mut Client<'_>,
        relay: &Relay<'_>,
    ) -> Result<(), Trouble> {
        let limits = self.common.core.limits();
        let ready = server.sender.clone().ready();
        let ready = client.while_there(Phase::AwaitHead, ready).await?;
        let unsent = |error: h2::Error| {
            // Nothing has left; the error is the connection's.
            match Trouble::of_server(&error, Phase::AwaitHead, limits) {
                Trouble::Fault(fault) | Trouble::Lost(fault) => Trouble::Unprocessed(fault),
                trouble => trouble,
            }
        };
        let mut request = Request::new(());
        *request.method_mut() = outgoing.method.clone();
        *request.uri_mut() = outgoing.uri.clone();
        *request.version_mut() = http::Version::HTTP_2;
        *request.headers_mut() = outgoing.headers.clone();
        let (response, mut stream) = ready
            .map_err(unsent)?
            .send_request(request, upload.is_empty())
            .map_err(unsent)?;
        let mut source = Source::Http2(FromHttp2::new(response, limits));
        let done = self
            .both_ways(upload, Sink::Http2(&mut stream), &mut source, client, relay)
            .await;
        if let Err(trouble) = &done {
            stream.send_reset(trouble.to_server());
        }
        done
    }

    async fn over_http1(
        &self,
        upstream: Upstream,
        outgoing: &Outgoing,
        upload: &mut Upload,
        client: &mut Client<'_>,
        relay: &Relay<'_>,
    ) -> Result<(), Trouble> {
        let core = &self.common.core;
        let Upstream {
            stream,
            input,
            facts,
            ..
        } = upstream;
        let (head, chunked) =
            from_http1::request_head(core, outgoing, &facts, upload).map_err(Trouble::Fault)?;
        let (from, mut to) = tokio::io::split(stream);
        let written = self.watch.write_all(&mut to, &head).await;
        written.map_err(|error| {
            let error = NetworkError::of_io(Phase::AwaitHead, &error);
            Trouble::Fault(Fault::of_network(&error))
        })?;
        let method = outgoing.method.as_str();
        let mut source = Source::Http1(FromHttp1::new(
            from,
            input,
            method,
            core.limits(),
            facts.to.tls,
        ));
        let framed = if chunked {
            Framed::Chunked
        } else {
            Framed::Plain
        };
        self.both_ways(
            upload,
            Sink::Http1(&mut to, framed),
            &mut source,
            client,
            relay,
        )
        .await
    }

    /// Sends the body and passes the response on, both at once: a server may answer before it has
    /// read all, and a client may go on sending after it was answered.
    async fn both_ways(
        &self,
        upload: &mut Upload,
        sink: Sink<'_>,
        source: &mut Source<'_>,
        client: &mut Client<'_>,
        relay: &Relay<'_>,
    ) -> Result<(), Trouble> {
        let mut up = pin!(upload.run(self.watch, self.common.core.limits(), sink));
        let mut down = pin!(relay.run(source, client));
        let mut uploaded = false;
        loop {
            tokio::select! {
                biased;
                done = &mut up, if !uploaded => {
                    done?;
                    uploaded = true;
                    self.watch.record.edit(|draft| draft.mark_sent(Instant::now()));
                }
                relayed = &mut down => {
                    relayed?;
                    break;
                }
            }
        }
        match uploaded {
            true => Ok(()),
            false => up.await,
        }
    }

    fn note_upstream(&self, facts: &UpstreamFacts, reused: bool) {
        self.watch.record.edit(|draft| {
            draft.exchange.connection = facts.connection(self.common.client, reused);
            if !reused {
                let timing = &mut draft.exchange.timing;
                (timing.dns, timing.connect, timing.tls) =
                    (facts.opening.dns, facts.opening.connect, facts.opening.tls);
            }
        });
    }
}
