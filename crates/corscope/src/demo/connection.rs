//! One connection: request after request, each bounded in size and time.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::Places;
use super::answer::{Answer, Flood};
use super::request::{BadHead, Request};
use super::response::Response;
use super::router;

const MAX_HEAD: usize = 64 * 1024;
const MAX_BODY: u64 = 1024 * 1024;
/// After so many the client may open another connection.
const MAX_REQUESTS: usize = 1000;
/// What a client that was refused may still send while it reads why.
const MAX_DRAINED: u64 = 1024 * 1024;
/// Whatever happens, a connection ends: the endless endpoint as well.
const LONGEST: Duration = Duration::from_secs(300);

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// To begin a request on an open connection.
    pub(super) idle: Duration,
    /// To finish its head, or its body, once begun.
    pub(super) request: Duration,
    /// To take one piece of the answer.
    pub(super) write: Duration,
    /// To close its side after we closed ours.
    pub(super) close: Duration,
}

impl Patience {
    pub(super) const USUAL: Self = Self {
        idle: Duration::from_secs(15),
        request: Duration::from_secs(10),
        write: Duration::from_secs(20),
        close: Duration::from_secs(1),
    };
}

/// Serves a connection to its end. Errors mean that the client is gone, which concerns nobody.
pub(super) async fn serve(stream: TcpStream, places: Places, patience: Patience) {
    let _ = stream.set_nodelay(true);
    let mut connection = Connection {
        stream,
        places,
        patience,
        unread: Vec::new(),
    };
    let _ = timeout(LONGEST, connection.run()).await;
}

enum Received {
    Request(Request),
    /// The client closed, or never began.
    Nothing,
    /// It cannot be understood: this is why, and the connection ends.
    Refused(u16),
}

struct Connection {
    stream: TcpStream,
    places: Places,
    patience: Patience,
    /// Bytes that came and belong to no request yet.
    unread: Vec<u8>,
}

impl Connection {
    async fn run(&mut self) -> io::Result<()> {
        for turn in 1..=MAX_REQUESTS {
            let request = match self.next_request().await? {
                Received::Request(request) => request,
                Received::Nothing => return Ok(()),
                Received::Refused(status) => {
                    let refusal = Response::new(status).text("corscope demo: bad request\n");
                    self.write(&refusal.bytes(false, true)).await?;
                    return self.close().await;
                }
            };
            let body_read = self.skip_body(&request).await?;
            let last = turn == MAX_REQUESTS || !body_read || wants_close(&request);
            match router::answer(&request, &self.places) {
                Answer::Respond(response) => {
                    self.write(&response.bytes(request.method == "HEAD", last))
                        .await?;
                    if last {
                        return self.close().await;
                    }
                }
                Answer::Raw(bytes) => {
                    self.write(&bytes).await?;
                    return self.close().await;
                }
                Answer::Drip { at_once, dripped } => {
                    self.write(&at_once).await?;
                    for byte in dripped {
                        sleep(Duration::from_secs(1)).await;
                        self.write(&[byte]).await?;
                    }
                    return self.close().await;
                }
                Answer::Flood(flood) => {
                    self.flood(&flood).await?;
                    return self.close().await;
                }
                Answer::Close => return self.close().await,
                Answer::Reset => return self.stream.set_zero_linger(),
            }
        }
        Ok(())
    }

    async fn next_request(&mut self) -> io::Result<Received> {
        let idle = self.patience.idle;
        if self.unread.is_empty() && !matches!(timeout(idle, self.read_some()).await, Ok(Ok(1..))) {
            return Ok(Received::Nothing);
        }
        match timeout(self.patience.request, self.head()).await {
            Ok(received) => received,
            Err(_) => Ok(Received::Refused(408)),
        }
    }

    async fn head(&mut self) -> io::Result<Received> {
        loop {
            match Request::parse(&self.unread) {
                Ok(Some((_, length))) if length > MAX_HEAD => return Ok(Received::Refused(431)),
                Ok(Some((request, length))) => {
                    self.unread.drain(..length);
                    return Ok(Received::Request(request));
                }
                Ok(None) if self.unread.len() > MAX_HEAD => return Ok(Received::Refused(431)),
                Ok(None) => {
                    if self.read_some().await? == 0 {
                        return Ok(Received::Nothing);
                    }
                }
                Err(BadHead::TooLarge) => return Ok(Received::Refused(431)),
                Err(BadHead::Malformed) => return Ok(Received::Refused(400)),
            }
        }
    }

    async fn read_some(&mut self) -> io::Result<usize> {
        let mut piece = [0; 8 * 1024];
        let length = self.stream.read(&mut piece).await?;
        self.unread.extend_from_slice(&piece[..length]);
        Ok(length)
    }

    /// Reads past the body. `false` when it is not worth it or cannot be done: then the next
    /// request's beginning is unknown, and the connection must end.
    async fn skip_body(&mut self, request: &Request) -> io::Result<bool> {
        let length = match request.header("content-length").map(str::parse::<u64>) {
            _ if request.has("transfer-encoding") => return Ok(false),
            None => 0,
            Some(Ok(length)) if length <= MAX_BODY => length,
            Some(_) => return Ok(false),
        };
        if length > 0 && request.has("expect") {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let patience = self.patience.request;
        Ok(matches!(
            timeout(patience, self.skip(length)).await,
            Ok(Ok(true))
        ))
    }

    async fn skip(&mut self, length: u64) -> io::Result<bool> {
        let mut left = length;
        loop {
            let here = self
                .unread
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            self.unread.drain(..here);
            left -= here as u64;
            if left == 0 {
                return Ok(true);
            }
            if self.read_some().await? == 0 {
                return Ok(false);
            }
        }
    }

    async fn flood(&mut self, flood: &Flood) -> io::Result<()> {
        self.write(&flood.first).await?;
        for _ in 0..flood.times {
            self.write(&flood.piece).await?;
            if !flood.pause.is_zero() {
                sleep(flood.pause).await;
            }
        }
        self.write(&flood.last).await
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match timeout(self.patience.write, self.stream.write_all(bytes)).await {
            Ok(written) => written,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Closes our side and waits a little for the client to close its own: a socket closed with
    /// unread bytes in it is reset by the system, and the client may lose the answer.
    async fn close(&mut self) -> io::Result<()> {
        self.stream.shutdown().await?;
        let mut rest = (&mut self.stream).take(MAX_DRAINED);
        let mut sink = tokio::io::sink();
        let _ = timeout(self.patience.close, tokio::io::copy(&mut rest, &mut sink)).await;
        Ok(())
    }
}

fn wants_close(request: &Request) -> bool {
    let says = |word: &str| {
        request.header("connection").is_some_and(|value| {
            value
                .split(',')
                .any(|option| option.trim().eq_ignore_ascii_case(word))
        })
    };
    says("close") || (request.http_1_0 && !says("keep-alive"))
}
