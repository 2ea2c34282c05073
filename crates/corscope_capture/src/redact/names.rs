//! Which names say that what they hold is secret. By name alone: a list of the secrets themselves
//! would have to know them.

/// The whole name, without its punctuation.
const WHOLE: [&str; 16] = [
    "code",
    "key",
    "pass",
    "pin",
    "sid",
    "sig",
    "auth",
    "authorization",
    "bearer",
    "cookie",
    "jwt",
    "samlresponse",
    "samlrequest",
    "assertion",
    "ticket",
    "setcookie",
];

/// Its last word.
const LAST: [&str; 17] = [
    "token",
    "key",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
    "jwt",
    "otp",
    "pin",
    "csrf",
    "xsrf",
    "credential",
    "credentials",
    "cookie",
    "authorization",
    "auth",
];

/// Its end, where words are run together.
const END: [&str; 7] = [
    "token",
    "secret",
    "password",
    "apikey",
    "accesskey",
    "privatekey",
    "sessionid",
];

/// A part of it.
const PART: [&str; 5] = ["password", "passwd", "passphrase", "secret", "pwd"];

/// Keys that open nothing.
const HARMLESS: [&str; 5] = [
    "publickey",
    "sortkey",
    "primarykey",
    "foreignkey",
    "cachekey",
];

/// Whether the name of a query parameter, of a form's or a JSON object's field says so.
pub(super) fn is_secret(name: &str) -> bool {
    if name.is_empty() || name.len() > 128 {
        return false;
    }
    let whole: String = name
        .chars()
        .filter(|it| it.is_ascii_alphanumeric())
        .map(|it| it.to_ascii_lowercase())
        .collect();
    if HARMLESS.contains(&whole.as_str()) {
        return false;
    }
    WHOLE.contains(&whole.as_str())
        || END.iter().any(|end| whole.ends_with(end))
        || PART.iter().any(|part| whole.contains(part))
        || LAST.contains(&last_word(name).as_str())
}

/// `sessionId` and `session-id` both end in `id`; `apiKey` in `key`.
fn last_word(name: &str) -> String {
    let name = name.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
    let mut start = name.len();
    for (at, letter) in name.char_indices().rev() {
        if !letter.is_ascii_alphanumeric() {
            break;
        }
        start = at;
        let next_is_small = name[at..]
            .chars()
            .nth(1)
            .is_none_or(|it| it.is_ascii_lowercase());
        if letter.is_ascii_uppercase() && next_is_small {
            break;
        }
    }
    name[start..].to_ascii_lowercase()
}

/// What of a header is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderKind {
    /// The values of its cookies.
    Cookie,
    /// The value of its cookie; the attributes stay.
    SetCookie,
    /// All but the scheme.
    Credentials,
    /// What looks like a secret inside.
    Other,
}

pub(super) fn header_kind(name: &[u8]) -> HeaderKind {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let name = name.trim();
    match name {
        "cookie" | "cookie2" => return HeaderKind::Cookie,
        "set-cookie" | "set-cookie2" => return HeaderKind::SetCookie,
        _ => {}
    }
    // Names of the protocol itself, which a verdict needs.
    let of_protocol = [
        "access-control-",
        "sec-",
        "content-",
        "if-",
        "cross-origin-",
    ];
    if of_protocol.iter().any(|start| name.starts_with(start)) {
        return HeaderKind::Other;
    }
    if name.starts_with("proxy-") || is_secret(name) {
        return HeaderKind::Credentials;
    }
    HeaderKind::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_names_are_known_however_they_are_spelled() {
        for name in [
            "token",
            "access_token",
            "accessToken",
            "ID-TOKEN",
            "refresh.token",
            "code",
            "password",
            "newPassword",
            "user[password]",
            "passwordHash",
            "client_secret",
            "api_key",
            "apiKey",
            "APIKey",
            "x-api-key",
            "key",
            "sig",
            "X-Amz-Signature",
            "session",
            "PHPSESSIONID",
            "JSESSIONID",
            "sid",
            "jwt",
            "csrf",
            "auth",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for name in [
            "",
            "max_tokens",
            "token_type",
            "codec",
            "monkey",
            "keyword",
            "statusCode",
            "page",
            "public_key",
            "assign",
            "design",
            "author",
            "presid",
            "encode",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn what_a_verdict_needs_of_a_head_stays() {
        for name in [
            "Access-Control-Request-Headers",
            "Access-Control-Allow-Credentials",
            "Origin",
            "Vary",
            "Sec-WebSocket-Key",
            "Sec-Fetch-Mode",
            "Content-Type",
            "WWW-Authenticate",
        ] {
            assert_eq!(header_kind(name.as_bytes()), HeaderKind::Other, "{name}");
        }
        for name in [
            "Authorization",
            "Proxy-Authorization",
            "X-API-Key",
            "x-auth-token",
            "My-Secret",
            "X-Amz-Security-Token",
            "X-CSRF-Token",
        ] {
            assert_eq!(
                header_kind(name.as_bytes()),
                HeaderKind::Credentials,
                "{name}"
            );
        }
    }
}
