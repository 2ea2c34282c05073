//! How the requests go out: certificates, proxies, names.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use corscope_wire::client::{ClientConfig, Limits, ProxyUrl, ResolveOverride};
use url::Url;

use crate::input::{Given, InputError};

/// One exchange may take this long, unless the user says otherwise.
const EXCHANGE: Duration = Duration::from_secs(20);
/// How long a whole check may take.
const DEADLINE: Duration = Duration::from_secs(60);

/// Flags of every command that asks servers.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct NetworkArgs {
    /// Let every certificate pass
    #[arg(short = 'k', long)]
    pub(in crate::cli) insecure: bool,
    /// Use this address for a host and a port; may be given again
    #[arg(long, value_name = "HOST:PORT:ADDRESS")]
    pub(in crate::cli) resolve: Vec<String>,
    /// Trust the certificates in this file instead of the system's
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) cacert: Option<PathBuf>,
    /// Go through an http proxy
    #[arg(short = 'x', long, value_name = "URL")]
    pub(in crate::cli) proxy: Option<String>,
    /// How long one check may take, in seconds
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds, allow_negative_numbers = true)]
    pub(in crate::cli) max_time: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "write a number of seconds, such as 5".to_owned())?;
    if seconds > 0.0 && seconds <= 86_400.0 {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("write a number of seconds above 0, such as 5".to_owned())
    }
}

impl NetworkArgs {
    /// When a check that begins now must end; one exchange more can begin just before.
    pub(in crate::cli) fn deadline(&self) -> Instant {
        Instant::now() + self.max_time.unwrap_or(DEADLINE)
    }

    /// How requests to a URL go out; `given` is what a copied command says of it.
    pub(in crate::cli) fn config(
        &self,
        url: &str,
        given: &Given,
    ) -> Result<ClientConfig, InputError> {
        let total = self.max_time.or(given.max_time).unwrap_or(EXCHANGE);
        let defaults = Limits::default();
        let limits = Limits {
            connect: defaults.connect.min(total),
            total,
            idle: defaults.idle.min(total),
            body: defaults.body.min(total),
            ..defaults
        };
        let resolve = self.resolve.iter().chain(&given.resolve);
        let resolve = resolve
            .map(|text| {
                text.parse::<ResolveOverride>().map_err(|error| {
                    InputError::new(
                        "--resolve",
                        error.to_string(),
                        "write it as HOST:PORT:ADDRESS",
                    )
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let cacert = self.cacert.iter().chain(&given.cacert).cloned().collect();
        let proxy = match self.proxy.as_ref().or(given.proxy.as_ref()) {
            Some(text) => Some(proxy("--proxy", text)?),
            None => proxy_of_environment(url)?,
        };
        Ok(ClientConfig {
            resolve,
            ca_certs: cacert,
            insecure: self.insecure || given.insecure,
            proxy,
            limits,
            ..ClientConfig::default()
        })
    }
}

fn proxy(place: &str, text: &str) -> Result<ProxyUrl, InputError> {
    text.parse()
        .map_err(|error: corscope_wire::client::ProxyUrlError| {
            InputError::new(place, error.to_string(), "write it as http://HOST:PORT")
        })
}

/// The proxy of the environment, as curl and browsers read it: never for this machine itself, nor
/// for what `no_proxy` names.
pub(crate) fn proxy_of_environment(url: &str) -> Result<Option<ProxyUrl>, InputError> {
    let Ok(url) = Url::parse(url) else {
        return Ok(None);
    };
    let Some(host) = url.host_str() else {
        return Ok(None);
    };
    let is_local = corscope_fetch::local_network_access::address_space_of(&url)
        == Some(corscope_fetch::AddressSpace::Loopback);
    if is_local || is_exempt(host) {
        return Ok(None);
    }
    // HTTP_PROXY in capitals is left out, as curl does: a CGI server sets it from a header.
    let names: &[&str] = match url.scheme() {
        "https" => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        _ => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    for name in names {
        if let Ok(text) = std::env::var(name)
            && !text.is_empty()
        {
            return proxy(name, &text).map(Some);
        }
    }
    Ok(None)
}

fn is_exempt(host: &str) -> bool {
    let list = std::env::var("no_proxy")
        .or_else(|_| std::env::var("NO_PROXY"))
        .unwrap_or_default();
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            let entry = entry.trim_start_matches("*.").trim_start_matches('.');
            entry == "*" || host == entry || host.ends_with(&format!(".{entry}"))
        })
}
