//! Passes a response on to the client, byte for byte, as it comes.

use std::future::poll_fn;
use std::io;
use std::task::Poll;
use std::time::Instant;

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{Failure, HttpVersion, ObservedResponse};
use tokio::io::AsyncRead;

use super::body_scan::{BodyScan, Manner};
use super::downstream::Downstream;
use super::staged_response::AskAbout;
use crate::client::{
    self, BodyFault, Framing, Head, HeadEnd, HeadRejected, NetworkError, Phase, begins_as_http,
};
use crate::proxy::buffer::Buffer;
use crate::proxy::config::Limits;
use crate::proxy::fault::Fault;
use crate::proxy::sse::EventStream;
use crate::proxy::watch::Watch;

/// What a response left behind.
#[derive(Debug, Default)]
pub(crate) struct Relayed {
    /// Both connections can carry another exchange, as far as the server is concerned.
    pub(crate) stays_open: bool,
    /// The connection speaks another protocol from here on.
    pub(crate) switched: bool,
}

/// Why a response did not reach its end.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nothing was passed on. `silent`: not a byte came either.
    NoResponse { error: NetworkError, silent: bool },
    /// Its body broke while it was held, so that nothing was passed on.
    Held(Fault),
    /// It broke after its head was passed on. `by_reset`: the client must see a cut, too.
    Broke { failure: Failure, by_reset: bool },
    /// The client went away.
    ClientGone,
    /// The request's body is not what it claims to be.
    BadRequestBody(BodyFault),
}

/// Writes a response's head anew before it is passed on.
pub(crate) trait RewriteHead: Sync {
    /// Appends `head`, as it shall be, to `out`.
    fn rewrite(&self, head: &[u8], out: &mut Vec<u8>);
}

/// What is needed to pass on the response to one request.
pub(crate) struct Respond<'a> {
    pub(crate) watch: &'a Watch,
    pub(crate) limits: &'a Limits,
    pub(crate) method: &'a str,
    /// Whether the server is talked to over TLS.
    pub(crate) tls: bool,
    /// Whom to ask before anything is passed on.
    pub(crate) ask: Option<&'a AskAbout<'a>>,
    /// Who writes its head anew.
    pub(crate) rewrite: Option<&'a dyn RewriteHead>,
}

/// A response head with its bytes' length.
pub(crate) struct FinalHead {
    pub(crate) len: usize,
    pub(crate) head: Head,
    pub(crate) framing: Framing,
}

impl Respond<'_> {
    /// Passes the whole response on.
    pub(crate) async fn relay<R, W>(
        &self,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
    ) -> Result<Relayed, Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        let mut informational = Vec::new();
        let read = self
            .final_head(server, input, client, &mut informational)
            .await?;
        let FinalHead { len, head, framing } = match read {
            Ok(read) => read,
            // A page could not read what has no headers of ours.
            Err(error) if self.rewrite.is_some() => {
                return Err(Trouble::NoResponse {
                    error,
                    silent: false,
                });
            }
            Err(fault) => return self.pass_unread(fault, server, input, client).await,
        };
        let switched = head.status == 101;
        if let Some(rewrite) = self.rewrite.filter(|_| !switched) {
            let read = (FinalHead { len, head, framing }, informational);
            return self
                .relay_rewritten(rewrite, server, input, client, read)
                .await;
        }
        let mut scan = match framing {
            Framing::None => BodyScan::Over,
            Framing::Length(length) => BodyScan::length(length),
            Framing::Chunked => BodyScan::chunked(Manner::Lenient, self.limits.response_head),
            Framing::UntilClose => BodyScan::UntilClose,
        };
        if let Some(ask) = self.ask.filter(|_| !switched) {
            let bytes = &input.as_slice()[..len];
            let response = observed(head.clone(), informational, bytes);
            let noted = response.clone();
            self.watch
                .record
                .edit(|draft| draft.exchange.response = Some(noted));
            self.watch.record.tell_redirect();
            let read = (FinalHead { len, head, framing }, response, scan);
            return self.relay_staged(ask, server, input, client, read).await;
        }
        let stays_open = client::stays_open(&head, framing);
        let is_sse = is_event_stream(&head);
        self.note(head, framing, informational, &input.as_slice()[..len]);
        if switched {
            // What came behind it is of the other protocol, and stays in the buffer.
            self.write(client, &input.as_slice()[..len]).await?;
            input.consume(len);
            return Ok(Relayed {
                stays_open: false,
                switched,
            });
        }
        let mut events = (is_sse && self.watch.record.is_on())
            .then(|| EventStream::new(self.watch.record.capture().message_bytes));
        self.body(server, input, client, &mut scan, len, events.as_mut())
            .await?;
        self.trailers(&scan);
        // Bytes after the end are of no exchange that anybody asked for.
        Ok(Relayed {
            stays_open: stays_open && input.is_empty(),
            switched,
        })
    }

    /// Passes on the first `head` bytes and the body behind them.
    pub(crate) async fn body<R, W>(
        &self,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
        scan: &mut BodyScan,
        head: usize,
        mut events: Option<&mut EventStream>,
    ) -> Result<(), Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        let mut skip = head;
        loop {
            let record = &self.watch.record;
            let fed = scan.feed(&input.as_slice()[skip..], &mut |piece| {
                record.response_data(piece);
                if let Some(events) = &mut events {
                    events.feed(piece, record);
                }
            });
            let (ready, fault) = match fed {
                Ok(used) => (skip + used, None),
                // The client shall see what the server did, and judge by itself.
                Err(fault) => (input.len(), Some(fault)),
            };
            if ready > 0 {
                self.write(client, &input.as_slice()[..ready]).await?;
                input.consume(ready);
            }
            skip = 0;
            if let Some(fault) = fault {
                return Err(broke(&fault, false));
            }
            if scan.is_over() {
                return Ok(());
            }
            self.watch.allow(self.limits.silence);
            match self.fill(server, input, client).await? {
                Ok(0) => match scan.cut_off() {
                    None => return Ok(()),
                    Some(fault) => return Err(broke(&fault, false)),
                },
                Ok(_) => {}
                Err(error) => {
                    let fault =
                        BodyFault::Connection(Box::new(self.network(Phase::ReadBody, &error)));
                    return Err(broke(&fault, true));
                }
            }
        }
    }

    /// Reads heads until one is final; those before it are passed on at once. The inner error is a
    /// head that browsers refuse.
    pub(crate) async fn final_head<R, W>(
        &self,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
        informational: &mut Vec<(u16, HeaderList)>,
    ) -> Result<Result<FinalHead, NetworkError>, Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        loop {
            let len = self.head_end(server, input, client).await?;
            let head = match client::read_head(&input.as_slice()[..len], self.limits.header_lines) {
                Ok(head) => head,
                Err(rejected) => return Ok(Err(self.rejected(rejected))),
            };
            // 101 is final: what follows it is another protocol.
            if matches!(head.status, 100 | 102..=199) {
                if informational.len() == self.limits.informational {
                    let limit = self.limits.informational;
                    return Ok(Err(NetworkError::TooManyInformational { limit }));
                }
                self.write(client, &input.as_slice()[..len]).await?;
                input.consume(len);
                informational.push((head.status, head.header_list));
                continue;
            }
            return Ok(match client::framing(self.method, &head) {
                Ok(framing) => Ok(FinalHead { len, head, framing }),
                Err(fault) => Err(NetworkError::InvalidResponse(fault)),
            });
        }
    }

    /// Reads until a whole head is in `input`; its length.
    async fn head_end<R, W>(
        &self,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
    ) -> Result<usize, Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        let mut end = HeadEnd::default();
        let none = |error, silent| Err(Trouble::NoResponse { error, silent });
        loop {
            let bytes = input.as_slice();
            if begins_as_http(bytes) == Some(false) {
                return none(not_http(bytes), false);
            }
            let limit = self.limits.response_head;
            match end.find(bytes) {
                Some(len) if len <= limit => return Ok(len),
                None if bytes.len() <= limit => {}
                _ => return none(NetworkError::HeadTooLarge { limit }, false),
            }
            let (silent, during) = match input.is_empty() {
                true => (true, Phase::AwaitHead),
                false => (false, Phase::ReadHead),
            };
            match self.fill(server, input, client).await? {
                Ok(0) if silent => return none(NetworkError::EmptyResponse, true),
                Ok(0) if begins_as_http(input.as_slice()) != Some(true) => {
                    return none(not_http(input.as_slice()), false);
                }
                Ok(0) if self.tls => {
                    let received = input.len();
                    return none(NetworkError::HeadTruncated { received }, false);
                }
                // Over plain HTTP browsers go on with what they have.
                Ok(0) => return Ok(input.len()),
                Ok(_) if silent => {
                    let now = Instant::now();
                    self.watch.record.edit(|draft| draft.mark_first_byte(now));
                }
                Ok(_) => {}
                Err(error) => return none(self.network(during, &error), silent),
            }
        }
    }

    /// Reads from the server, unless the client goes away before something comes.
    pub(crate) async fn fill<R, W>(
        &self,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
    ) -> Result<io::Result<usize>, Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        poll_fn(
            |context| match self.watch.bound(input.poll_fill(server, context)) {
                Poll::Ready(filled) => Poll::Ready(Ok(filled)),
                Poll::Pending => client.poll_gone(context).map(|()| Err(Trouble::ClientGone)),
            },
        )
        .await
    }

    pub(crate) async fn write<W: Downstream>(
        &self,
        client: &mut W,
        bytes: &[u8],
    ) -> Result<(), Trouble> {
        let written = self.watch.write_all(client, bytes).await;
        written.map_err(|_| Trouble::ClientGone)
    }

    /// A head that browsers refuse is passed on all the same: the client shall see what the server
    /// did, and give its own error.
    async fn pass_unread<R, W>(
        &self,
        fault: NetworkError,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
    ) -> Result<Relayed, Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        let mut scan = BodyScan::UntilClose;
        self.body(server, input, client, &mut scan, 0, None).await?;
        Err(Trouble::Broke {
            failure: Fault::of_network(&fault).failure(),
            by_reset: false,
        })
    }

    fn rejected(&self, rejected: HeadRejected) -> NetworkError {
        match rejected {
            HeadRejected::Fault(fault) => NetworkError::InvalidResponse(fault),
            HeadRejected::TooManyLines => NetworkError::TooManyHeaderLines {
                limit: self.limits.header_lines,
            },
        }
    }

    pub(crate) fn network(&self, during: Phase, error: &io::Error) -> NetworkError {
        if error.kind() == io::ErrorKind::TimedOut {
            let after = self.limits.silence;
            return NetworkError::TimedOut { during, after };
        }
        NetworkError::of_io(during, error)
    }

    fn note(
        &self,
        head: Head,
        framing: Framing,
        informational: Vec<(u16, HeaderList)>,
        bytes: &[u8],
    ) {
        let room = self.watch.record.capture().body_bytes;
        self.watch.record.edit(|draft| {
            let mut response = observed(head, informational, bytes);
            // All that will be kept at once, rather than growing with each piece.
            if let Framing::Length(length) = framing {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                response.body.bytes.reserve_exact(length.min(room));
            }
            draft.exchange.response = Some(response);
        });
        self.watch.record.tell_redirect();
    }

    pub(crate) fn trailers(&self, scan: &BodyScan) {
        if scan.trailers().is_empty() {
            return;
        }
        let trailers = client::read_trailers(scan.trailers());
        self.watch.record.edit(|draft| {
            if let Some(response) = &mut draft.exchange.response {
                response.trailers = trailers;
            }
        });
    }
}

fn not_http(bytes: &[u8]) -> NetworkError {
    let start = bytes[..bytes.len().min(32)].to_vec();
    NetworkError::InvalidResponse(client::HeadFault::NotHttp { start })
}

/// A response head as an exchange has it.
pub(crate) fn observed(
    head: Head,
    informational: Vec<(u16, HeaderList)>,
    bytes: &[u8],
) -> ObservedResponse {
    ObservedResponse {
        status: head.status,
        reason: head.reason,
        version: match head.version {
            client::Version::Http10 => HttpVersion::Http10,
            _ => HttpVersion::Http11,
        },
        header_list: head.header_list,
        raw_head: (!head.oddities.is_empty()).then(|| bytes.into()),
        informational,
        ..ObservedResponse::default()
    }
}

pub(crate) fn broke(fault: &BodyFault, by_reset: bool) -> Trouble {
    Trouble::Broke {
        failure: Fault::of_body(fault).failure(),
        by_reset,
    }
}

pub(crate) fn is_event_stream(head: &Head) -> bool {
    let list = &head.header_list;
    let is_sse = list.get("Content-Type").is_some_and(|value| {
        value
            .get(..17)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"text/event-stream"))
    });
    is_sse && !list.contains("Content-Encoding")
}
