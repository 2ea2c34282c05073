//! Joins two connections whose protocol is not HTTP any more.

use std::io;
use std::pin::pin;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::buffer::Buffer;
use super::fault::body_failure;
use super::http1::request_head::Upgrade;
use super::http1::session::Session;
use super::upstream::Upstream;
use super::watch::Watch;
use super::websocket::Messages;
use corscope_fetch::exchange::Side;

/// Whoever looks at the bytes that pass.
pub(crate) trait Onlooker {
    fn see(&mut self, from: Side, bytes: &[u8], watch: &Watch);
}

/// Nobody.
pub(crate) struct Nobody;

impl Onlooker for Nobody {
    fn see(&mut self, _: Side, _: &[u8], _: &Watch) {}
}

/// The server agreed to another protocol: from here on bytes pass both ways until both sides have
/// closed.
pub(crate) async fn switched(session: &mut Session<'_>, mut upstream: Upstream) {
    let record = &session.watch.record;
    record.tell_now();
    let room = record.capture().message_bytes;
    let mut agreed = None;
    if session.head.upgrade == Upgrade::WebSocket {
        record.edit(|draft| {
            let response = draft.exchange.response.as_ref();
            agreed = response.map(|response| response.header_list.clone());
        });
    }
    let (mut of_client, mut of_server): (Box<dyn Onlooker + Send>, Box<dyn Onlooker + Send>) =
        match &agreed {
            Some(agreed) => (
                Box::new(Messages::of(Side::Client, agreed, room)),
                Box::new(Messages::of(Side::Server, agreed, room)),
            ),
            None => (Box::new(Nobody), Box::new(Nobody)),
        };
    let (sent, received) = join(
        session.watch,
        (&mut session.client, &mut session.input),
        (&mut upstream.stream, &mut upstream.input),
        of_client.as_mut(),
        of_server.as_mut(),
    )
    .await;
    let broken = |result: &io::Result<()>| result.as_ref().err().map(ToString::to_string);
    let failure = match (broken(&sent), broken(&received)) {
        (None, None) => None,
        (_, Some(why)) | (Some(why), None) => Some(body_failure(
            "connection-broken",
            Side::Server,
            format!("the connection broke: {why}"),
        )),
    };
    record.end(failure);
}

/// Joins two streams. Each has the bytes that were read from it already.
pub(crate) async fn join<C, S>(
    watch: &Watch,
    client: (&mut C, &mut Buffer),
    server: (&mut S, &mut Buffer),
    of_client: &mut (dyn Onlooker + Send),
    of_server: &mut (dyn Onlooker + Send),
) -> (io::Result<()>, io::Result<()>)
where
    C: AsyncRead + AsyncWrite + Unpin,
    S: AsyncRead + AsyncWrite + Unpin,
{
    watch.allow_any();
    let (mut from_client, mut to_client) = tokio::io::split(client.0);
    let (mut from_server, mut to_server) = tokio::io::split(server.0);
    let mut up = pin!(pass(
        watch,
        Side::Client,
        client.1,
        &mut from_client,
        &mut to_server,
        of_client
    ));
    let mut down = pin!(pass(
        watch,
        Side::Server,
        server.1,
        &mut from_server,
        &mut to_client,
        of_server
    ));
    let (mut sent, mut received) = (None, None);
    loop {
        tokio::select! {
            done = &mut up, if sent.is_none() => {
                let failed = done.is_err();
                sent = Some(done);
                if failed || received.is_some() {
                    break;
                }
            }
            done = &mut down, if received.is_none() => {
                let failed = done.is_err();
                received = Some(done);
                if failed || sent.is_some() {
                    break;
                }
            }
        }
    }
    (sent.unwrap_or(Ok(())), received.unwrap_or(Ok(())))
}

async fn pass<R, W>(
    watch: &Watch,
    from: Side,
    buffer: &mut Buffer,
    reader: &mut R,
    writer: &mut W,
    onlooker: &mut (dyn Onlooker + Send),
) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    loop {
        if !buffer.is_empty() {
            onlooker.see(from, buffer.as_slice(), watch);
            let len = buffer.len();
            watch.write_all(writer, buffer.as_slice()).await?;
            buffer.consume(len);
        }
        if watch.fill(buffer, reader).await? == 0 {
            return writer.shutdown().await;
        }
    }
}
