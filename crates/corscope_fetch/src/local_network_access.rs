//! [Local Network Access](https://wicg.github.io/local-network-access/): a page may reach less
//! public addresses only with permission. A layer before CORS, not part of the Fetch standard.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// An IP address space, from the least public to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressSpace {
    /// This machine.
    Loopback,
    /// The local network.
    Local,
    /// Everything else.
    Public,
}

impl AddressSpace {
    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Local => "local",
            Self::Public => "public",
        }
    }
}

/// The state of the permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// The user allowed it.
    Granted,
    /// The user, or a policy, denied it, or nobody can be asked.
    Denied,
    /// The user is being asked: the request waits.
    Prompt,
}

/// The address space that a URL shows without name resolution: IP literals, `localhost`, `.local`.
pub fn address_space_of(url: &Url) -> Option<AddressSpace> {
    match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            if name == "localhost" || name.ends_with(".localhost") {
                Some(AddressSpace::Loopback)
            } else if name.ends_with(".local") {
                Some(AddressSpace::Local)
            } else {
                None
            }
        }
        Host::Ipv4(address) => Some(ipv4_space(address)),
        Host::Ipv6(address) => Some(ipv6_space(address)),
    }
}

/// The address space of an IPv4 address.
pub fn ipv4_space(address: std::net::Ipv4Addr) -> AddressSpace {
    let [a, b, ..] = address.octets();
    if a == 127 || address.is_unspecified() {
        return AddressSpace::Loopback;
    }
    let local = matches!(
        (a, b),
        (0 | 10, _) | (172, 16..=31) | (192, 168) | (169, 254) | (100, 64..=127)
    );
    if local {
        AddressSpace::Local
    } else {
        AddressSpace::Public
    }
}

/// The address space of an IPv6 address; an IPv4-mapped one follows its IPv4 address.
pub fn ipv6_space(address: std::net::Ipv6Addr) -> AddressSpace {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return ipv4_space(mapped);
    }
    if address.is_loopback() || address.is_unspecified() {
        return AddressSpace::Loopback;
    }
    let segments = address.segments();
    let local = segments[0] & 0xFE00 == 0xFC00
        || segments[0] & 0xFFC0 == 0xFE80
        || segments[0] & 0xFFC0 == 0xFEC0
        || (segments[0] == 0x2001 && segments[1] == 0x0DB8)
        || (segments[0] == 0x3FFF && segments[1] < 0x1000);
    if local {
        AddressSpace::Local
    } else {
        AddressSpace::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_spaces() {
        for (url, space) in [
            ("http://127.0.0.1", Some(AddressSpace::Loopback)),
            ("http://0.0.0.0", Some(AddressSpace::Loopback)),
            ("http://[::1]", Some(AddressSpace::Loopback)),
            ("http://[::ffff:10.0.0.1]", Some(AddressSpace::Local)),
            ("http://app.localhost", Some(AddressSpace::Loopback)),
            ("http://printer.local", Some(AddressSpace::Local)),
            ("http://192.168.1.1", Some(AddressSpace::Local)),
            ("http://172.32.0.1", Some(AddressSpace::Public)),
            ("http://100.64.0.1", Some(AddressSpace::Local)),
            ("http://[fe80::1]", Some(AddressSpace::Local)),
            ("http://[3fff::1]", Some(AddressSpace::Local)),
            ("http://[2606:4700::1]", Some(AddressSpace::Public)),
            ("http://a.test", None),
        ] {
            assert_eq!(address_space_of(&Url::parse(url).unwrap()), space, "{url}");
        }
    }
}
