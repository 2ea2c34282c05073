//! What a gateway is told once, before its first connection.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use corscope_fetch::policy::Policy;
use url::Url;

use crate::client::Destination;
use crate::proxy::{HostPattern, ProxyConfig, ProxyError};

/// Everything that holds for all connections of a [`Gateway`](super::Gateway).
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    /// Listener, bounds, capture, own listeners and TLS, as a proxy has them. Stages, the authority,
    /// credentials and upstream proxies are not used.
    pub wire: ProxyConfig,
    /// The API.
    pub to: Target,
    /// The path under which the API is served, such as `/api`; empty for all paths.
    pub mount: String,
    /// Whether the server gets paths with the mount in front.
    pub keep_prefix: bool,
    /// What is served at all other paths.
    pub app: Option<App>,
    /// Who may read the API's answers. Its `max_age` is not used: nothing shall outlive the run.
    pub policy: Policy,
    /// Whether every origin of this machine is allowed, too.
    pub loopback_origins: bool,
    /// Names by which the gateway may be asked, beside addresses and loopback names.
    pub hosts: Vec<HostPattern>,
    /// Whether servers get the `Host` that the client sent.
    pub keep_host: bool,
    /// Whether the target's name may lead to a private address.
    pub allow_private: bool,
}

impl GatewayConfig {
    /// A gateway to `to` that allows the origins of this machine and those of `policy`.
    pub fn new(to: Target, policy: Policy) -> Self {
        Self {
            wire: ProxyConfig::default(),
            to,
            mount: String::new(),
            keep_prefix: false,
            app: None,
            policy,
            loopback_origins: true,
            hosts: Vec::new(),
            keep_host: false,
            allow_private: false,
        }
    }
}

/// What a gateway serves besides the API.
#[derive(Clone, Debug)]
pub enum App {
    /// The files of a folder.
    Folder(PathBuf),
    /// What a server serves: that of a development tool, with its WebSocket.
    Server(Target),
}

/// A server that a gateway leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(crate) to: Destination,
    /// The path that all paths there begin with, without a slash at its end.
    pub(crate) base: String,
    /// The value of `Host`.
    pub(crate) authority: String,
    /// The serialized origin.
    pub(crate) origin: String,
}

/// Why a text is no [`Target`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// It is no URL.
    NotAUrl(url::ParseError),
    /// Its scheme is another one.
    Scheme(String),
    /// It has a user, password, query or fragment.
    Part(&'static str),
}

impl fmt::Display for TargetError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAUrl(error) => write!(out, "{error}; wanted http://host:port or https://host"),
            Self::Scheme(scheme) => write!(out, "\"{scheme}:\" is neither http: nor https:"),
            Self::Part(part) => write!(out, "a target has no {part}"),
        }
    }
}

impl std::error::Error for TargetError {}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // `localhost:3000` would be read as a scheme.
        let has_scheme = text.contains("://");
        let url = match has_scheme {
            true => Url::parse(text),
            false => Err(url::ParseError::RelativeUrlWithoutBase),
        };
        let url = url.map_err(TargetError::NotAUrl)?;
        let parts = [
            (
                "user or password",
                corscope_fetch::origin::has_credentials(&url),
            ),
            ("query", url.query().is_some()),
            ("fragment", url.fragment().is_some()),
        ];
        if let Some((part, _)) = parts.into_iter().find(|(_, is_there)| *is_there) {
            return Err(TargetError::Part(part));
        }
        let to = Destination::of(&url).map_err(|_| TargetError::Scheme(url.scheme().to_owned()))?;
        let authority = to.authority();
        Ok(Self {
            base: url.path().trim_end_matches('/').to_owned(),
            origin: format!("{}://{authority}", url.scheme()),
            authority,
            to,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.origin, self.base)
    }
}

impl Target {
    /// Its host, IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.to.host
    }
}

/// Something that the gateway's user should know, and no page can tell them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An origin is not on the list, so its page cannot read the answers.
    OriginRefused {
        /// The origin.
        origin: String,
    },
    /// The gateway was asked by a name that is not its own, as by a page that has its own name lead
    /// to this machine.
    HostRefused {
        /// The name.
        host: String,
    },
    /// The target's name leads to an address that was not named.
    AddressRefused {
        /// The name.
        host: String,
        /// The address.
        address: std::net::IpAddr,
    },
}

/// Whoever is told. The same may be told many times.
pub trait Notices: Send + Sync + 'static {
    /// Called from the task that carries a request, so it must not block.
    fn notice(&self, notice: Notice);
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Notices for Silent {
    fn notice(&self, _: Notice) {}
}

/// Why a gateway could not be started.
#[derive(Debug)]
pub enum GatewayError {
    /// As for a proxy.
    Proxy(ProxyError),
    /// The policy allows credentials to everybody.
    WildcardWithCredentials,
    /// The mount is no path.
    Mount {
        /// What was given.
        mount: String,
    },
    /// The app's folder cannot be read.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl fmt::Display for GatewayError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proxy(error) => error.fmt(out),
            Self::WildcardWithCredentials => out.write_str(
                "every origin with credentials would give any site the user's data; name the origins",
            ),
            Self::Mount { mount } => write!(
                out,
                "\"{mount}\" is no path to serve an API under; wanted one like /api"
            ),
            Self::Folder { path, source } => write!(out, "{}: {source}", path.display()),
        }
    }
}

impl std::error::Error for GatewayError {}

impl From<ProxyError> for GatewayError {
    fn from(error: ProxyError) -> Self {
        Self::Proxy(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_scheme_a_host_and_a_path() {
        let target: Target = "HTTPS://Api.Test/v1/".parse().unwrap();
        assert_eq!(target.to_string(), "https://api.test/v1");
        assert_eq!(
            (target.authority.as_str(), target.to.port),
            ("api.test", 443)
        );
        let target: Target = "http://[::1]:3000".parse().unwrap();
        assert_eq!(target.to_string(), "http://[::1]:3000");
        assert_eq!(target.base, "");
        for text in [
            "localhost:3000",
            "api.test",
            "ftp://a.test",
            "http://u:p@a.test",
            "http://a.test?q",
            "http://a.test#f",
            "http://",
            "",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
