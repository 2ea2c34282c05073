//! How the requests go out: certificates, proxies, names.

use std::time::Duration;

use corscope_wire::client::{ClientConfig, Limits, ProxyUrl, ResolveOverride};
use url::Url;

use super::args::{Asked, CheckArgs};
use crate::input::InputError;

/// One exchange may take this long, unless the user says otherwise.
const EXCHANGE: Duration = Duration::from_secs(20);

pub(super) fn config(args: &CheckArgs, asked: &Asked) -> Result<ClientConfig, InputError> {
    let total = args.max_time().or(asked.given.max_time).unwrap_or(EXCHANGE);
    let defaults = Limits::default();
    let limits = Limits {
        connect: defaults.connect.min(total),
        total,
        idle: defaults.idle.min(total),
        body: defaults.body.min(total),
        ..defaults
    };
    let resolve = args.resolve.iter().chain(&asked.given.resolve);
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
    let cacert = args
        .cacert
        .iter()
        .chain(&asked.given.cacert)
        .cloned()
        .collect();
    let proxy = match args.proxy.as_ref().or(asked.given.proxy.as_ref()) {
        Some(text) => Some(proxy("--proxy", text)?),
        None => proxy_of_environment(&asked.plan.subject.init.url)?,
    };
    Ok(ClientConfig {
        resolve,
        ca_certs: cacert,
        insecure: args.insecure || asked.given.insecure,
        proxy,
        limits,
        ..ClientConfig::default()
    })
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
