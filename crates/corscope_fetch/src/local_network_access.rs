//! [Local Network Access](https://wicg.github.io/local-network-access/): a page may reach less
//! public addresses only with permission. A layer before CORS, not part of the Fetch standard.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
        Host::Ipv4(address) => Some(address_space(address.into())),
        Host::Ipv6(address) => Some(address_space(address.into())),
    }
}

/// The address space that `address` belongs to. An IPv4-mapped IPv6 address follows its IPv4 one.
pub fn address_space(address: IpAddr) -> AddressSpace {
    match address.to_canonical() {
        IpAddr::V4(address) => ipv4_space(address),
        IpAddr::V6(address) => ipv6_space(address),
    }
}

fn ipv4_space(address: Ipv4Addr) -> AddressSpace {
    match address.octets() {
        // 0.0.0.0 reaches the local machine on every system that accepts it as a destination.
        [127, ..] | [0, 0, 0, 0] => AddressSpace::Loopback,
        [0 | 10, ..]
        | [172, 16..=31, ..]
        | [192, 168, ..]
        | [169, 254, ..]
        | [100, 64..=127, ..] => AddressSpace::Local,
        _ => AddressSpace::Public,
    }
}

fn ipv6_space(address: Ipv6Addr) -> AddressSpace {
    match address.segments() {
        _ if address.is_loopback() || address.is_unspecified() => AddressSpace::Loopback,
        // fc00::/7 and the documentation prefixes 2001:db8::/32 and 3fff::/20.
        [0xfc00..=0xfdff, ..] | [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => {
            AddressSpace::Local
        }
        // fe80::/10 (link-local) and fec0::/10 (the former site-local).
        [0xfe80..=0xfeff, ..] => AddressSpace::Local,
        _ => AddressSpace::Public,
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

    #[test]
    fn each_range_has_its_space_up_to_its_last_address() {
        use AddressSpace::{Local, Loopback, Public};
        let table = [
            ("127.0.0.1", Loopback),
            ("127.255.255.255", Loopback),
            ("128.0.0.0", Public),
            ("126.255.255.255", Public),
            ("0.0.0.0", Loopback),
            ("0.0.0.1", Local),
            ("0.255.255.255", Local),
            ("1.0.0.0", Public),
            ("10.0.0.0", Local),
            ("10.255.255.255", Local),
            ("11.0.0.0", Public),
            ("172.15.255.255", Public),
            ("172.16.0.0", Local),
            ("172.31.255.255", Local),
            ("172.32.0.0", Public),
            ("192.167.255.255", Public),
            ("192.168.0.0", Local),
            ("192.168.255.255", Local),
            ("192.169.0.0", Public),
            ("169.253.255.255", Public),
            ("169.254.169.254", Local),
            ("169.255.0.0", Public),
            ("100.63.255.255", Public),
            ("100.64.0.0", Local),
            ("100.127.255.255", Local),
            ("100.128.0.0", Public),
            ("8.8.8.8", Public),
            ("255.255.255.255", Public),
            ("::1", Loopback),
            ("::", Loopback),
            ("::2", Public),
            ("fbff::", Public),
            ("fc00::", Local),
            ("fdff:ffff::1", Local),
            ("fe00::", Public),
            ("fe7f::", Public),
            ("fe80::1", Local),
            ("febf::1", Local),
            ("fec0::1", Local),
            ("feff::1", Local),
            ("ff02::1", Public),
            ("2001:db7::1", Public),
            ("2001:db8::1", Local),
            ("2001:db9::1", Public),
            ("3fff::1", Local),
            ("3fff:fff::1", Local),
            ("3fff:1000::1", Public),
            ("2606:4700::1111", Public),
            ("::ffff:127.0.0.1", Loopback),
            ("::ffff:0.0.0.0", Loopback),
            ("::ffff:192.168.1.1", Local),
            ("::ffff:8.8.8.8", Public),
        ];
        for (text, wanted) in table {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(address_space(address), wanted, "{text}");
        }
    }
}
