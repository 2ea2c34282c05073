//! From a host to the addresses to try.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use dns_lookup::{AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use tokio::sync::oneshot;

use super::config::ResolveOverride;
use super::error::NetworkError;

/// The addresses of `host` (IPv6 literals in brackets), in the order to try them.
pub(crate) async fn resolve(
    overrides: &[ResolveOverride],
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, NetworkError> {
    let addresses = if let Some(fitting) = overrides.iter().find(|entry| entry.fits(host, port)) {
        fitting.addresses.clone()
    } else if let Some(literal) = address_literal(host) {
        vec![literal]
    } else if is_localhost(host) {
        // Browsers never ask a name server for these, and try IPv6 first.
        vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()]
    } else {
        interleave(look_up(host).await?)
    };
    Ok(addresses
        .into_iter()
        .map(|address| SocketAddr::new(address, port))
        .collect())
}

fn address_literal(host: &str) -> Option<IpAddr> {
    match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) => inner.parse().ok(),
        None => host.parse().ok(),
    }
}

/// [RFC 6761](https://www.rfc-editor.org/rfc/rfc6761#section-6.3), as browsers follow it.
fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// Families in turn, so that a broken one delays by one stagger only; the resolver's order (RFC
/// 6724) decides which family is first and the order inside each.
fn interleave(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let first_is_v6 = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut mixed = Vec::new();
    loop {
        match (first.next(), second.next()) {
            (None, None) => return mixed,
            (a, b) => mixed.extend(a.into_iter().chain(b)),
        }
    }
}

/// Asks the system's resolver on a thread of its own: it cannot be interrupted, and a runtime's
/// blocking pool would keep the whole program from ending until it answers.
async fn look_up(host: &str) -> Result<Vec<IpAddr>, NetworkError> {
    let failed = |reason: String| NetworkError::NameLookupFailed {
        host: host.to_owned(),
        reason,
    };
    let (answer, answered) = oneshot::channel();
    let name = host.to_owned();
    std::thread::Builder::new()
        .name("resolve".to_owned())
        .spawn(move || answer.send(ask_system(&name)))
        .map_err(|error| failed(error.to_string()))?;
    answered
        .await
        .map_err(|_| failed("the resolver's thread ended".to_owned()))?
}

fn ask_system(host: &str) -> Result<Vec<IpAddr>, NetworkError> {
    let host = host.to_owned();
    // Without a socket type each address would come once for each.
    let hints = AddrInfoHints {
        socktype: SockType::Stream.into(),
        ..AddrInfoHints::default()
    };
    match getaddrinfo(Some(&host), None, Some(hints)) {
        Ok(found) => {
            let mut addresses: Vec<IpAddr> = Vec::new();
            for address in found.flatten().map(|entry| entry.sockaddr.ip()) {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            if addresses.is_empty() {
                return Err(NetworkError::NameNotFound { host });
            }
            Ok(addresses)
        }
        Err(error) => Err(match error.kind() {
            LookupErrorKind::NoName | LookupErrorKind::NoData => {
                NetworkError::NameNotFound { host }
            }
            LookupErrorKind::Again => NetworkError::NameServerFailed { host },
            _ => {
                let reason = std::io::Error::from(error).to_string();
                NetworkError::NameLookupFailed { host, reason }
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn localhost_is_known_by_every_spelling() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.b.localhost",
            "a.Localhost.",
        ] {
            assert!(is_localhost(host), "{host}");
        }
        for host in ["localhost.test", "notlocalhost", "", "."] {
            assert!(!is_localhost(host), "{host}");
        }
    }

    #[test]
    fn families_take_turns() {
        let mixed = interleave(addresses(&["::1", "::2", "::3", "1.1.1.1", "2.2.2.2"]));
        assert_eq!(
            mixed,
            addresses(&["::1", "1.1.1.1", "::2", "2.2.2.2", "::3"])
        );
        let mixed = interleave(addresses(&["1.1.1.1", "::1"]));
        assert_eq!(mixed, addresses(&["1.1.1.1", "::1"]));
    }

    #[tokio::test]
    async fn literals_localhost_and_overrides_need_no_resolver() {
        let overrides = [
            "a.test:80:10.0.0.1,::5",
            "*:81:10.0.0.2",
            "1.2.3.4:80:10.0.0.3",
        ]
        .map(|text| text.parse::<ResolveOverride>().unwrap());
        let table: [(&str, u16, &[&str]); 8] = [
            ("a.test", 80, &["10.0.0.1:80", "[::5]:80"]),
            ("A.TEST", 80, &["10.0.0.1:80", "[::5]:80"]),
            ("b.test", 81, &["10.0.0.2:81"]),
            ("1.2.3.4", 80, &["10.0.0.3:80"]),
            ("1.2.3.4", 82, &["1.2.3.4:82"]),
            ("[::2]", 80, &["[::2]:80"]),
            ("localhost", 80, &["[::1]:80", "127.0.0.1:80"]),
            ("x.localhost.", 80, &["[::1]:80", "127.0.0.1:80"]),
        ];
        for (host, port, wanted) in table {
            let found = resolve(&overrides, host, port).await.unwrap();
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, wanted, "{host}:{port}");
        }
    }
}
