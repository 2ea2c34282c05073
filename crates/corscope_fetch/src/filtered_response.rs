//! [Filtered responses](https://fetch.spec.whatwg.org/#concept-filtered-response): which headers a
//! script can read.

use std::borrow::Cow;

use crate::forbidden::is_token;
use crate::header_list::{Header, HeaderList};
use crate::header_values::extract_tokens;
use crate::safelist::{is_forbidden_response_header_name, safelisted_response_header_name};

/// `Access-Control-Expose-Headers`
pub const EXPOSE_HEADERS: &str = "access-control-expose-headers";

/// The names that a [CORS filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-cors)
/// shows: lower case, sorted, each once. `include`: whether the credentials mode is `include`.
pub fn cors_visible_headers(list: &HeaderList, include: bool) -> Vec<Cow<'static, str>> {
    // A header that does not parse exposes nothing, and fails nothing.
    let exposed = extract_tokens(list, EXPOSE_HEADERS).unwrap_or_default();
    let all = !include && exposed.iter().any(|element| element.token == b"*");
    visible(list, |name| {
        all || exposed
            .iter()
            .any(|element| element.token.eq_ignore_ascii_case(name))
    })
}

/// The names that a [basic filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-basic)
/// shows: all but Set-Cookie.
pub fn basic_visible_headers(list: &HeaderList) -> Vec<Cow<'static, str>> {
    visible(list, |_| true)
}

/// The safelisted names, and what else `is_shown`.
fn visible(list: &HeaderList, is_shown: impl Fn(&[u8]) -> bool) -> Vec<Cow<'static, str>> {
    let mut names = Vec::with_capacity(4);
    for Header { name, .. } in list.iter() {
        if let Some(safe) = safelisted_response_header_name(name) {
            names.push(Cow::Borrowed(safe));
        } else if is_shown(name) && !is_forbidden_response_header_name(name) {
            // A line whose name is no token is no header; browsers leave it out when they parse.
            let text = str::from_utf8(name).ok().filter(|_| is_token(name));
            names.extend(text.map(|name| Cow::Owned(name.to_ascii_lowercase())));
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(headers: &[(&str, &str)], include: bool) -> Vec<Cow<'static, str>> {
        cors_visible_headers(&headers.iter().copied().collect(), include)
    }

    #[test]
    fn exposing() {
        let expose = |values: &[&str], include| {
            let mut headers = vec![
                ("ETag", "e"),
                ("content-type", "text/plain"),
                ("Set-Cookie", "a"),
            ];
            headers.extend(
                values
                    .iter()
                    .map(|value| ("Access-Control-Expose-Headers", *value)),
            );
            cors(&headers, include)
        };
        assert_eq!(expose(&[], false), ["content-type"]);
        assert_eq!(expose(&["ETag"], true), ["content-type", "etag"]);
        assert_eq!(
            expose(&["*"], false),
            ["access-control-expose-headers", "content-type", "etag"]
        );
        assert_eq!(expose(&["*"], true), ["content-type"]);
        assert_eq!(expose(&["ETag", "x y"], false), ["content-type"]);
        assert_eq!(expose(&["Set-Cookie"], false), ["content-type"]);
    }

    #[test]
    fn basic_hides_cookies_only() {
        let list = [
            ("Set-Cookie", "a"),
            ("X", "1"),
            ("x", "2"),
            ("a b", "1"),
            ("x\u{e9}", "1"),
        ]
        .into_iter()
        .collect();
        assert_eq!(basic_visible_headers(&list), ["x"]);
    }
}
