//! What a report must not tell: it is pasted into tickets. Secrets are no part of a CORS verdict.

use std::borrow::Cow;
use std::ops::Range;

/// Whether a header's value is a secret.
pub fn is_secret(name: &[u8]) -> bool {
    const SECRET: [&str; 5] = [
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "set-cookie2",
    ];
    SECRET
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret.as_bytes()))
}

/// Text whose URLs show a star for each byte of a user name and a password, so that columns stay.
pub fn masked(text: &str) -> Cow<'_, str> {
    let found = userinfos(text.as_bytes());
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for userinfo in found {
        // Both ends stand beside ASCII, so they are ends of characters.
        out.push_str(&text[end..userinfo.start]);
        out.push_str(&"*".repeat(userinfo.len()));
        end = userinfo.end;
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

/// The same for a header's bytes.
pub fn masked_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let found = userinfos(bytes);
    if found.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let mut out = bytes.to_vec();
    for userinfo in found {
        out[userinfo].fill(b'*');
    }
    Cow::Owned(out)
}

/// Where the URLs in a text hold a user name and a password: what stands before the last `@` of an
/// authority.
pub fn userinfos(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains(&b'@') {
        return found;
    }
    let mut from = 0;
    while let Some(slashes) = text[from..].windows(2).position(|two| two == b"//") {
        let start = from + slashes + 2;
        let rest = &text[start..];
        let end = rest
            .iter()
            .position(|byte| is_end(*byte))
            .map_or(text.len(), |end| start + end);
        // In a path, two slashes begin no authority.
        let before = text[..start - 2].last();
        let begins = before.is_none_or(|byte| *byte == b':' || is_space_or_quote(*byte));
        if begins && let Some(at) = text[start..end].iter().rposition(|byte| *byte == b'@') {
            found.push(start..start + at);
        }
        from = start;
    }
    found
}

const fn is_end(byte: u8) -> bool {
    matches!(byte, b'/' | b'\\' | b'?' | b'#' | b'<' | b'>') || is_space_or_quote(byte)
}

const fn is_space_or_quote(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | b'"' | b'\'' | b'`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_urls_become_stars() {
        for (text, expected) in [
            (
                "https://u:secret@b.test/x?y=a@b",
                "https://********@b.test/x?y=a@b",
            ),
            ("//u@b.test", "//*@b.test"),
            (
                "GET http://a:b@c:1 and https://tökén@d",
                "GET http://***@c:1 and https://*******@d",
            ),
            ("`https://a@b@c.test/`", "`https://***@c.test/`"),
            ("https://b.test//c@d", "https://b.test//c@d"),
            ("https://b.test/a@b", "https://b.test/a@b"),
            ("a@b.test", "a@b.test"),
            ("https://", "https://"),
        ] {
            assert_eq!(masked(text), expected);
            assert_eq!(*masked_bytes(text.as_bytes()), *expected.as_bytes());
        }
    }
}
