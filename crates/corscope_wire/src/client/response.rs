//! What came back: the response with nothing tidied away, and everything known about the exchange.

use std::net::SocketAddr;
use std::ops::Range;

use corscope_fetch::HeaderList;

use super::certificate::CertificateFacts;
use super::error::{NetworkError, Phase};
use super::request::SentRequest;
use super::timing::Timing;

/// One request and what became of it.
#[derive(Clone, Debug)]
pub struct WireExchange {
    /// The request as it went out.
    pub request: SentRequest,
    /// The response, or why there is none.
    pub result: Result<WireResponse, NetworkError>,
    /// Where the time went.
    pub timing: Timing,
    /// Who was talked to: the proxy if there is one.
    pub remote_addr: Option<SocketAddr>,
    /// The HTTP version spoken, known once connected. (A server may answer HTTP/1.1 with 1.0; that
    /// is in [`WireResponse::version`].)
    pub http_version: Option<Version>,
    /// Whether the connection had served an earlier exchange.
    pub reused: bool,
    /// The TLS session, also a failed one as far as it came; `None` for plain TCP.
    pub tls: Option<TlsSession>,
}

/// An HTTP version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0, or a status line whose version browsers cannot read.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
}

impl Version {
    /// `HTTP/1.1` and so on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
        }
    }
}

/// What TLS agreed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsSession {
    /// `TLSv1.3` or `TLSv1.2`; `None` when the handshake failed.
    pub version: Option<&'static str>,
    /// The cipher suite's name.
    pub cipher: Option<String>,
    /// The protocol picked by ALPN.
    pub alpn: Option<Vec<u8>>,
    /// The server's certificate, if it sent a readable one.
    pub certificate: Option<CertificateFacts>,
    /// What `insecure` let pass: without it the exchange would have failed with the first of these.
    pub ignored: Vec<NetworkError>,
}

/// A response, raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireResponse {
    /// The status code; 200 when the status line had none (see [`HeadOddity`]).
    pub status: u16,
    /// The reason phrase; empty for HTTP/2.
    pub reason: Vec<u8>,
    /// The version of the status line.
    pub version: Version,
    /// The headers in order. HTTP/1.1: names as spelled, values as after the colon, not trimmed;
    /// a folded value is its pieces joined by one space, so that
    /// [`HeaderList::get`] sees what browsers see. HTTP/2: lines of one name stand together.
    pub header_list: HeaderList,
    /// The exact bytes of the HTTP/1.1 head with its empty line; empty for HTTP/2.
    pub head: Vec<u8>,
    /// The 1xx responses before this one.
    pub informational: Vec<(u16, HeaderList)>,
    /// The trailers after the body.
    pub trailers: HeaderList,
    /// The body as transferred: chunks joined, any `Content-Encoding` left as it is.
    pub body: Vec<u8>,
    /// How the body ended.
    pub body_end: BodyEnd,
    /// What browsers mend, ignore or judge differently in this head.
    pub oddities: Vec<HeadOddity>,
}

/// How a body ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BodyEnd {
    /// All of it is there.
    Complete,
    /// There is more than [`Limits::body_bytes`](super::Limits::body_bytes); the rest was not read.
    Truncated,
    /// It was not over in [`Limits::body`](super::Limits::body); what came until then is kept.
    TimedOut,
    /// It broke; what came until then is kept.
    Broken(BodyFault),
}

/// What broke a body.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BodyFault {
    /// The connection was closed before `Content-Length` bytes had come.
    ClosedEarly {
        /// How many bytes are missing.
        missing: u64,
    },
    /// The connection was closed before the last chunk.
    ChunksUnfinished,
    /// What stands where a chunk's size or end must stand is none.
    BadChunk,
    /// The trailers are larger than a head may be.
    TrailersTooLarge,
    /// The connection failed.
    Connection(Box<NetworkError>),
}

/// A place in a response head that user agents mend, ignore or judge differently.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeadOddity {
    /// What it is.
    pub kind: OddityKind,
    /// The line in the head, counted from 0, which is the status line.
    pub line: usize,
    /// Where it stands in [`WireResponse::head`].
    pub span: Range<usize>,
    /// The line in [`WireResponse::header_list`] this is about; `None` if the line is not in it.
    pub header: Option<usize>,
}

/// The kinds of [`HeadOddity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OddityKind {
    /// White space between name and colon. Chromium reads the header, Firefox does not.
    SpaceBeforeColon,
    /// A value continued on a line that starts with white space (obsolete folding); joined.
    FoldedValue,
    /// A line that starts with white space and continues nothing; ignored.
    FoldOfNothing,
    /// A line without a colon; ignored.
    NoColon,
    /// A line that starts with a colon; ignored.
    EmptyName,
    /// A name that is no token; ignored.
    InvalidName,
    /// A line ended by LF without CR; only the first is noted.
    BareLineFeed,
    /// A CR that ends no line. It stays in the value; Chromium takes it for a line end and Firefox
    /// for a part of the value.
    LoneCarriageReturn,
    /// A control byte (not tab, NUL, CR, LF) in a value; kept.
    ControlByte,
    /// Up to four bytes before `HTTP`; skipped.
    LeadingBytes,
    /// A version that is not `digit.digit`; taken for HTTP/1.0.
    UnreadableVersion,
    /// No status code; taken for 200.
    MissingStatus,
    /// The connection was closed before the head's empty line; browsers go on over plain HTTP.
    HeadCutOff,
}

impl std::fmt::Display for BodyFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ClosedEarly { missing } => {
                write!(
                    out,
                    "the connection was closed {missing} bytes before the body's end"
                )
            }
            Self::ChunksUnfinished => {
                out.write_str("the connection was closed before the last chunk")
            }
            Self::BadChunk => out.write_str("a chunk has no valid size or end"),
            Self::TrailersTooLarge => out.write_str("the trailers are too large"),
            Self::Connection(error) => write!(out, "{error}"),
        }
    }
}

impl BodyFault {
    /// The fault of a read that failed in the midst of the body.
    pub(crate) fn of_read(error: &std::io::Error) -> Self {
        Self::Connection(Box::new(NetworkError::of_io(Phase::ReadBody, error)))
    }
}
