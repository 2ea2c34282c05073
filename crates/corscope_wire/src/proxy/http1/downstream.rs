//! The client's side while a response comes: it is written to, and it may go away.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncWrite, WriteHalf};

use crate::proxy::buffer::Buffer;
use crate::proxy::stream::ClientStream;

/// The client's side while a response comes: it is written to, and it may go away.
pub(crate) trait Downstream: AsyncWrite + Unpin {
    /// Ready once the client has closed its side.
    fn poll_gone(&mut self, context: &mut Context<'_>) -> Poll<()>;
}

/// A client whose request is all there: what else it sends waits in `input`.
pub(crate) struct Whole<'a> {
    pub(crate) client: &'a mut ClientStream,
    pub(crate) input: &'a mut Buffer,
}

/// Requests that a client may send ahead, in bytes, before it is left waiting.
const SENT_AHEAD: usize = 64 * 1024;

impl Downstream for Whole<'_> {
    fn poll_gone(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.input.len() < SENT_AHEAD {
            match self.input.poll_fill(self.client, context) {
                Poll::Ready(Ok(1..)) => {}
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Pending
    }
}

/// A client that still sends its request: whoever reads that sees it go.
impl Downstream for WriteHalf<&mut ClientStream> {
    fn poll_gone(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl AsyncWrite for Whole<'_> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.client).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.client).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.client).poll_shutdown(context)
    }
}
