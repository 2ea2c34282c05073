//! What a client is told once, before its first exchange.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use super::limits::Limits;
use super::proxy::ProxyUrl;
use crate::OwnListeners;

/// Everything that holds for all exchanges of a [`Client`](super::Client).
#[derive(Clone, Debug, Default)]
pub struct ClientConfig {
    /// Addresses to use in place of name resolution; the first that fits is taken.
    pub resolve: Vec<ResolveOverride>,
    /// PEM bundles of certificates to trust. As with curl's `--cacert`, the system's roots are not
    /// trusted any more once there is one.
    pub ca_certs: Vec<PathBuf>,
    /// Accept any certificate; what would have been wrong is noted in
    /// [`TlsSession::ignored`](super::TlsSession::ignored).
    pub insecure: bool,
    /// The proxy for all requests.
    pub proxy: Option<ProxyUrl>,
    /// Which HTTP versions may be spoken.
    pub http_version: HttpVersion,
    /// Listeners of this program, which are never dialled.
    pub own: Arc<OwnListeners>,
    /// The bounds of every exchange.
    pub limits: Limits,
}

/// Which HTTP versions a client may speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HttpVersion {
    /// As browsers: over TLS what the server picks by ALPN (HTTP/2 preferred), else HTTP/1.1.
    #[default]
    Auto,
    /// HTTP/1.1 only.
    Http1Only,
    /// HTTP/2 over TLS only; a server that does not pick it is an error.
    Http2,
    /// HTTP/2 at once, without ALPN, also over plain TCP. No browser does this.
    Http2PriorKnowledge,
}

/// curl's `--resolve host:port:address`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResolveOverride {
    /// The host this is for, or `*` for all.
    pub host: String,
    /// The port this is for.
    pub port: u16,
    /// The addresses to try, in order.
    pub addresses: Vec<IpAddr>,
}

impl ResolveOverride {
    /// Whether this decides the addresses of `host` and `port`.
    pub fn fits(&self, host: &str, port: u16) -> bool {
        self.port == port && (self.host == "*" || self.host.eq_ignore_ascii_case(host))
    }
}

/// A text that is not `host:port:address[,address]…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolveOverrideError {
    /// The text.
    pub text: String,
    /// The part that is wrong: `host`, `port` or `address`.
    pub part: &'static str,
}

impl fmt::Display for ResolveOverrideError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, part } = self;
        write!(
            out,
            "\"{text}\" has no valid {part}; wanted host:port:address, such as "
        )?;
        out.write_str("api.example.com:443:127.0.0.1")
    }
}

impl std::error::Error for ResolveOverrideError {}

impl FromStr for ResolveOverride {
    type Err = ResolveOverrideError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |part| ResolveOverrideError {
            text: text.to_owned(),
            part,
        };
        // curl's `+` means "may time out of the cache"; there is no such cache here.
        let rest = text.strip_prefix('+').unwrap_or(text);
        let (host, rest) = match rest.strip_prefix('[') {
            Some(bracketed) => bracketed
                .split_once("]:")
                .map(|(host, rest)| (format!("[{host}]"), rest))
                .ok_or_else(|| wrong("host"))?,
            None => rest
                .split_once(':')
                .map(|(host, rest)| (host.to_owned(), rest))
                .ok_or_else(|| wrong("host"))?,
        };
        if host.is_empty() {
            return Err(wrong("host"));
        }
        let (port, addresses) = rest.split_once(':').ok_or_else(|| wrong("address"))?;
        let port = port.parse().map_err(|_| wrong("port"))?;
        let addresses = addresses
            .split(',')
            .map(|address| {
                address
                    .trim_start_matches('[')
                    .trim_end_matches(']')
                    .parse()
            })
            .collect::<Result<Vec<IpAddr>, _>>()
            .map_err(|_| wrong("address"))?;
        Ok(Self {
            host,
            port,
            addresses,
        })
    }
}

/// A configuration that cannot work.
#[derive(Debug)]
pub enum ConfigError {
    /// A file of certificates cannot be read.
    CaCertsUnreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of certificates holds something that is not PEM.
    CaCertsMalformed {
        /// The file.
        path: PathBuf,
        /// The PEM reader's words.
        reason: String,
    },
    /// A file of certificates holds none.
    CaCertsEmpty {
        /// The file.
        path: PathBuf,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CaCertsUnreadable { path, source } => {
                write!(
                    out,
                    "cannot read the certificates in {}: {source}",
                    path.display()
                )
            }
            Self::CaCertsMalformed { path, reason } => {
                write!(
                    out,
                    "{} is not a PEM file of certificates: {reason}",
                    path.display()
                )
            }
            Self::CaCertsEmpty { path } => {
                write!(out, "{} holds no certificate in PEM form", path.display())
            }
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_reads_as_curl_writes_it() {
        let table = [
            ("a.test:443:127.0.0.1", "a.test", 443, vec!["127.0.0.1"]),
            ("*:80:[::1],127.0.0.2", "*", 80, vec!["::1", "127.0.0.2"]),
            ("+b.test:1:::1", "b.test", 1, vec!["::1"]),
            ("[::1]:8080:127.0.0.1", "[::1]", 8080, vec!["127.0.0.1"]),
        ];
        for (text, host, port, addresses) in table {
            let wanted = ResolveOverride {
                host: host.to_owned(),
                port,
                addresses: addresses
                    .iter()
                    .map(|address| address.parse().unwrap())
                    .collect(),
            };
            assert_eq!(text.parse::<ResolveOverride>().unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn a_wrong_override_names_the_wrong_part() {
        let table = [
            ("", "host"),
            (":80:127.0.0.1", "host"),
            ("a.test:443", "address"),
            ("a.test:x:127.0.0.1", "port"),
            ("a.test:70000:127.0.0.1", "port"),
            ("a.test:443:b.test", "address"),
            ("a.test:443:", "address"),
        ];
        for (text, part) in table {
            assert_eq!(
                text.parse::<ResolveOverride>().unwrap_err().part,
                part,
                "{text}"
            );
        }
    }
}
