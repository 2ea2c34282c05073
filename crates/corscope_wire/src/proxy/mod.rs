//! The intercepting proxy: what passes through it is passed on byte for byte, and told to an
//! [`Observer`].
//!
//! Own code rather than a kit, because a debugger must show what servers and browsers really wrote:
//! decision 12.

pub(crate) mod answer;
mod at_work;
mod authority;
pub(crate) mod buffer;
mod client_tls;
mod clock;
mod config;
mod core;
mod credentials;
mod dial;
mod error;
pub(crate) mod fault;
mod guide;
mod hello;
mod hosts;
pub(crate) mod http1;
mod http2;
mod lanes;
mod listen;
mod numbers;
mod observer;
pub(crate) mod pool;
mod record;
mod server_tls;
mod splice;
pub(crate) mod sse;
pub mod stages;
mod stream;
mod tunnel;
mod upstream;
mod watch;
mod websocket;

pub use authority::{Authority, AuthorityConfig};
pub use config::{
    Capture, ClientCertificate, Credentials, Limits, ProxyConfig, TlsPolicy, UpstreamProxies,
};
pub use error::ProxyError;
pub use hosts::{HostPattern, HostPatternError};
pub use listen::Proxy;
pub use numbers::Numbers;
pub use observer::{Event, Message, MessageKind, Observer};
