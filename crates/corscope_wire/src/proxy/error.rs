//! Why a proxy could not be started.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use crate::client::ConfigError;

/// Why a proxy could not be started or its authority not be used.
#[derive(Debug)]
pub enum ProxyError {
    /// The address cannot be listened at.
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The address can be reached from other machines, and no credentials were set.
    OpenToAll {
        /// The address.
        address: SocketAddr,
    },
    /// A file of certificates or keys cannot be used.
    Certificates(ConfigError),
    /// The authority's files cannot be read, written or understood.
    Authority {
        /// What was done, with the file's path.
        what: String,
        /// Why it failed.
        reason: String,
    },
}

impl fmt::Display for ProxyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
                write!(out, "the port {} is in use", address.port())
            }
            Self::Listen { address, source } => write!(out, "cannot listen at {address}: {source}"),
            Self::OpenToAll { address } => write!(
                out,
                "{address} can be reached from other machines, so a user and password are needed"
            ),
            Self::Certificates(error) => error.fmt(out),
            Self::Authority { what, reason } => write!(out, "cannot {what}: {reason}"),
        }
    }
}

impl std::error::Error for ProxyError {}

impl From<ConfigError> for ProxyError {
    fn from(error: ConfigError) -> Self {
        Self::Certificates(error)
    }
}
