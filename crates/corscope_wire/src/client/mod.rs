//! The HTTP client: one request out, and everything that came back.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use corscope_wire::client::{Client, ClientConfig, WireRequest};
//!
//! let client = Client::new(ClientConfig::default())?;
//! let exchange = client
//!     .exchange(WireRequest {
//!         method: "OPTIONS".to_owned(),
//!         url: "http://localhost:3000/items".parse()?,
//!         header_list: [("Origin", "https://app.example.com")].into_iter().collect(),
//!         body: None,
//!     })
//!     .await;
//! match &exchange.result {
//!     Ok(response) => println!("{} {:?}", response.status, response.header_list),
//!     Err(error) => println!("{}: {error}", error.code()),
//! }
//! # Ok(()) }
//! ```
//!
//! Every wait is bounded by [`Limits`]; every failure below HTTP is a [`NetworkError`] of its own.

mod body;
mod certificate;
mod chunked;
mod config;
mod connect;
mod connection;
mod error;
mod framing;
mod head;
mod http1;
mod http2;
mod limits;
mod open;
mod proxy;
mod request;
mod resolve;
mod response;
mod timing;
mod tls;
mod verifier;

pub use certificate::CertificateFacts;
pub use config::{ClientConfig, ConfigError, HttpVersion, ResolveOverride, ResolveOverrideError};
pub use error::{ConnectAttempt, ConnectFailure, HeadFault, NetworkError, Phase, RequestFault};
pub use limits::Limits;
pub use proxy::{ProxyUrl, ProxyUrlError};
pub use request::{SentRequest, WireRequest};
pub use response::{
    BodyEnd, BodyFault, HeadOddity, OddityKind, TlsSession, Version, WireExchange, WireResponse,
};
pub use timing::Timing;

pub(crate) use connect::connect;
pub(crate) use framing::{Framing, framing, stays_open};
pub(crate) use head::{
    Head, HeadEnd, HeadRejected, begins_as_http, read as read_head, read_trailers,
};
pub(crate) use proxy::open_tunnel;
pub(crate) use request::{Destination, is_token};
pub(crate) use resolve::resolve;
pub(crate) use timing::Clock;
pub(crate) use tls::{failure as tls_failure, read_bundle, system_roots};
pub(crate) use verifier::{Trust, Verifier};

use connection::{Connection, ConnectionFacts, Pool, Protocol};
use request::TargetForm;
use tls::Tls;

/// `HTTP_1_1_REQUIRED`: the server wants this request without HTTP/2.
const HTTP_1_1_REQUIRED: u32 = 0xd;

/// An HTTP client that keeps connections for the next exchange with the same destination.
pub struct Client {
    config: ClientConfig,
    tls: Tls,
    pool: Pool,
}

/// What is known of an exchange while it goes on.
#[derive(Default)]
pub(crate) struct Progress {
    timing: Timing,
    facts: ConnectionFacts,
    http_version: Option<Version>,
    reused: bool,
}

/// Why an exchange must be tried again.
enum Retry {
    /// A kept connection failed before a byte of the response: the server had closed it.
    Stale,
    /// The server wants this request over HTTP/1.1.
    Http1Required,
}

impl Client {
    /// A client for `config`. Reads the files of certificates, and nothing else yet.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        let tls = Tls::new(&config.ca_certs, config.insecure)?;
        Ok(Self {
            config,
            tls,
            pool: Pool::default(),
        })
    }

    /// Sends `request` and reads the response. Never fails as a whole: whatever was learnt is in
    /// the exchange, and [`WireExchange::result`] says whether there is a response.
    ///
    /// Must be called inside a tokio runtime with time and I/O enabled.
    pub async fn exchange(&self, request: WireRequest) -> WireExchange {
        let clock = Clock::start(self.config.limits.total);
        let mut progress = Progress::default();
        let (sent, result) = match self.prepare(&request) {
            Ok((to, mut sent)) => {
                let result = self
                    .run(&request, &to, &mut sent, &clock, &mut progress)
                    .await;
                (sent, result)
            }
            Err(fault) => (
                SentRequest::unsendable(&request),
                Err(NetworkError::InvalidRequest(fault)),
            ),
        };
        progress.timing.total = Some(clock.elapsed());
        WireExchange {
            request: sent,
            result,
            timing: progress.timing,
            remote_addr: progress.facts.remote_addr,
            http_version: progress.http_version,
            reused: progress.reused,
            tls: progress.facts.tls,
        }
    }

    fn prepare(&self, request: &WireRequest) -> Result<(Destination, SentRequest), RequestFault> {
        let to = Destination::of(&request.url)?;
        if self.config.http_version == HttpVersion::Http2 && !to.tls {
            return Err(RequestFault::Http2WithoutTls);
        }
        let form = match &self.config.proxy {
            Some(proxy) if !to.tls => TargetForm::Absolute {
                proxy_authorization: proxy.authorization().map(str::to_owned),
            },
            _ => TargetForm::Origin,
        };
        let sent = SentRequest::http1(request, &to, &form)?;
        Ok((to, sent))
    }

    async fn run(
        &self,
        request: &WireRequest,
        to: &Destination,
        sent: &mut SentRequest,
        clock: &Clock,
        progress: &mut Progress,
    ) -> Result<WireResponse, NetworkError> {
        let mut http_version = self.config.http_version;
        let mut kept = self.pool.take(to).await;
        loop {
            *progress = Progress {
                reused: kept.is_some(),
                ..Progress::default()
            };
            let connection = match kept.take() {
                Some(connection) => {
                    progress.facts = connection.facts.clone();
                    connection
                }
                None => self.open(to, http_version, clock, progress).await?,
            };
            progress.http_version = Some(connection.protocol.version());
            let tried = self
                .attempt(connection, request, to, sent, clock, progress)
                .await;
            match tried {
                Ok(result) => return result,
                Err(Retry::Stale) => {}
                Err(Retry::Http1Required) => http_version = HttpVersion::Http1Only,
            }
            // The next connection may speak another version, in which the request looks different.
            (_, *sent) = self
                .prepare(request)
                .map_err(NetworkError::InvalidRequest)?;
        }
    }

    /// One try on one connection, which is kept for the next exchange if it is still good.
    async fn attempt(
        &self,
        connection: Connection,
        request: &WireRequest,
        to: &Destination,
        sent: &mut SentRequest,
        clock: &Clock,
        progress: &mut Progress,
    ) -> Result<Result<WireResponse, NetworkError>, Retry> {
        let limits = &self.config.limits;
        let keep = |protocol, facts| self.pool.put(to.clone(), Connection { protocol, facts });
        match connection.protocol {
            Protocol::Http1(stream) => {
                let body = request.body.as_deref().unwrap_or_default();
                sent.sent = true;
                let outcome = http1::exchange(stream, sent, body, clock, limits, to.tls).await;
                progress.timing.first_byte = outcome.first_byte;
                if let Some(stream) = outcome.reusable {
                    keep(Protocol::Http1(stream), connection.facts);
                }
                let silent = outcome.first_byte.is_none();
                match outcome.result {
                    Ok(response) if response.status == 407 && !to.tls => {
                        Ok(self.of_proxy(response))
                    }
                    Err(error) if progress.reused && silent && is_loss(&error) => Err(Retry::Stale),
                    result => Ok(result),
                }
            }
            Protocol::Http2(http2) => {
                let (composed, message) = match http2::compose(request, to) {
                    Ok(composed) => composed,
                    Err(fault) => {
                        return Ok(Err(NetworkError::InvalidRequest(fault)));
                    }
                };
                *sent = composed;
                sent.sent = true;
                let body = request.body.clone();
                let outcome = http2::exchange(&http2, message, body, clock, limits).await;
                progress.timing.first_byte = outcome.first_byte;
                if outcome.usable {
                    keep(Protocol::Http2(http2), connection.facts);
                }
                match outcome.result {
                    Err(_) if progress.reused && outcome.unprocessed => Err(Retry::Stale),
                    Err(NetworkError::Http2 {
                        code: Some(HTTP_1_1_REQUIRED),
                        ..
                    }) if self.config.http_version == HttpVersion::Auto => {
                        Err(Retry::Http1Required)
                    }
                    result => Ok(result),
                }
            }
        }
    }
}

impl Client {
    /// A 407 on the way through a proxy is the proxy's own word: the server was never asked.
    fn of_proxy(&self, response: WireResponse) -> Result<WireResponse, NetworkError> {
        match &self.config.proxy {
            Some(proxy) => Err(NetworkError::ProxyAuthenticationRequired {
                proxy: proxy.to_string(),
            }),
            None => Ok(response),
        }
    }
}

/// Whether the connection was lost, as one is that the server had closed already.
fn is_loss(error: &NetworkError) -> bool {
    use NetworkError::{ConnectionBroken, ConnectionReset, EmptyResponse};
    matches!(
        error,
        EmptyResponse | ConnectionReset { .. } | ConnectionBroken { .. }
    )
}
