//! The options that all commands with an intercepting proxy share.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use corscope_wire::OwnListeners;
use corscope_wire::client::{ProxyUrl, ResolveOverride};
use corscope_wire::proxy::{
    AuthorityConfig, Capture, ClientCertificate, Credentials, HostPattern, ProxyConfig, TlsPolicy,
    UpstreamProxies,
};

use crate::config;

/// How to intercept.
#[derive(Args, Debug)]
pub(super) struct InterceptionArgs {
    /// Address to listen on; one that is not loopback needs --proxy-auth
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Proxy")]
    pub(super) listen: Option<SocketAddr>,
    /// User and password that clients must show
    #[arg(long, value_name = "USER:PASSWORD", help_heading = "Proxy")]
    proxy_auth: Option<String>,
    /// Pass TLS through unread
    #[arg(long, help_heading = "TLS")]
    no_intercept: bool,
    /// Where the certificate authority is kept [default: in your configuration directory]
    #[arg(long, value_name = "DIR", help_heading = "TLS")]
    ca_dir: Option<PathBuf>,
    /// Limit a new authority to this host and its subdomains (may be repeated)
    #[arg(long, value_name = "HOST", help_heading = "TLS")]
    only: Vec<String>,
    /// Pass TLS to this host through unread (may be repeated)
    #[arg(long, value_name = "HOST", help_heading = "TLS")]
    pass_through: Vec<HostPattern>,
    /// Accept any certificate of this host, and say so on each exchange (may be repeated)
    #[arg(long, value_name = "HOST", help_heading = "TLS")]
    insecure_host: Vec<HostPattern>,
    /// Trust these certificates (PEM), too (may be repeated)
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    cacert: Vec<PathBuf>,
    /// Show this certificate (PEM) and key to a host (may be repeated)
    #[arg(long, value_name = "HOST=CERT,KEY", value_parser = client_certificate, help_heading = "TLS")]
    client_cert: Vec<ClientCertificate>,
    /// Use this address for a host, as curl does (may be repeated)
    #[arg(long, value_name = "HOST:PORT:ADDRESS", help_heading = "Network")]
    resolve: Vec<ResolveOverride>,
    /// Go through this proxy [default: HTTP_PROXY, HTTPS_PROXY]
    #[arg(long, value_name = "URL", help_heading = "Network")]
    upstream_proxy: Option<ProxyUrl>,
    /// Hosts to reach without it, separated by commas [default: NO_PROXY]
    #[arg(long, value_name = "HOSTS", help_heading = "Network")]
    no_proxy: Option<String>,
    /// Speak HTTP/1.1 only
    #[arg(long, help_heading = "Network")]
    no_http2: bool,
    /// Bytes of each body to keep for viewing
    #[arg(
        long,
        value_name = "N",
        default_value_t = 65_536,
        help_heading = "Capture"
    )]
    body_bytes: usize,
}

fn client_certificate(text: &str) -> Result<ClientCertificate, String> {
    let wanted = "wanted HOST=CERTIFICATE.pem,KEY.pem";
    let (host, files) = text.split_once('=').ok_or(wanted)?;
    let (chain, key) = files.split_once(',').ok_or(wanted)?;
    Ok(ClientCertificate {
        host: host.parse().map_err(|error| format!("{error}"))?,
        chain: chain.into(),
        key: key.into(),
    })
}

/// The port when none is asked for.
pub(super) const DEFAULT_LISTEN: ([u8; 4], u16) = ([127, 0, 0, 1], 8378);

impl InterceptionArgs {
    /// The proxy's configuration. `listen` is used when the user named no address.
    ///
    /// # Errors
    /// When an option or a variable of the environment cannot be meant, naming it.
    pub(super) fn config(&self, listen: SocketAddr) -> Result<ProxyConfig, String> {
        let authority = if self.no_intercept {
            None
        } else {
            Some(AuthorityConfig {
                directory: self.authority_directory()?,
                only: self.only.clone(),
            })
        };
        Ok(ProxyConfig {
            listen: self.listen.unwrap_or(listen),
            capture: Some(Capture {
                body_bytes: self.body_bytes,
                ..Capture::default()
            }),
            own: Arc::new(OwnListeners::new()),
            resolve: self.resolve.clone(),
            upstream_proxies: self.upstream_proxies()?,
            tls: TlsPolicy {
                extra_roots: self.cacert.clone(),
                unverified: self.insecure_host.clone(),
                pass_through: self.pass_through.clone(),
                client_certificates: self.client_cert.clone(),
            },
            authority,
            credentials: self.credentials()?,
            http2: !self.no_http2,
            ..ProxyConfig::default()
        })
    }

    /// Where the authority is kept.
    ///
    /// # Errors
    /// When there is no home directory and `--ca-dir` was not given.
    pub(super) fn authority_directory(&self) -> Result<PathBuf, String> {
        match &self.ca_dir {
            Some(directory) => Ok(directory.clone()),
            None => config::authority_directory().map_err(|error| error.to_string()),
        }
    }

    /// Whether TLS is looked into.
    pub(super) const fn intercepts(&self) -> bool {
        !self.no_intercept
    }

    fn credentials(&self) -> Result<Option<Credentials>, String> {
        let Some(text) = &self.proxy_auth else {
            return Ok(None);
        };
        let (user, password) = text
            .split_once(':')
            .filter(|(user, password)| !user.is_empty() && !password.is_empty())
            .ok_or("--proxy-auth: wanted USER:PASSWORD, neither of them empty")?;
        Ok(Some(Credentials {
            user: user.to_owned(),
            password: password.to_owned(),
        }))
    }

    fn upstream_proxies(&self) -> Result<UpstreamProxies, String> {
        let of_environment = |names: [&str; 2]| -> Result<Option<ProxyUrl>, String> {
            let found = names
                .iter()
                .find_map(|name| std::env::var(name).ok().map(|value| (*name, value)))
                .filter(|(_, value)| !value.is_empty());
            let Some((name, value)) = found else {
                return Ok(None);
            };
            let proxy = value.parse().map_err(|error| {
                format!("{name}={value}: {error} (unset it, or give --upstream-proxy)")
            })?;
            Ok(Some(proxy))
        };
        let (http, https) = match &self.upstream_proxy {
            Some(proxy) => (Some(proxy.clone()), Some(proxy.clone())),
            // An upper-case HTTP_PROXY may come from a CGI request's header, so curl ignores it;
            // nobody runs this program as a CGI script.
            None => (
                of_environment(["http_proxy", "HTTP_PROXY"])?,
                of_environment(["https_proxy", "HTTPS_PROXY"])?,
            ),
        };
        let hosts = match &self.no_proxy {
            Some(hosts) => hosts.clone(),
            None => std::env::var("no_proxy")
                .or_else(|_| std::env::var("NO_PROXY"))
                .unwrap_or_default(),
        };
        let mut no_proxy = Vec::new();
        for host in hosts.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            // `example.com` means its subdomains, too, by the custom of these variables.
            let is_name = !host.starts_with(['.', '*', '[']) && !host.contains(':');
            let is_address = host.parse::<std::net::IpAddr>().is_ok();
            let pattern = if is_name && !is_address {
                format!(".{host}")
            } else {
                host.to_owned()
            };
            no_proxy.push(
                pattern
                    .parse()
                    .map_err(|error| format!("--no-proxy (or NO_PROXY): {error}"))?,
            );
        }
        Ok(UpstreamProxies {
            http,
            https,
            no_proxy,
        })
    }
}
