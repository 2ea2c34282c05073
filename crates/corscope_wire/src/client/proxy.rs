//! A forward proxy: where it is, what it is told about the user, and its tunnels.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use url::Url;

use super::error::{NetworkError, Phase};
use super::http1::Incoming;
use super::limits::Limits;
use super::request::Destination;
use super::timing::Clock;

/// The port of a proxy whose URL names none, as in curl.
const DEFAULT_PORT: u16 = 1080;

/// A forward proxy that is spoken to in plain HTTP: `http://[user[:password]@]host[:port]`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    host: String,
    port: u16,
    authorization: Option<String>,
}

impl ProxyUrl {
    /// The host; IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The value of `Proxy-Authorization`, if the URL has userinfo.
    pub(crate) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for ProxyUrl {
    // Written by hand so that the password stays out of logs.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ProxyUrl({self})")
    }
}

/// A text that names no usable proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyUrlError {
    /// Another kind of proxy than `http://`.
    UnsupportedScheme(String),
    /// Not a URL with a host.
    Malformed(String),
}

impl fmt::Display for ProxyUrlError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedScheme(scheme) => {
                write!(
                    out,
                    "{scheme}:// proxies are not supported; wanted http://host:port"
                )
            }
            Self::Malformed(text) => {
                write!(out, "\"{text}\" is not a proxy; wanted http://host:port")
            }
        }
    }
}

impl std::error::Error for ProxyUrlError {}

impl FromStr for ProxyUrl {
    type Err = ProxyUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = match text.split_once("://") {
            None => text,
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) => {
                return Err(ProxyUrlError::UnsupportedScheme(
                    scheme.to_ascii_lowercase(),
                ));
            }
        };
        let malformed = || ProxyUrlError::Malformed(without_userinfo(rest));
        let url = Url::parse(&format!("http://{rest}")).map_err(|_| malformed())?;
        let host = url.host_str().ok_or_else(malformed)?.to_owned();
        // The URL parser drops `:80`, as http's own port, so it is looked for in the text.
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let default_port = if authority.ends_with(":80") {
            80
        } else {
            DEFAULT_PORT
        };
        let port = url.port().unwrap_or(default_port);
        let has_userinfo = !url.username().is_empty() || url.password().is_some();
        let authorization = has_userinfo.then(|| {
            let mut credentials: Vec<u8> = percent_decode_str(url.username()).collect();
            credentials.push(b':');
            credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
            format!("Basic {}", BASE64_STANDARD.encode(credentials))
        });
        Ok(Self {
            host,
            port,
            authorization,
        })
    }
}

/// What of a malformed proxy may be shown.
fn without_userinfo(text: &str) -> String {
    text.rsplit('@').next().unwrap_or_default().to_owned()
}

/// Asks `proxy`, reached by `stream`, for a tunnel to `to`.
pub(crate) async fn open_tunnel(
    proxy: &ProxyUrl,
    stream: &mut TcpStream,
    to: &Destination,
    clock: &Clock,
    limits: &Limits,
) -> Result<(), NetworkError> {
    let broken = |why| NetworkError::ProxyTunnelBroken {
        proxy: proxy.to_string(),
        why: Box::new(why),
    };
    let target = to.host_and_port();
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some(credentials) = proxy.authorization() {
        request.push_str(&format!("Proxy-Authorization: {credentials}\r\n"));
    }
    request.push_str("\r\n");
    let answered = async {
        stream
            .write_all(request.as_bytes())
            .await
            .map_err(|error| NetworkError::of_io(Phase::ProxyTunnel, &error))?;
        let mut incoming = Incoming::new(stream);
        incoming
            .read_final_head(clock, limits, false)
            .await
            .map(|(_, head, _)| head)
    };
    let head = clock
        .bound(Phase::ProxyTunnel, limits.connect, answered)
        .await?
        .map_err(broken)?;
    match head.status {
        200..=299 => Ok(()),
        407 => Err(NetworkError::ProxyAuthenticationRequired {
            proxy: proxy.to_string(),
        }),
        status => Err(NetworkError::ProxyRefusedTunnel {
            proxy: proxy.to_string(),
            status,
            reason: head.reason,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_reads_as_curl_writes_it() {
        let table = [
            ("http://p.test:3128", "p.test", 3128, None),
            ("HTTP://p.test:80/", "p.test", 80, None),
            ("p.test", "p.test", 1080, None),
            ("p.test:8080", "p.test", 8080, None),
            ("http://[::1]:8080", "[::1]", 8080, None),
            ("http://[::80]", "[::80]", 1080, None),
            (
                "http://u:p%40ss@p.test:1",
                "p.test",
                1,
                Some("Basic dTpwQHNz"),
            ),
            ("http://u@p.test:1", "p.test", 1, Some("Basic dTo=")),
        ];
        for (text, host, port, authorization) in table {
            let proxy: ProxyUrl = text.parse().unwrap();
            assert_eq!((proxy.host(), proxy.port()), (host, port), "{text}");
            assert_eq!(proxy.authorization(), authorization, "{text}");
        }
    }

    #[test]
    fn other_proxies_are_refused_without_showing_the_password() {
        let scheme = "socks5://u:secret@p.test".parse::<ProxyUrl>().unwrap_err();
        assert_eq!(
            scheme,
            ProxyUrlError::UnsupportedScheme("socks5".to_owned())
        );
        let malformed = "http://u:secret@p.test:x".parse::<ProxyUrl>().unwrap_err();
        assert_eq!(malformed, ProxyUrlError::Malformed("p.test:x".to_owned()));
        let proxy: ProxyUrl = "http://u:secret@p.test:1".parse().unwrap();
        assert_eq!(format!("{proxy:?}"), "ProxyUrl(p.test:1)");
    }
}
