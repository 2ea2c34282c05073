//! Which addresses a gateway may dial. The check stands between resolving and dialling, and what is
//! dialled is what was checked: no second look-up can lead elsewhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use corscope_fetch::AddressSpace;
use corscope_fetch::local_network_access::address_space;

/// Where clouds tell a machine its own secrets.
const METADATA: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Whether a target whose URL has `host` may be dialled at `address`. What the user named is allowed;
/// a name may lead to public addresses only, unless `allow_private`; a metadata service must be named
/// by its address and allowed.
pub(crate) fn is_admitted(host: &str, address: IpAddr, allow_private: bool) -> bool {
    let named = literal(host).is_some_and(|literal| canonical(literal) == canonical(address));
    let address = canonical(address);
    if METADATA.contains(&address) {
        return named && allow_private;
    }
    if is_nowhere(address) {
        return false;
    }
    match address_space(address) {
        AddressSpace::Public => true,
        AddressSpace::Loopback => named || is_localhost(host) || allow_private,
        AddressSpace::Local => named || allow_private,
    }
}

/// The IPv4 address that an IPv6 one leads to by mapping, NAT64 or 6to4.
fn canonical(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    let (high, low) = match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => (high, low),
        _ => return address.to_canonical(),
    };
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)).into()
}

/// Multicast and broadcast: no server is there.
fn is_nowhere(address: IpAddr) -> bool {
    address.is_multicast() || address == IpAddr::V4(Ipv4Addr::BROADCAST)
}

fn literal(host: &str) -> Option<IpAddr> {
    let inner = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.unwrap_or(host).parse().ok()
}

/// Whether a host name is this machine's by convention.
pub(crate) fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let tail = host
        .len()
        .checked_sub(10)
        .map(|start| &host.as_bytes()[start..]);
    host.eq_ignore_ascii_case("localhost")
        || tail.is_some_and(|tail| tail.eq_ignore_ascii_case(b".localhost"))
}

/// Whether a host, IPv6 in brackets, is this machine's: by name or by address.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    is_localhost(host) || literal(host).is_some_and(|address| address.to_canonical().is_loopback())
}

/// Whether a host is an address rather than a name.
pub(crate) fn is_address(host: &str) -> bool {
    literal(host).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_named_must_be_public() {
        let table = [
            // host, address, without and with --allow-private
            ("api.test", "93.184.216.34", true, true),
            ("api.test", "10.0.0.1", false, true),
            ("api.test", "192.168.1.1", false, true),
            ("api.test", "127.0.0.1", false, true),
            ("api.test", "::1", false, true),
            ("api.test", "::ffff:10.0.0.1", false, true),
            ("api.test", "fd12::1", false, true),
            ("api.test", "fe80::1", false, true),
            ("api.test", "100.64.0.1", false, true),
            ("api.test", "0.0.0.0", false, true),
            ("api.test", "169.254.1.1", false, true),
            ("api.test", "169.254.169.254", false, false),
            ("api.test", "::ffff:169.254.169.254", false, false),
            ("api.test", "fd00:ec2::254", false, false),
            ("api.test", "64:ff9b::a9fe:a9fe", false, false),
            ("api.test", "2002:a00:1::1", false, true),
            ("api.test", "224.0.0.1", false, false),
            ("api.test", "255.255.255.255", false, false),
            ("169.254.169.254", "169.254.169.254", false, true),
            ("10.0.0.1", "10.0.0.1", true, true),
            ("[fd12::1]", "fd12::1", true, true),
            ("10.0.0.1", "10.0.0.2", false, true),
            ("localhost", "127.0.0.1", true, true),
            ("api.localhost", "::1", true, true),
            ("localhost", "10.0.0.1", false, true),
        ];
        for (host, address, without, with) in table {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(
                is_admitted(host, address, false),
                without,
                "{host} {address}"
            );
            assert_eq!(
                is_admitted(host, address, true),
                with,
                "{host} {address} allowed"
            );
        }
    }

    #[test]
    fn this_machine_is_known_by_name_and_address() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.9.9.9",
            "[::1]",
        ] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in ["localhost.test", "notlocalhost", "128.0.0.1", "[::2]", ""] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
