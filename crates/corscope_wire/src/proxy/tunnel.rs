//! What happens inside a tunnel: TLS is intercepted or passed through, plain HTTP is served, and
//! anything else is passed through.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use corscope_fetch::exchange::{
    ConnectionFacts, Exchange, Failure, ObservedRequest, ObservedResponse, Side,
};
use rustls::server::{Accepted, Acceptor};
use tokio::time::timeout;
use tokio_rustls::StartHandshake;
use tokio_rustls::server::TlsStream;

use super::authority::{Alpn, LeafCache};
use super::buffer::Buffer;
use super::client_tls::{is_tls, of_client};
use super::core::Core;
use super::fault::Fault;
use super::hello::Hello;
use super::http1::downstream::Whole;
use super::http1::session::{ClientFacts, End, Inside, Session, Wanted};
use super::http1::staged::unless_gone;
use super::http1::target::Target;
use super::http2::connection;
use super::http2::link::Link;
use super::splice::{self, Onlooker};
use super::stream::{ClientStream, Sniffed, Stream};
use super::upstream::{Upstream, UpstreamFacts};
use super::watch::Watch;

/// The first byte of a TLS handshake.
const TLS: u8 = 0x16;

/// A silent end sooner than this many times the handshake's own time is a refusal; later it is a
/// browser that had connected ahead and did not need the connection.
const REFUSAL: u32 = 10;

/// A refusal may take this long at least: on a fast line a busy client is slower than ten times the
/// handshake, and unused connections are kept for many seconds.
const REFUSAL_AT_LEAST: Duration = Duration::from_secs(2);

/// A tunnel being served.
pub(crate) struct Tunnel<'a> {
    pub(crate) core: &'a Arc<Core>,
    pub(crate) watch: &'a Watch,
    pub(crate) facts: ClientFacts<'a>,
}

impl Tunnel<'_> {
    /// Grants the tunnel and serves it to its end.
    pub(crate) async fn serve(&self, mut wanted: Wanted) {
        self.watch.allow(self.core.limits().head_time);
        let granted = b"HTTP/1.1 200 Connection Established\r\n\r\n";
        if self
            .watch
            .write_all(&mut wanted.client, granted)
            .await
            .is_err()
        {
            return;
        }
        // Browsers make tunnels ahead, too.
        self.watch.allow(self.core.limits().idle);
        while wanted.input.is_empty() {
            match self.watch.fill(&mut wanted.input, &mut wanted.client).await {
                Ok(1..) => {}
                _ => return,
            }
        }
        match wanted.input.as_slice() {
            [TLS, ..] => self.tls(wanted).await,
            bytes if begins_as_request(bytes) => self.plain(wanted).await,
            _ => self.pass(wanted, "tcp").await,
        }
    }

    async fn plain(&self, wanted: Wanted) {
        let Wanted {
            to, client, input, ..
        } = wanted;
        let mut session = Session::new(self.core, self.watch, client, input, self.facts);
        session.inside = Some(Inside {
            name: to.host.clone(),
            to,
            failed: None,
        });
        session.run().await;
    }

    async fn tls(&self, mut wanted: Wanted) {
        let started = Instant::now();
        self.watch.allow(self.core.limits().head_time);
        let mut acceptor = Acceptor::default();
        let mut fed = 0;
        let accepted = loop {
            let bytes = wanted.input.as_slice();
            let mut unfed = &bytes[fed..];
            while !unfed.is_empty() {
                if !matches!(acceptor.read_tls(&mut unfed), Ok(1..)) {
                    break;
                }
            }
            fed = bytes.len() - unfed.len();
            match acceptor.accept() {
                Ok(Some(accepted)) => break accepted,
                Ok(None) => {}
                Err((error, _)) => {
                    let error = io::Error::other(error);
                    return self.tell(&wanted, None, started, &of_client(&error));
                }
            }
            match self.watch.fill(&mut wanted.input, &mut wanted.client).await {
                Ok(1..) => {}
                Ok(0) => {
                    let error = io::ErrorKind::UnexpectedEof.into();
                    return self.tell(&wanted, None, started, &of_client(&error));
                }
                Err(error) => return self.tell(&wanted, None, started, &of_client(&error)),
            }
        };
        let hello = Hello::of(&accepted, &wanted);
        if !self.intercepts(&hello, &wanted) {
            return self.pass(wanted, "tls").await;
        }
        match self.core.leaves() {
            Ok(leaves) => self.intercept(wanted, &hello, accepted, &leaves).await,
            Err(reason) => {
                let fault = Fault::cannot_intercept(&hello.name, &reason);
                self.tell(&wanted, Some(&hello), started, &fault);
            }
        }
    }

    fn intercepts(&self, hello: &Hello, wanted: &Wanted) -> bool {
        let port = wanted.to.port;
        let name = hello.certificate_name();
        let passed = self
            .core
            .config
            .tls
            .pass_through
            .iter()
            .any(|pattern| pattern.fits(name, port) || pattern.fits(&wanted.to.host, port));
        let authority = self.core.config.authority.as_ref();
        !passed && authority.is_some_and(|authority| authority.speaks_for(name))
    }

    /// Talks to the server first, so that the client gets the protocol that the server chose; a
    /// client whose server cannot be reached is told so over TLS all the same.
    async fn intercept(
        &self,
        mut wanted: Wanted,
        hello: &Hello,
        accepted: Accepted,
        leaves: &LeafCache,
    ) {
        let mut to = wanted.to.clone();
        to.tls = true;
        let started = Instant::now();
        let said = wanted.input.len();
        wanted.input.consume(said);
        self.watch.allow_any();
        let mut client = Whole {
            client: &mut wanted.client,
            input: &mut wanted.input,
        };
        let (upstream, failed) = match unless_gone(&mut client, self.reach(&to, hello)).await {
            Some(Ok(upstream)) => (Some(upstream), None),
            Some(Err(fault)) => (None, Some(fault)),
            None => return self.tell(&wanted, Some(hello), started, &Fault::client_closed()),
        };
        let http2 = match &upstream {
            Some(upstream) => upstream.facts.http2,
            // Who speaks nothing else can be told of the failure by nothing else.
            None => self.core.config.http2 && !hello.http1,
        };
        let started = Instant::now();
        let alpn = hello.alpn(http2);
        let config = match leaves.config(hello.certificate_name(), alpn) {
            Ok(config) => config,
            Err(reason) => {
                let fault = Fault::cannot_intercept(&hello.name, &reason);
                return self.tell(&wanted, Some(hello), started, &fault);
            }
        };
        let Stream::Plain(tcp) = wanted.client else {
            return;
        };
        let stream = Sniffed::new(tcp, wanted.input.as_slice().to_vec());
        let shaking = StartHandshake::from_parts(accepted, stream).into_stream(config);
        let shaken = timeout(self.core.limits().head_time, shaking).await;
        let shaken = shaken.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let subject = Subject {
            to: &to,
            name: &hello.name,
        };
        let stream: TlsStream<Sniffed> = match shaken {
            Ok(stream) => stream,
            Err(error) => {
                if let Some(upstream) = upstream {
                    self.core.pool.put(upstream);
                }
                return self.tell_subject(&subject, started, &of_client(&error));
            }
        };
        let refusal = (started.elapsed() * REFUSAL).max(REFUSAL_AT_LEAST);
        let shaken_at = Instant::now();
        let client: ClientStream = Stream::Tls(Box::new(stream));
        if alpn == Alpn::Http2 {
            let reached = match (upstream, failed) {
                (Some(upstream), _) => Ok(upstream),
                (None, Some(fault)) => Err(fault),
                (None, None) => return,
            };
            let link = Link::new(self.core, to.clone(), hello.name.clone(), reached).await;
            let unused = connection::serve(self.core, self.watch, self.facts, client, link).await;
            return self.tell_unused(&subject, unused, None, shaken_at, refusal);
        }
        let mut session =
            Session::new(self.core, self.watch, client, Buffer::default(), self.facts);
        session.upstream = upstream;
        session.inside = Some(Inside {
            to: to.clone(),
            name: hello.name.clone(),
            failed,
        });
        let End::Closed { unused, failed } = session.run().await else {
            return;
        };
        self.tell_unused(&subject, unused, failed, shaken_at, refusal);
    }

    /// Tells of a connection by which no request came.
    fn tell_unused(
        &self,
        subject: &Subject<'_>,
        unused: Option<io::Result<()>>,
        failed: Option<Fault>,
        shaken_at: Instant,
        refusal: Duration,
    ) {
        match (unused, failed) {
            (Some(Err(error)), _) if is_tls(&error) => {
                self.tell_subject(subject, shaken_at, &of_client(&error));
            }
            // With a reset, too: what we sent was left unread.
            (Some(_), None) if shaken_at.elapsed() < refusal => {
                let message = "the client closed the connection right after the TLS handshake, as \
                               one does that does not trust the certificate";
                let fault = Fault::client_tls("client-tls-closed", message);
                self.tell_subject(subject, shaken_at, &fault);
            }
            (Some(_), Some(fault)) => self.tell_subject(subject, shaken_at, &fault),
            _ => {}
        }
    }

    /// A connection to the server, a kept one if there is one.
    async fn reach(
        &self,
        to: &crate::client::Destination,
        hello: &Hello,
    ) -> Result<Upstream, Fault> {
        let target = Target {
            tls: true,
            host: &to.host,
            port: to.port,
            name: &hello.name,
            path: b"/",
        };
        let http2 = self.core.config.http2 && hello.http2;
        // With HTTP/2 on offer, only a connection by which the server has declined it tells what
        // the server would choose.
        let fits = |facts: &UpstreamFacts| !http2 || facts.http2_offered;
        if (hello.http1 || !hello.alpn)
            && let Some(upstream) = self.core.pool.take_if(&target, fits).await
        {
            return Ok(upstream);
        }
        self.core.dial(to, &hello.name, http2).await
    }

    /// Passes the bytes through unread.
    async fn pass(&self, mut wanted: Wanted, what: &str) {
        let url = format!("{what}://{}/", wanted.to.host_and_port());
        let id = self.core.next_exchange();
        let client = self.facts.id;
        self.watch.record.begin(wanted.started, || {
            let mut exchange = Box::new(Exchange {
                id,
                request: ObservedRequest {
                    method: "CONNECT".to_owned(),
                    url,
                    ..ObservedRequest::default()
                },
                ..Exchange::default()
            });
            exchange.connection.client = client;
            exchange
        });
        self.watch.allow_any();
        let mut upstream = match self.core.dial_unread(&wanted.to).await {
            Ok(upstream) => upstream,
            Err(fault) => return self.watch.record.end(Some(fault.failure())),
        };
        self.watch.record.edit(|draft| {
            draft.exchange.connection = upstream.facts.connection(client, false);
            draft.exchange.timing = upstream.facts.opening;
            draft.exchange.response = Some(ObservedResponse {
                status: 200,
                ..ObservedResponse::default()
            });
        });
        let _ = splice::join(
            self.watch,
            (&mut wanted.client, &mut wanted.input),
            (&mut upstream.stream, &mut upstream.input),
            &mut Counter,
            &mut Counter,
        )
        .await;
        self.watch.record.end(None);
    }

    fn tell(&self, wanted: &Wanted, hello: Option<&Hello>, started: Instant, fault: &Fault) {
        let name = hello.map_or(wanted.to.host.as_str(), |hello| &hello.name);
        let to = &wanted.to;
        self.tell_subject(&Subject { to, name }, started, fault);
    }

    /// Tells of a tunnel that came to nothing.
    fn tell_subject(&self, subject: &Subject<'_>, started: Instant, fault: &Fault) {
        let id = self.core.next_exchange();
        let client = self.facts.id;
        let failure: Failure = fault.failure();
        let url = format!("https://{}:{}/", subject.name, subject.to.port);
        self.watch.record.tell_ended(started, || {
            Box::new(Exchange {
                id,
                request: ObservedRequest {
                    method: "CONNECT".to_owned(),
                    url,
                    ..ObservedRequest::default()
                },
                failure: Some(failure),
                connection: ConnectionFacts {
                    client,
                    ..ConnectionFacts::default()
                },
                ..Exchange::default()
            })
        });
    }
}

/// Whom a tunnel is to.
struct Subject<'a> {
    to: &'a crate::client::Destination,
    name: &'a str,
}

/// Counts bytes and keeps none: they are not ours to read.
struct Counter;

impl Onlooker for Counter {
    fn see(&mut self, from: Side, bytes: &[u8], watch: &Watch) {
        watch
            .record
            .edit(|draft| match (from, &mut draft.exchange.response) {
                (Side::Client, _) => draft.exchange.request.body.len += bytes.len() as u64,
                (_, Some(response)) => response.body.len += bytes.len() as u64,
                _ => {}
            });
    }
}

/// Whether a request line may begin so: a method's letters, then a space.
fn begins_as_request(bytes: &[u8]) -> bool {
    let letters = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let is_http2 = bytes.starts_with(b"PRI");
    (1..20).contains(&letters) && !is_http2 && bytes.get(letters).is_none_or(|byte| *byte == b' ')
}
