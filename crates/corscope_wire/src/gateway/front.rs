//! What a gateway decides: where a path leads, what an origin may, which addresses are dialled.

use std::net::SocketAddr;
use std::sync::Arc;

use super::address::{is_address, is_admitted, is_localhost};
use super::config::{App, GatewayConfig, GatewayError, Notice, Notices};
use super::cors::Cors;
use super::files::Folder;
use super::place::Place;
use crate::proxy::answer::Answer;
use crate::proxy::fault::Fault;
use crate::proxy::http1::target::host_and_port;
use crate::proxy::stages::Stages;
use crate::proxy::{HostPattern, ProxyConfig, UpstreamProxies};

/// What a gateway does with its requests.
pub(crate) struct Front {
    pub(crate) api: Place,
    pub(crate) app: Option<Served>,
    pub(crate) cors: Cors,
    pub(crate) keep_host: bool,
    hosts: Vec<HostPattern>,
    allow_private: bool,
    notices: Arc<dyn Notices>,
}

/// What is served besides the API.
pub(crate) enum Served {
    Folder(Folder),
    Server(Place),
}

/// Where a path leads.
pub(crate) enum Leads<'a> {
    /// To the API, whose answers get the policy's headers.
    Api(&'a Place),
    /// To the app's server, whose answers keep their own.
    App(&'a Place),
    Folder(&'a Folder),
    Nowhere,
}

impl Front {
    /// Checks `config`; what is left of it is for the machinery below.
    pub(crate) fn new(
        config: GatewayConfig,
        notices: Arc<dyn Notices>,
    ) -> Result<(ProxyConfig, Self), GatewayError> {
        let mount = config.mount.trim_end_matches('/');
        let fine = |byte: u8| byte.is_ascii_graphic() && !b"?#%\\\"<>".contains(&byte);
        let is_path = mount.is_empty() || (mount.starts_with('/') && !mount.contains("//"));
        let climbs = super::place::climbs(mount.as_bytes());
        if !is_path || climbs || !mount.bytes().all(fine) {
            let mount = config.mount;
            return Err(GatewayError::Mount { mount });
        }
        let policy = config.policy;
        let lets_all_in = policy.origins.iter().any(|pattern| pattern.matches("null"));
        let any = policy
            .origins
            .contains(&corscope_fetch::policy::OriginPattern::Any);
        if policy.credentials && (any || lets_all_in) {
            return Err(GatewayError::WildcardWithCredentials);
        }
        let app = match config.app {
            None => None,
            Some(App::Folder(path)) => Some(Served::Folder(Folder::open(path)?)),
            Some(App::Server(target)) => Some(Served::Server(Place {
                target,
                prefix: String::new(),
                keep_prefix: false,
            })),
        };
        let front = Self {
            api: Place {
                prefix: mount.to_owned(),
                keep_prefix: config.keep_prefix,
                target: config.to,
            },
            app,
            cors: Cors::new(policy, config.loopback_origins),
            keep_host: config.keep_host,
            hosts: config.hosts,
            allow_private: config.allow_private,
            notices,
        };
        let wire = ProxyConfig {
            upstream_proxies: UpstreamProxies::default(),
            authority: None,
            credentials: None,
            stages: Arc::new(Stages::default()),
            ..config.wire
        };
        Ok((wire, front))
    }

    /// Where `path` leads.
    pub(crate) fn leads(&self, path: &[u8]) -> Leads<'_> {
        if self.api.holds(path) {
            return Leads::Api(&self.api);
        }
        match &self.app {
            Some(Served::Folder(folder)) => Leads::Folder(folder),
            Some(Served::Server(place)) => Leads::App(place),
            None => Leads::Nowhere,
        }
    }

    /// Whether the gateway may be asked as `host`. A page whose own name leads to this machine has
    /// the gateway's origin for its own; only the name tells it apart.
    pub(crate) fn admit_host(&self, host: &[u8]) -> Result<(), Fault> {
        if host.is_empty() {
            return Ok(());
        }
        let read = std::str::from_utf8(host).ok().and_then(host_and_port);
        let is_own = read.is_some_and(|(name, port)| {
            let fits = |pattern: &HostPattern| pattern.fits(name, port.unwrap_or(80));
            is_localhost(name) || is_address(name) || self.hosts.iter().any(fits)
        });
        if is_own {
            return Ok(());
        }
        let host = String::from_utf8_lossy(host).into_owned();
        let message = format!("this gateway is not called {host}");
        self.notices.notice(Notice::HostRefused { host });
        Err(Fault::new(
            "host-refused",
            corscope_fetch::exchange::Side::Client,
            421,
            message,
        )
        .next("ask for localhost or an address, or start corscope with --host and this name"))
    }

    /// Tells the user of an origin that is not on the list.
    pub(crate) fn note_refused(&self, origin: &[u8]) {
        let origin = String::from_utf8_lossy(origin).into_owned();
        self.notices.notice(Notice::OriginRefused { origin });
    }

    /// Refuses addresses that a target's name has no business to lead to.
    pub(crate) fn admit_addresses(
        &self,
        host: &str,
        addresses: &[SocketAddr],
    ) -> Result<(), Fault> {
        let refused = addresses
            .iter()
            .map(SocketAddr::ip)
            .find(|address| !is_admitted(host, *address, self.allow_private));
        let Some(address) = refused else {
            return Ok(());
        };
        let host = host.to_owned();
        let message = format!("{host} leads to {address}, which is no public address");
        self.notices
            .notice(Notice::AddressRefused { host, address });
        Err(Fault::new(
            "address-refused",
            corscope_fetch::exchange::Side::Corscope,
            502,
            message,
        )
        .next(
            "name the address itself in --to, or allow private addresses with \
                     --allow-private; a metadata service needs both",
        ))
    }

    /// Gives an answer of the gateway's own the headers by which an allowed page can read it, and no
    /// other.
    pub(crate) fn open_to(&self, answer: &mut Answer, origin: &[u8]) {
        let is_cors = |name: &str| name.starts_with("Access-Control-");
        answer
            .headers
            .retain(|(name, _)| !is_cors(name) && *name != "Vary");
        answer.headers.push(("Vary", b"Origin".to_vec()));
        let origin = (!origin.is_empty()).then_some(origin);
        let list = self.cors.of_answer(origin);
        for (name, value) in list {
            answer.headers.push((name, value));
        }
    }
}
