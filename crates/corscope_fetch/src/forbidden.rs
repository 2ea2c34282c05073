//! [Forbidden methods](https://fetch.spec.whatwg.org/#forbidden-method) and
//! [forbidden request-headers](https://fetch.spec.whatwg.org/#forbidden-request-header).

use std::borrow::Cow;

use crate::header_values::get_decode_and_split;

/// Whether `byte` may stand in an [RFC 9110 token](https://www.rfc-editor.org/rfc/rfc9110#name-tokens).
pub const fn is_token_byte(byte: u8) -> bool {
    TOKEN_BYTES[byte as usize]
}

const TOKEN_BYTES: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = matches!(byte as u8,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_'
            | b'`' | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z');
        byte += 1;
    }
    bytes
};

/// Whether `bytes` are a token: a [method](https://fetch.spec.whatwg.org/#concept-method) or a
/// [header name](https://fetch.spec.whatwg.org/#header-name).
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// Whether `method` is forbidden, in any case.
pub fn is_forbidden_method(method: &[u8]) -> bool {
    ["CONNECT", "TRACE", "TRACK"]
        .iter()
        .any(|name| method.eq_ignore_ascii_case(name.as_bytes()))
}

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-method-normalize) a method: only six names
/// are upper-cased, `patch` is not one of them.
pub fn normalize_method(method: &str) -> Cow<'static, str> {
    const NORMALIZED: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"];
    NORMALIZED
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(method))
        .map_or_else(|| Cow::Owned(method.to_owned()), Cow::Borrowed)
}

/// Names that no script may set, whatever the value; sorted.
const FORBIDDEN_NAMES: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Whether a script's header of this name and value is forbidden, so that it is dropped silently.
pub fn is_forbidden_request_header(name: &[u8], value: &[u8]) -> bool {
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
    let Some(first) = name.first().map(u8::to_ascii_lowercase) else {
        return false;
    };
    let may_be = |forbidden: &&&str| forbidden.as_bytes()[0] == first;
    if FORBIDDEN_NAMES
        .iter()
        .filter(may_be)
        .any(|forbidden| is(forbidden))
    {
        return true;
    }
    let starts = |prefix: &[u8]| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if (first == b'p' && starts(b"proxy-")) || (first == b's' && starts(b"sec-")) {
        return true;
    }
    if first != b'x' {
        return false;
    }
    if [
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
    ]
    .into_iter()
    .any(is)
    {
        return get_decode_and_split(value)
            .iter()
            .any(|method| is_forbidden_method(method));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_methods_are_normalized() {
        for (given, normalized) in [
            ("get", "GET"),
            ("PoSt", "POST"),
            ("patch", "patch"),
            ("Options", "OPTIONS"),
            ("x", "x"),
        ] {
            assert_eq!(normalize_method(given), normalized);
        }
    }

    #[test]
    fn forbidden_methods_have_no_case() {
        for method in ["CONNECT", "trace", "TrAcK"] {
            assert!(is_forbidden_method(method.as_bytes()), "{method}");
        }
        assert!(!is_forbidden_method(b"TRACE2"));
    }

    #[test]
    fn forbidden_request_headers() {
        for name in [
            "Cookie",
            "hOsT",
            "Proxy-",
            "sec-fetch-mode",
            "Via",
            "Access-Control-Request-Method",
        ] {
            assert!(is_forbidden_request_header(name.as_bytes(), b""), "{name}");
        }
        for name in [
            "X-Foo",
            "Proxyx",
            "Secx",
            "Accept",
            "Set-Cookie2",
            "User-Agent",
        ] {
            assert!(!is_forbidden_request_header(name.as_bytes(), b""), "{name}");
        }
    }

    #[test]
    fn method_overrides_are_forbidden_only_for_forbidden_methods() {
        for (value, forbidden) in [
            ("PUT", false),
            ("TRACE", true),
            ("GET, track", true),
            ("\"TRACE\"", false),
            ("trace1", false),
        ] {
            let name = b"X-HTTP-Method-Override";
            assert_eq!(
                is_forbidden_request_header(name, value.as_bytes()),
                forbidden,
                "{value}"
            );
        }
    }
}
