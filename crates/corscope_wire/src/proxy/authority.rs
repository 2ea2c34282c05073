//! The certificate authority whose certificates the proxy shows to clients.

use std::path::PathBuf;

/// Where the authority is kept, and for whom it may speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityConfig {
    /// Its directory, which is its alone (mode 0700).
    pub directory: PathBuf,
    /// Hosts that a new authority is limited to, with their subdomains; empty: any host.
    pub only: Vec<String>,
}
