//! The gateway: an API that browsers refuse is served to a page, either under the page's own origin
//! or with the CORS headers of a correct policy.
//!
//! It is another front of the [proxy](crate::proxy)'s machinery: the same connections, bounds,
//! records and byte-exact bodies. What differs is where a request goes, which is fixed by the
//! configuration and never by the request, and that the few lines of a head that speak of origins
//! are written anew.
//!
//! A gateway's exchange is the one that the page has with the gateway, since that is what browsers
//! judge; what the server answered before the gateway changed it is in
//! [`Modified::response`](corscope_fetch::exchange::Modified::response).

mod address;
mod config;
mod cookie;
mod cors;
mod exchange;
mod files;
mod front;
mod media_type;
mod place;
mod request;
mod response;

use std::net::SocketAddr;
use std::sync::Arc;

pub use config::{App, GatewayConfig, GatewayError, Notice, Notices, Silent, Target, TargetError};
pub(crate) use front::Front;

use crate::proxy::{Observer, Proxy};

/// A gateway that listens.
pub struct Gateway {
    proxy: Proxy,
}

impl Gateway {
    /// Listens. Connections are taken once it [runs](Self::run).
    ///
    /// # Errors
    /// When it cannot listen, a file cannot be used, or the policy would let everybody in with
    /// credentials.
    pub async fn bind(
        config: GatewayConfig,
        observer: Arc<dyn Observer>,
        notices: Arc<dyn Notices>,
    ) -> Result<Self, GatewayError> {
        let (wire, front) = Front::new(config, notices)?;
        let proxy = Proxy::fronted(wire, observer, Some(front)).await?;
        Ok(Self { proxy })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.proxy.local_addr()
    }

    /// Carries connections until `shutdown` is ready, then lets the exchanges in hand end.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        self.proxy.run(shutdown).await;
    }
}
