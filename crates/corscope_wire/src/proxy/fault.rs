//! What can go wrong on the way: a stable code, whose side it is, what happened, what to do.

use std::borrow::Cow;
use std::net::SocketAddr;

use corscope_fetch::exchange::{Failure, Side};

use crate::client::{BodyFault, NetworkError, Phase};

/// A failure, ready to be noted and, where that is still possible, to be answered.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) code: Cow<'static, str>,
    pub(crate) side: Side,
    /// The status of the answer that tells of it.
    pub(crate) status: u16,
    pub(crate) message: String,
    /// What to do next; empty where nothing is known.
    pub(crate) next: Cow<'static, str>,
    net_error: Option<&'static str>,
}

impl Fault {
    pub(crate) fn new(
        code: &'static str,
        side: Side,
        status: u16,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            side,
            status,
            message: message.into(),
            next: "".into(),
            net_error: None,
        }
    }

    pub(crate) fn next(mut self, next: impl Into<Cow<'static, str>>) -> Self {
        self.next = next.into();
        self
    }

    /// The way to the server failed.
    pub(crate) fn of_network(error: &NetworkError) -> Self {
        let status = match error {
            NetworkError::TimedOut { .. } | NetworkError::ConnectTimedOut { .. } => 504,
            _ => 502,
        };
        Self {
            code: error.code().into(),
            side: Side::Server,
            status,
            message: error.to_string(),
            next: next_step(error).into(),
            net_error: Some(error.chromium_net_error()),
        }
    }

    /// The request breaks the protocol in a way that servers read differently.
    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        let status = match code {
            "request-head-too-large" => 431,
            "http-version" => 505,
            "transfer-coding" => 501,
            _ => 400,
        };
        Self::new(code, Side::Client, status, message).next(
            "send the request in the one form that all servers read alike; corscope does not guess",
        )
    }

    /// The client was too slow.
    pub(crate) fn client_timeout() -> Self {
        let message = "the client did not finish its request in time";
        Self::new("client-timeout", Side::Client, 408, message)
    }

    /// The client closed its connection before the exchange was over.
    pub(crate) fn client_closed() -> Self {
        Self::new(
            "client-closed",
            Side::Client,
            499,
            "the client closed the connection before the exchange was over",
        )
        .next("the page aborted the request, was left, or ran into its own time limit")
    }

    /// The address is one of our own listeners.
    pub(crate) fn own_listener(address: SocketAddr) -> Self {
        Self::new(
            "own-listener",
            Side::Corscope,
            508,
            format!("{address} is corscope itself; it does not connect to itself"),
        )
        .next("ask for the server's own port, and not for the proxy's or the control page's")
    }

    /// The request passed here before.
    pub(crate) fn hop_loop() -> Self {
        Self::new(
            "proxy-loop",
            Side::Corscope,
            508,
            "this request has passed through this proxy before: it goes in a circle",
        )
        .next(
            "the upstream proxy sends it back here: name another one with --upstream-proxy, or unset \
             HTTP_PROXY and HTTPS_PROXY",
        )
    }

    /// The client may not use this proxy, or has not shown that it may.
    pub(crate) fn credentials_wanted() -> Self {
        Self::new(
            "proxy-credentials",
            Side::Client,
            407,
            "this proxy wants the user and password that corscope was started with",
        )
    }

    /// A stage closed the connection.
    pub(crate) fn closed_by_stage(name: &str) -> Self {
        let message = format!("{name} closed the connection");
        Self::new("closed-by-stage", Side::Corscope, 502, message)
    }

    /// The response's body broke before any of the response was passed on.
    pub(crate) fn body_broken(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Side::Server, 502, message)
    }

    /// The same, by what is wrong with the body.
    pub(crate) fn of_body(fault: &BodyFault) -> Self {
        let code = match fault {
            BodyFault::ClosedEarly { .. } | BodyFault::ChunksUnfinished => "body-cut-off",
            BodyFault::BadChunk => "bad-chunk",
            BodyFault::TrailersTooLarge => "trailers-too-large",
            BodyFault::Connection(error) => error.code(),
        };
        Self::body_broken(code, fault.to_string())
    }

    /// The server's answer is none to what was asked.
    pub(crate) fn bad_answer(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Side::Server, 502, message)
    }

    /// No certificate for a host could be made.
    pub(crate) fn cannot_intercept(host: &str, reason: &str) -> Self {
        let message = format!("no certificate for {host} could be made: {reason}");
        Self::new("cannot-intercept", Side::Corscope, 502, message)
    }

    /// The client gave up on the TLS handshake.
    pub(crate) fn client_tls(code: &'static str, message: impl Into<String>) -> Self {
        let next = match code {
            "client-rejected-certificate" | "client-tls-closed" => {
                "trust corscope's certificate authority there: http://corscope.invalid/ has it; an \
                 app that pins certificates needs its host passed through"
            }
            "client-tls-nothing-in-common" => "the client is too old, or speaks no TLS 1.2",
            _ => "",
        };
        Self::new(code, Side::Client, 400, message).next(next)
    }

    pub(crate) fn failure(&self) -> Failure {
        let message = if self.next.is_empty() {
            self.message.clone()
        } else {
            format!("{}; {}", self.message, self.next)
        };
        Failure {
            code: self.code.clone(),
            net_error: self.net_error.map(Into::into),
            side: self.side,
            message,
        }
    }
}

/// A body that broke after its head was passed on: nothing can be answered any more.
pub(crate) fn body_failure(code: &'static str, side: Side, message: String) -> Failure {
    Failure {
        code: code.into(),
        net_error: None,
        side,
        message,
    }
}

fn next_step(error: &NetworkError) -> &'static str {
    use NetworkError as Error;
    match error {
        Error::NameNotFound { .. } => {
            "check the spelling, or give the name an address with --resolve"
        }
        Error::NameServerFailed { .. } | Error::NameLookupFailed { .. } => {
            "check the network and the name server"
        }
        Error::ConnectionRefused { .. } => "is the server running, and on this port?",
        Error::ConnectTimedOut { .. } | Error::Unreachable { .. } => {
            "check the network, a firewall or VPN on the way, and the address"
        }
        Error::ConnectForbidden { .. } => "a firewall or sandbox on this machine forbids it",
        Error::ProxyUnreachable { .. } => "check HTTP_PROXY and HTTPS_PROXY, or --upstream-proxy",
        Error::ProxyAuthenticationRequired { .. } => {
            "put user and password into the upstream proxy's URL"
        }
        Error::CertificateSelfSigned { .. } | Error::CertificateUnknownIssuer { .. } => {
            "name its authority as an extra root, or relax verification for this host alone"
        }
        Error::CertificateExpired { .. } => "renew the server's certificate",
        Error::CertificateNotYetValid { .. } => "check the clock of this machine",
        Error::CertificateWrongHost { .. } => {
            "ask for the host that the certificate is for, or have it made for this one"
        }
        Error::NotTls => "ask for http:// rather than https://",
        Error::ClientCertificateWanted => "give corscope a client certificate for this host",
        Error::InvalidResponse(crate::client::HeadFault::NotHttp { start })
            if start.starts_with(&[0x15, 3]) =>
        {
            "ask for https:// rather than http://"
        }
        Error::EmptyResponse | Error::ConnectionReset { .. } => {
            "look into the server's log: it closed the connection by itself, or crashed"
        }
        Error::TimedOut {
            during: Phase::AwaitHead | Phase::ReadHead | Phase::ReadBody,
            ..
        } => "look into what the server is doing with this request",
        _ => "",
    }
}
