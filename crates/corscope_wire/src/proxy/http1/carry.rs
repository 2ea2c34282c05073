//! Carries one request to a server and its response back, both at once where that is needed: a
//! server may answer, or even close, before it has read the whole body.

use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite};

use super::body_scan::BodyScan;
use super::downstream::Whole;
use super::respond::{Relayed, Respond, RewriteHead, Trouble};
use super::session::LINGER;
use super::staged_response::AskAbout;
use crate::client::{NetworkError, Phase};
use crate::proxy::buffer::Buffer;
use crate::proxy::config::Limits;
use crate::proxy::stream::ClientStream;
use crate::proxy::upstream::Upstream;
use crate::proxy::watch::Watch;

/// One request, written for the next hop, with as much of its body as was there.
pub(crate) struct Carry<'a> {
    pub(crate) watch: &'a Watch,
    pub(crate) limits: &'a Limits,
    pub(crate) method: &'a str,
    pub(crate) out: &'a [u8],
    pub(crate) ask: Option<&'a AskAbout<'a>>,
    pub(crate) rewrite: Option<&'a dyn RewriteHead>,
}

impl Carry<'_> {
    /// Sends it to `upstream` and passes the response on to `client`. `scan` follows the rest of the
    /// request's body, which comes from `client` by way of `input`.
    pub(crate) async fn run(
        &self,
        client: &mut ClientStream,
        input: &mut Buffer,
        upstream: &mut Upstream,
        scan: &mut BodyScan,
    ) -> Result<Relayed, Trouble> {
        let respond = Respond {
            watch: self.watch,
            limits: self.limits,
            method: self.method,
            tls: upstream.facts.to.tls,
            ask: self.ask,
            rewrite: self.rewrite,
        };
        self.watch.allow(self.limits.silence);
        let sent = self.watch.write_all(&mut upstream.stream, self.out).await;
        self.mark_sent();
        let relayed = if scan.is_over() {
            let mut whole = Whole { client, input };
            respond
                .relay(&mut upstream.stream, &mut upstream.input, &mut whole)
                .await
        } else {
            self.both_ways(&respond, client, input, upstream, scan)
                .await
        };
        relayed.map_err(|trouble| explained_by_write(trouble, sent.err()))
    }

    fn mark_sent(&self) {
        self.watch
            .record
            .edit(|draft| draft.mark_sent(Instant::now()));
    }

    async fn both_ways(
        &self,
        respond: &Respond<'_>,
        client: &mut ClientStream,
        input: &mut Buffer,
        upstream: &mut Upstream,
        scan: &mut BodyScan,
    ) -> Result<Relayed, Trouble> {
        let (mut from_client, mut to_client) = tokio::io::split(client);
        let (mut from_server, mut to_server) = tokio::io::split(&mut upstream.stream);
        let delivered = AtomicBool::new(true);
        let mut upload =
            pin!(self.upload(&mut from_client, input, &mut to_server, scan, &delivered));
        let mut relay = pin!(respond.relay(&mut from_server, &mut upstream.input, &mut to_client));
        let mut uploaded = false;
        let mut relayed = loop {
            tokio::select! {
                biased;
                done = &mut upload, if !uploaded => {
                    done?;
                    uploaded = true;
                    self.mark_sent();
                }
                relayed = &mut relay => break relayed?,
            }
        };
        if !uploaded {
            // The client may read the answer only after it has sent all.
            self.watch.allow(LINGER);
            uploaded = upload.await.is_ok();
        }
        relayed.stays_open &= uploaded && delivered.load(Ordering::Relaxed);
        Ok(relayed)
    }

    /// Passes the rest of the request's body on. A server that takes no more of it may still
    /// answer, so the rest is then read and dropped.
    async fn upload<R, W>(
        &self,
        client: &mut R,
        input: &mut Buffer,
        server: &mut W,
        scan: &mut BodyScan,
        delivered: &AtomicBool,
    ) -> Result<(), Trouble>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        loop {
            let record = &self.watch.record;
            let used = scan
                .feed(input.as_slice(), &mut |piece| record.request_data(piece))
                .map_err(Trouble::BadRequestBody)?;
            if used > 0 && delivered.load(Ordering::Relaxed) {
                let written = self
                    .watch
                    .write_all(server, &input.as_slice()[..used])
                    .await;
                delivered.store(written.is_ok(), Ordering::Relaxed);
            }
            input.consume(used);
            if scan.is_over() {
                return Ok(());
            }
            match self.watch.fill(input, client).await {
                Ok(1..) => self.watch.allow(self.limits.silence),
                Ok(0) | Err(_) => return Err(Trouble::ClientGone),
            }
        }
    }
}

/// A connection that ended without a byte, after the write had failed, was cut rather than closed.
fn explained_by_write(trouble: Trouble, write: Option<io::Error>) -> Trouble {
    match (trouble, write) {
        (
            Trouble::NoResponse {
                error: NetworkError::EmptyResponse,
                silent,
            },
            Some(error),
        ) => Trouble::NoResponse {
            error: NetworkError::of_io(Phase::AwaitHead, &error),
            silent,
        },
        (trouble, _) => trouble,
    }
}

/// Whether the connection was lost, as one is that the server had closed already.
pub(crate) fn is_loss(error: &NetworkError) -> bool {
    use NetworkError::{ConnectionBroken, ConnectionReset, EmptyResponse};
    matches!(
        error,
        EmptyResponse | ConnectionReset { .. } | ConnectionBroken { .. }
    )
}
