//! Cookies of another host, made fit for this one: without that, browsers drop them in silence.

use super::place::Place;

/// Appends a `Set-Cookie` value as the gateway's own.
///
/// `Domain` goes, since the gateway is another host. `Secure` goes, since the gateway speaks plain
/// HTTP, and with it `SameSite=None` and `Partitioned`, which browsers take from secure cookies only.
/// A name that begins with `__Secure-` or `__Host-` needs `Secure`: it keeps it, and browsers take
/// it for loopback.
pub(crate) fn rewrite(value: &[u8], place: &Place, out: &mut Vec<u8>) {
    let mut parts = value.split(|byte| *byte == b';');
    let pair = parts.next().unwrap_or_default();
    out.extend_from_slice(pair);
    let needs_secure = is_prefixed(pair);
    for part in parts {
        let (name, of_name) = match part.iter().position(|byte| *byte == b'=') {
            Some(place) => (&part[..place], &part[place + 1..]),
            None => (part, &[][..]),
        };
        let is = |wanted: &[u8]| name.trim_ascii().eq_ignore_ascii_case(wanted);
        let of_name = of_name.trim_ascii();
        if is(b"Domain") || (!needs_secure && (is(b"Secure") || is(b"Partitioned"))) {
            continue;
        }
        out.push(b';');
        if !needs_secure && is(b"SameSite") && of_name.eq_ignore_ascii_case(b"None") {
            out.extend_from_slice(b" SameSite=Lax");
            continue;
        }
        let path = match is(b"Path") {
            true => std::str::from_utf8(of_name).ok(),
            false => None,
        };
        match path.and_then(|path| place.cookie_path(path)) {
            Some(path) => {
                out.extend_from_slice(b" Path=");
                out.extend_from_slice(path.as_bytes());
            }
            None => out.extend_from_slice(part),
        }
    }
}

fn is_prefixed(pair: &[u8]) -> bool {
    let name = pair.trim_ascii_start();
    let begins = |prefix: &[u8]| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    begins(b"__Secure-") || begins(b"__Host-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_become_the_gateways_own() {
        let place = Place {
            target: "https://api.test/v1".parse().unwrap(),
            prefix: "/api".to_owned(),
            keep_prefix: false,
        };
        let table = [
            ("a=b", "a=b"),
            (
                "a=b; Domain=.api.test; Path=/v1/x; Secure; HttpOnly; SameSite=None; Max-Age=5",
                "a=b; Path=/api/x; HttpOnly; SameSite=Lax; Max-Age=5",
            ),
            ("a=b;secure;samesite=NONE;Partitioned", "a=b; SameSite=Lax"),
            (
                "a=b; Path=/; SameSite=Strict",
                "a=b; Path=/; SameSite=Strict",
            ),
            ("a=b; Path=/other", "a=b; Path=/"),
            (
                "__Host-a=b; Path=/; Secure; SameSite=None",
                "__Host-a=b; Path=/; Secure; SameSite=None",
            ),
            (
                "a=domain=x; Expires=Thu, 01 Jan 1970",
                "a=domain=x; Expires=Thu, 01 Jan 1970",
            ),
        ];
        for (value, wanted) in table {
            let mut out = Vec::new();
            rewrite(value.as_bytes(), &place, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), wanted, "{value}");
        }
    }
}
