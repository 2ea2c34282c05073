//! One client connection that speaks HTTP/1.1: its requests, one after the other.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Instant;

use super::request_head::{RequestHead, RequestHeadEnd, skip_empty_lines};
use crate::client::Destination;
use crate::proxy::answer::{self, Asker};
use crate::proxy::buffer::Buffer;
use crate::proxy::core::Core;
use crate::proxy::fault::Fault;
use crate::proxy::stream::ClientStream;
use crate::proxy::upstream::Upstream;
use crate::proxy::watch::Watch;

/// A client connection.
pub(crate) struct Session<'a> {
    pub(crate) core: &'a Arc<Core>,
    pub(crate) watch: &'a Watch,
    pub(crate) client: ClientStream,
    pub(crate) input: Buffer,
    pub(crate) facts: ClientFacts<'a>,
    /// Inside a tunnel all requests go there.
    pub(crate) inside: Option<Inside>,
    pub(crate) upstream: Option<Upstream>,
    pub(crate) head: RequestHead,
    pub(crate) out: Vec<u8>,
    pub(crate) asker: Asker,
}

/// What is known of a client connection.
#[derive(Clone, Copy)]
pub(crate) struct ClientFacts<'a> {
    pub(crate) id: u64,
    /// Whether an exchange goes on.
    pub(crate) busy: &'a AtomicBool,
}

/// The tunnel that a session runs in.
pub(crate) struct Inside {
    /// Where it leads.
    pub(crate) to: Destination,
    /// The host as the client named it for TLS.
    pub(crate) name: String,
    /// Why the server could not be reached when the tunnel was made; told to the first request.
    pub(crate) failed: Option<Fault>,
}

/// What a session came to.
pub(crate) enum End {
    /// It is over.
    Closed {
        /// What the first read brought, if no request ever came.
        unused: Option<io::Result<()>>,
        /// Why the server could not be reached, if nobody was told.
        failed: Option<Fault>,
    },
    /// The client wants a tunnel; its connection and what it has sent already.
    Connect(Wanted),
}

impl End {
    fn over() -> Self {
        Self::Closed {
            unused: None,
            failed: None,
        }
    }
}

/// A tunnel that was asked for.
pub(crate) struct Wanted {
    pub(crate) to: Destination,
    pub(crate) client: ClientStream,
    pub(crate) input: Buffer,
    pub(crate) started: Instant,
}

/// What follows an exchange.
pub(crate) enum Next {
    Request,
    Close,
    Connect(Destination),
}

/// What reading a head came to.
enum Read {
    Head { started: Instant },
    End(io::Result<()>),
    Refused(Fault),
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        core: &'a Arc<Core>,
        watch: &'a Watch,
        client: ClientStream,
        input: Buffer,
        facts: ClientFacts<'a>,
    ) -> Self {
        Self {
            core,
            watch,
            client,
            input,
            facts,
            inside: None,
            upstream: None,
            head: RequestHead::default(),
            out: Vec::new(),
            asker: Asker::default(),
        }
    }

    /// Serves the connection to its end.
    pub(crate) async fn run(mut self) -> End {
        let mut used = false;
        loop {
            let started = match self.read_head(used).await {
                Read::Head { started } => started,
                Read::End(how) => {
                    self.leave();
                    let unused = (!used).then_some(how);
                    let failed = self.inside.and_then(|inside| inside.failed);
                    return End::Closed { unused, failed };
                }
                Read::Refused(fault) => {
                    self.refuse(&fault).await;
                    return End::over();
                }
            };
            used = true;
            let core = self.core;
            let next = match &core.front {
                Some(front) => self.through(front, started).await,
                None => self.exchange(started).await,
            };
            match next {
                Next::Request if !self.core.is_closing() => {
                    self.facts.busy.store(false, Ordering::Relaxed);
                }
                Next::Request | Next::Close => {
                    self.leave();
                    return End::over();
                }
                Next::Connect(to) => {
                    return End::Connect(Wanted {
                        to,
                        client: self.client,
                        input: self.input,
                        started,
                    });
                }
            }
        }
    }

    /// Leaves the connection to the server to others.
    fn leave(&mut self) {
        if let Some(upstream) = self.upstream.take() {
            self.core.pool.put(upstream);
        }
    }

    async fn read_head(&mut self, used: bool) -> Read {
        let limits = self.core.limits();
        let mut started = Instant::now();
        let patience = if used { limits.idle } else { limits.head_time };
        self.watch.allow_from(started, patience);
        let mut end = RequestHeadEnd::default();
        loop {
            let skipped = skip_empty_lines(self.input.as_slice());
            if skipped > 0 && end.is_fresh() {
                self.input.consume(skipped);
            }
            match end.find(self.input.as_slice()) {
                Some(len) if len <= limits.request_head => {
                    self.facts.busy.store(true, Ordering::Relaxed);
                    let bytes = &self.input.as_slice()[..len];
                    return match self.head.read(bytes, limits.header_lines) {
                        Ok(()) => Read::Head { started },
                        Err(fault) => Read::Refused(fault),
                    };
                }
                None if self.input.len() <= limits.request_head => {}
                _ => {
                    let message = format!(
                        "the request's head is larger than {} bytes",
                        limits.request_head
                    );
                    return Read::Refused(Fault::bad_request("request-head-too-large", message));
                }
            }
            let idle = self.input.is_empty();
            match self.wait(idle).await {
                Ok(0) => return Read::End(Ok(())),
                Ok(_) if idle => {
                    started = Instant::now();
                    self.watch.allow_from(started, limits.head_time);
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::TimedOut && !idle => {
                    return Read::Refused(Fault::client_timeout());
                }
                Err(error) => return Read::End(Err(error)),
            }
        }
    }

    /// Reads some more. An idle connection holds no memory, and notices when its server leaves.
    async fn wait(&mut self, idle: bool) -> io::Result<usize> {
        let Self {
            input,
            client,
            watch,
            upstream,
            ..
        } = self;
        std::future::poll_fn(|context| {
            let polled = watch.bound(input.poll_fill(client, context));
            if idle && polled.is_pending() && watch.rested.load(Ordering::Relaxed) {
                input.release();
                if let Some(upstream) = upstream {
                    upstream.input.release();
                }
            }
            match polled {
                Poll::Ready(filled) => Poll::Ready(filled),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Answers a request that was refused before it was understood, and ends the connection.
    async fn refuse(&mut self, fault: &Fault) {
        let started = Instant::now();
        let (core, client) = (self.core, self.facts.id);
        self.watch.record.tell_ended(started, || {
            let mut exchange = Box::new(corscope_fetch::exchange::Exchange {
                id: core.next_exchange(),
                failure: Some(fault.failure()),
                ..Default::default()
            });
            exchange.request.raw_head = Some(first_lines(self.input.as_slice()));
            exchange.connection.client = client;
            exchange
        });
        let bytes = answer::of_fault(fault, &Asker::default()).http1(false, false);
        self.say_last(&bytes).await;
    }

    /// Writes the last bytes of this connection, and waits until the client has them: closing with
    /// something unread would reset the connection, and the client would lose them.
    pub(crate) async fn say_last(&mut self, bytes: &[u8]) {
        self.watch.allow(LINGER);
        if self.watch.write_all(&mut self.client, bytes).await.is_err() {
            return;
        }
        let _ = tokio::io::AsyncWriteExt::shutdown(&mut self.client).await;
        self.watch.allow(LINGER);
        loop {
            let unread = self.input.len();
            self.input.consume(unread);
            match self.watch.fill(&mut self.input, &mut self.client).await {
                Ok(1..) => {}
                _ => return,
            }
        }
    }
}

/// How long a client is waited for that still sends when all has been said.
pub(crate) const LINGER: std::time::Duration = std::time::Duration::from_secs(2);

/// What of a refused request is shown.
fn first_lines(bytes: &[u8]) -> Box<[u8]> {
    bytes[..bytes.len().min(4096)].into()
}
