//! The intercepting proxy: what passes through it is passed on byte for byte, and told to an
//! [`Observer`].
//!
//! Own code rather than a kit, because a debugger must show what servers and browsers really wrote:
//! decision 12.
#![allow(dead_code, reason = "the connections that use this come next")]

mod authority;
mod config;
mod hosts;
mod observer;
mod own;
pub mod stages;

pub use authority::AuthorityConfig;
pub use config::{
    Capture, ClientCertificate, Credentials, Limits, ProxyConfig, TlsPolicy, UpstreamProxies,
};
pub use hosts::{HostPattern, HostPatternError};
pub use observer::{Event, Message, MessageKind, Observer};
pub use own::OwnListeners;
