//! Our own listeners, which nothing of ours may dial: a page could reach the control API through the
//! proxy or a redirect, or send the proxy to itself until nothing is left.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{PoisonError, RwLock};

/// The addresses this program listens at. Whoever opens a listener registers it here, before the
/// first connection is made.
#[derive(Debug, Default)]
pub struct OwnListeners {
    addresses: RwLock<Vec<SocketAddr>>,
}

impl OwnListeners {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that this program listens at `address`.
    pub fn register(&self, address: SocketAddr) {
        let mut addresses = self
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.push(address);
    }

    /// Notes that this program listens there no more.
    pub fn forget(&self, address: SocketAddr) {
        let mut addresses = self
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.retain(|own| *own != address);
    }

    /// Whether dialling `target` would reach one of them: the port is one of ours, and the address
    /// is of this machine, in whichever spelling.
    pub fn is_own(&self, target: SocketAddr) -> bool {
        let ours = {
            let addresses = self
                .addresses
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            addresses.iter().any(|own| own.port() == target.port())
        };
        ours && is_local(target.ip().to_canonical())
    }
}

/// Whether `ip` is this machine's: only such an address can be bound.
fn is_local(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_own_address_is_own() {
        let own = OwnListeners::new();
        own.register("127.0.0.1:8899".parse().unwrap());
        for target in [
            "127.0.0.1:8899",
            "127.8.8.8:8899",
            "0.0.0.0:8899",
            "[::]:8899",
            "[::1]:8899",
            "[::ffff:127.0.0.1]:8899",
            "[::ffff:0.0.0.0]:8899",
        ] {
            assert!(own.is_own(target.parse().unwrap()), "{target}");
        }
        for target in ["127.0.0.1:8898", "192.0.2.1:8899", "[2001:db8::1]:8899"] {
            assert!(!own.is_own(target.parse().unwrap()), "{target}");
        }
        own.forget("127.0.0.1:8899".parse().unwrap());
        assert!(!own.is_own("127.0.0.1:8899".parse().unwrap()));
    }
}
