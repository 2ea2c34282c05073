//! An exchange that was observed: a request as it went over a wire, and what became of it.
//!
//! One noun for everything that observes: the intercepting proxy, a HAR, a stored capture. It holds
//! facts only. What a wire does not show (the mode, the credentials mode, the page) is in
//! [`Hints`], each field empty unless somebody who knows has told.
//!
//! Times are microseconds; an instant counts from the Unix epoch.

use std::borrow::Cow;
use std::net::SocketAddr;

use crate::header_list::HeaderList;
use crate::request_init::{Api, CredentialsMode, Mode};

/// A request as it was seen, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Its number, unique and rising within one capture.
    pub id: u64,
    /// When the request's first byte was seen.
    pub started: u64,
    /// The request.
    pub request: ObservedRequest,
    /// The response; `None` when there was none, or none yet.
    pub response: Option<ObservedResponse>,
    /// What went wrong below HTTP. Beside a response: its body did not end as it should.
    pub failure: Option<Failure>,
    /// Where the time went.
    pub timing: Timing,
    /// How it was carried.
    pub connection: ConnectionFacts,
    /// What is known besides the wire.
    pub hints: Hints,
    /// What corscope changed on the way; `None` when both sides saw the same bytes.
    pub modified: Option<Box<Modified>>,
    /// Whether it has ended: nothing in it will change any more.
    pub ended: bool,
}

/// A request as it was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedRequest {
    /// The method, as sent.
    pub method: String,
    /// The absolute URL, without fragment, as far as it could be read.
    pub url: String,
    /// The protocol version.
    pub version: HttpVersion,
    /// The header list, raw. HTTP/2: without pseudo-headers, names in lower case.
    pub header_list: HeaderList,
    /// The exact head, when [`header_list`](Self::header_list) does not say how it was written.
    pub raw_head: Option<Box<[u8]>>,
    /// The body.
    pub body: ObservedBody,
}

/// A response as it was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedResponse {
    /// The status.
    pub status: u16,
    /// The reason phrase; empty in HTTP/2.
    pub reason: Vec<u8>,
    /// The protocol version.
    pub version: HttpVersion,
    /// The header list, raw.
    pub header_list: HeaderList,
    /// The exact head, when [`header_list`](Self::header_list) does not say how it was written:
    /// bare line feeds, folded values, lines without a colon.
    pub raw_head: Option<Box<[u8]>>,
    /// The 1xx responses before it.
    pub informational: Vec<(u16, HeaderList)>,
    /// The body, as transferred: chunks joined, `Content-Encoding` left as it is.
    pub body: ObservedBody,
    /// The trailers after the body.
    pub trailers: HeaderList,
}

/// A body, as far as it was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedBody {
    /// Its first bytes.
    pub bytes: Vec<u8>,
    /// How many bytes went over the wire; more than `bytes` holds when the copy is cut short.
    pub len: u64,
}

impl ObservedBody {
    /// Whether `bytes` is all of it.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.len
    }
}

/// A version of HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HttpVersion {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    #[default]
    Http11,
    /// HTTP/2
    Http2,
    /// HTTP/3, which only files of other tools report.
    Http3,
}

impl HttpVersion {
    /// `HTTP/1.1` and so on.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::Http3 => "HTTP/3",
        }
    }
}

/// A failure below HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its stable name, in kebab case: `connection-refused`, `dns-failed`, `client-closed`.
    pub code: Cow<'static, str>,
    /// The name that the browser has, or would have, for it: `net::ERR_CONNECTION_REFUSED`. `None`
    /// when it has none, as for what only corscope does.
    pub net_error: Option<Cow<'static, str>>,
    /// Whose side failed.
    pub side: Side,
    /// What happened, in words, with what to do where that is known.
    pub message: String,
}

/// A side of an intercepted exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The browser, or whoever uses the proxy.
    Client,
    /// The server, or the way to it.
    Server,
    /// corscope itself: a breakpoint's time was up, a rewrite closed the connection, a loop.
    Corscope,
}

/// Where the time went, in microseconds; what did not happen is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// Waiting for a connection, or at a breakpoint.
    pub blocked: Option<u64>,
    /// Resolving the name.
    pub dns: Option<u64>,
    /// Opening the TCP connection.
    pub connect: Option<u64>,
    /// The TLS handshake with the server.
    pub tls: Option<u64>,
    /// Sending the request.
    pub send: Option<u64>,
    /// From there to the response's first byte.
    pub wait: Option<u64>,
    /// From there to its end.
    pub receive: Option<u64>,
    /// All of it.
    pub total: Option<u64>,
}

/// How an exchange was carried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionFacts {
    /// The client's connection, numbered; 0 when not known.
    pub client: u64,
    /// The connection to the server, numbered; 0 when there was none or it is not known.
    pub server: u64,
    /// Whether the connection to the server had carried an earlier exchange.
    pub reused: bool,
    /// Who was talked to: the upstream proxy if there is one.
    pub remote_addr: Option<SocketAddr>,
    /// The upstream proxy, without its password.
    pub upstream_proxy: Option<String>,
    /// The TLS session with the server, such as `TLSv1.3, TLS13_AES_128_GCM_SHA256`.
    pub tls: Option<String>,
    /// Faults of the server's certificate that were let pass because the user said so.
    pub unverified: Vec<String>,
}

/// What is known of an exchange besides the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Who asked.
    pub api: Option<Api>,
    /// The request's mode.
    pub mode: Option<Mode>,
    /// The request's credentials mode.
    pub credentials: Option<CredentialsMode>,
    /// The page's URL.
    pub page_url: Option<String>,
    /// The exchange that this is the preflight of, or the preflight of this one, as the browser
    /// pairs them.
    pub paired_with: Option<u64>,
    /// The browser's own words.
    pub browser: Option<Box<BrowserSaid>>,
    /// An address that would have been dialled without the proxy, when it is another one.
    pub resolved_addr: Option<SocketAddr>,
}

/// What a browser itself said about an exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserSaid {
    /// Chromium's CORS error name or Firefox's message key.
    pub cors_error: Option<String>,
    /// The parameter that came with it.
    pub failed_parameter: Option<String>,
    /// The error's name, such as `net::ERR_FAILED`.
    pub net_error: Option<String>,
    /// What it wrote to the console.
    pub console: Vec<String>,
}

/// What was changed on the way. The exchange itself holds what the other side got: the request as
/// the server saw it, the response as the browser saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modified {
    /// The request as the client sent it, if it was changed.
    pub request: Option<ObservedRequest>,
    /// The response as the server sent it, if it was changed.
    pub response: Option<ObservedResponse>,
    /// What changed it, in order: the names of rewrites, `breakpoint`.
    pub by: Vec<String>,
}

impl Exchange {
    /// Whether it is a [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request):
    /// `OPTIONS` with `Origin` and `Access-Control-Request-Method`.
    pub fn is_preflight(&self) -> bool {
        let list = &self.request.header_list;
        self.request.method == "OPTIONS"
            && list.contains("Origin")
            && list.contains("Access-Control-Request-Method")
    }

    /// The value of its `Origin` header.
    pub fn origin(&self) -> Option<Cow<'_, str>> {
        match self.request.header_list.get("Origin")? {
            Cow::Borrowed(bytes) => Some(String::from_utf8_lossy(bytes)),
            Cow::Owned(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preflight_needs_all_three_signs() {
        let table = [
            (
                "OPTIONS",
                vec!["Origin", "Access-Control-Request-Method"],
                true,
            ),
            (
                "OPTIONS",
                vec!["origin", "access-control-request-method"],
                true,
            ),
            ("OPTIONS", vec!["Origin"], false),
            ("OPTIONS", vec!["Access-Control-Request-Method"], false),
            (
                "GET",
                vec!["Origin", "Access-Control-Request-Method"],
                false,
            ),
        ];
        for (method, names, wanted) in table {
            let request = ObservedRequest {
                method: method.to_owned(),
                header_list: names.iter().map(|name| (name, " x")).collect(),
                ..ObservedRequest::default()
            };
            let exchange = Exchange {
                request,
                ..Exchange::default()
            };
            assert_eq!(exchange.is_preflight(), wanted, "{method} {names:?}");
        }
    }

    #[test]
    fn a_cut_copy_is_not_whole() {
        let body = ObservedBody {
            bytes: vec![0; 3],
            len: 4,
        };
        assert!(!body.is_whole());
        assert!(ObservedBody::default().is_whole());
    }
}
