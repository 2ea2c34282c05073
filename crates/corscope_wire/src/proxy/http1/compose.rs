//! Writes a request head for the next hop: the client's own bytes, but for what speaks to a proxy.

use super::request_head::{HOP_HEADER, RequestHead, Upgrade};

/// How the request goes on.
pub(crate) enum Onward<'a> {
    /// To the server itself; its path and query.
    Origin(&'a [u8]),
    /// To an upstream proxy, which gets the target as it came.
    Proxy {
        authorization: Option<&'a str>,
        nonce: &'a str,
    },
}

/// Appends the head to `out`.
pub(crate) fn compose(out: &mut Vec<u8>, bytes: &[u8], head: &RequestHead, onward: &Onward<'_>) {
    out.extend_from_slice(&bytes[head.method.clone()]);
    out.push(b' ');
    match onward {
        Onward::Origin(path) => {
            let asks_server = path.is_empty() && &bytes[head.method.clone()] == b"OPTIONS";
            if asks_server {
                out.push(b'*');
            } else if !path.starts_with(b"/") && *path != b"*" {
                out.push(b'/');
            }
            out.extend_from_slice(path);
        }
        Onward::Proxy { .. } => out.extend_from_slice(&bytes[head.target.clone()]),
    }
    let plain = head.upgrade != Upgrade::Other && !head.lines.iter().any(|line| line.to_proxy);
    if plain {
        let end = match onward {
            Onward::Origin(_) => head.len,
            Onward::Proxy { .. } => head.len - 2,
        };
        out.extend_from_slice(&bytes[head.target.end..end]);
    } else {
        let lines_start = head.lines.first().map_or(head.len - 2, |line| line.start);
        out.extend_from_slice(&bytes[head.target.end..lines_start]);
        for line in &head.lines {
            let name = &bytes[line.start..line.colon];
            let dropped = head.upgrade == Upgrade::Other && is_of_upgrade(name);
            if !line.to_proxy && !dropped {
                out.extend_from_slice(&bytes[line.start..line.end + 2]);
            }
        }
        if matches!(onward, Onward::Origin(_)) {
            out.extend_from_slice(b"\r\n");
        }
    }
    if let Onward::Proxy {
        authorization,
        nonce,
    } = onward
    {
        if let Some(credentials) = authorization {
            for piece in ["Proxy-Authorization: ", credentials, "\r\n"] {
                out.extend_from_slice(piece.as_bytes());
            }
        }
        for piece in [HOP_HEADER, ": ", nonce, "\r\n\r\n"] {
            out.extend_from_slice(piece.as_bytes());
        }
    }
}

/// An upgrade that is not passed on must not be spoken of either.
fn is_of_upgrade(name: &[u8]) -> bool {
    ["upgrade", "connection", "http2-settings"]
        .iter()
        .any(|of_upgrade| name.eq_ignore_ascii_case(of_upgrade.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(text: &str, onward: &Onward<'_>) -> String {
        let mut head = RequestHead::default();
        head.read(text.as_bytes(), 100).unwrap();
        let mut out = Vec::new();
        compose(&mut out, text.as_bytes(), &head, onward);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_speaks_to_a_proxy_is_left_out() {
        let text = "GET http://a.test/x HTTP/1.1\r\nhOsT:a.test\r\nX:  1 \r\n\
                    Proxy-Connection: keep-alive\r\nx: 2\r\n\r\n";
        assert_eq!(
            composed(text, &Onward::Origin(b"/x")),
            "GET /x HTTP/1.1\r\nhOsT:a.test\r\nX:  1 \r\nx: 2\r\n\r\n"
        );
        let upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n\
                       Upgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n";
        assert_eq!(
            composed(upgrade, &Onward::Origin(b"/")),
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        let server = "OPTIONS http://a.test HTTP/1.1\r\nHost: a\r\n\r\n";
        assert_eq!(
            composed(server, &Onward::Origin(b"")),
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        let query = "GET http://a.test?q HTTP/1.1\r\nHost: a\r\n\r\n";
        assert!(composed(query, &Onward::Origin(b"?q")).starts_with("GET /?q HTTP/1.1\r\n"));
    }

    #[test]
    fn an_upstream_proxy_gets_its_own_credentials() {
        let text = "GET http://a.test/x HTTP/1.1\r\nHost: a\r\nProxy-Authorization: mine\r\n\r\n";
        let onward = Onward::Proxy {
            authorization: Some("Basic eA=="),
            nonce: "n",
        };
        assert_eq!(
            composed(text, &onward),
            "GET http://a.test/x HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic eA==\r\n\
             Corscope-Hop: n\r\n\r\n"
        );
    }
}
