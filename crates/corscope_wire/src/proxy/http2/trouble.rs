//! Why a stream did not reach its end, and what either side is told of it.

use corscope_fetch::exchange::{Failure, Side};
use h2::Reason;

use crate::client::{NetworkError, Phase};
use crate::proxy::config::Limits;
use crate::proxy::fault::{Fault, body_failure};

/// Why a stream did not reach its end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Answered in the server's place while that is possible.
    Fault(Fault),
    /// The server reset the stream; the client gets the same code.
    ServerReset(Reason),
    /// The server surely did nothing with the request: its connection was ending.
    Unprocessed(Fault),
    /// The connection was lost before a byte of the response.
    Lost(Fault),
    /// The client reset the stream, or its connection ended.
    ClientGone(Option<Reason>),
    /// The client neither sent nor read anything for too long.
    ClientLate,
    /// This stage closed it.
    Closed(String),
}

impl Trouble {
    /// Of an error on the way to the server, or on its way back.
    pub(super) fn of_server(error: &h2::Error, during: Phase, limits: &Limits) -> Self {
        let network = network(error, during, limits);
        if error.is_reset() && error.is_remote() {
            return Self::ServerReset(error.reason().unwrap_or(Reason::INTERNAL_ERROR));
        }
        let fault = match &network {
            // A body that broke is told in the words of a body.
            _ if during == Phase::ReadBody => {
                Fault::body_broken(network.code(), format!("the response's body: {network}"))
            }
            network => Fault::of_network(network),
        };
        if during != Phase::AwaitHead {
            Self::Fault(fault)
        } else if error.is_go_away() && error.is_remote() {
            // The library tells so only the streams that the server names as not begun.
            Self::Unprocessed(fault)
        } else if error.is_io() {
            Self::Lost(fault)
        } else {
            Self::Fault(fault)
        }
    }

    /// What the exchange is told to have failed by.
    pub(super) fn failure(&self) -> Failure {
        match self {
            Self::Fault(fault) | Self::Unprocessed(fault) | Self::Lost(fault) => fault.failure(),
            Self::ServerReset(reason) => {
                let mut failure = body_failure(
                    "stream-reset",
                    Side::Server,
                    format!("the server reset the stream: {reason:?} ({reason})"),
                );
                failure.net_error = Some(net_error(*reason).into());
                failure
            }
            Self::ClientGone(reason) => {
                let mut failure = Fault::client_closed().failure();
                if let Some(reason) = reason {
                    failure.message = format!(
                        "the client reset the stream: {reason:?}; {}",
                        failure.message
                    );
                }
                failure
            }
            Self::ClientLate => body_failure(
                "client-timeout",
                Side::Client,
                "the client neither sent nor read anything for too long".to_owned(),
            ),
            Self::Closed(name) => Fault::closed_by_stage(name).failure(),
        }
    }

    /// The code by which the client's stream is reset, if nothing can be answered.
    pub(super) fn to_client(&self) -> Reason {
        match self {
            Self::ServerReset(reason) => *reason,
            Self::Unprocessed(_) => Reason::REFUSED_STREAM,
            Self::ClientGone(_) | Self::ClientLate | Self::Closed(_) => Reason::CANCEL,
            Self::Fault(_) | Self::Lost(_) => Reason::INTERNAL_ERROR,
        }
    }

    /// The code by which the server's stream is reset.
    pub(super) fn to_server(&self) -> Reason {
        match self {
            Self::ClientGone(Some(reason)) => *reason,
            _ => Reason::CANCEL,
        }
    }
}

/// Chromium's name for a stream that was reset so.
fn net_error(reason: Reason) -> &'static str {
    match reason {
        Reason::REFUSED_STREAM => "net::ERR_HTTP2_SERVER_REFUSED_STREAM",
        _ => "net::ERR_HTTP2_PROTOCOL_ERROR",
    }
}

fn network(error: &h2::Error, during: Phase, limits: &Limits) -> NetworkError {
    // The library refuses a head over its limit in these ways, for which it has no word of its own.
    let is_oversize = error.is_library()
        && matches!(
            error.reason(),
            Some(Reason::REFUSED_STREAM | Reason::ENHANCE_YOUR_CALM)
        );
    match error.get_io() {
        Some(io)
            if during == Phase::AwaitHead
                && matches!(
                    io.kind(),
                    std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::BrokenPipe
                ) =>
        {
            NetworkError::EmptyResponse
        }
        Some(io) => NetworkError::of_io(during, io),
        None if is_oversize => NetworkError::HeadTooLarge {
            limit: limits.response_head,
        },
        None => NetworkError::Http2 {
            code: error.reason().map(u32::from),
            by_server: error.is_remote(),
            reason: error.to_string(),
        },
    }
}

/// What was awaited from the server did not come in time.
pub(super) fn timed_out(during: Phase, limits: &Limits) -> Trouble {
    Trouble::Fault(Fault::of_network(&NetworkError::TimedOut {
        during,
        after: limits.silence,
    }))
}
