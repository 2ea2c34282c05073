//! Header fields: between what the `h2` crate has and what an exchange has.

use corscope_fetch::HeaderList;
use http::header::{COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, TE};

/// Fields that belong to an HTTP/1.1 connection and are malformed in HTTP/2.
const CONNECTION_SPECIFIC: [&str; 5] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// The fields, each value a line of its own.
pub(super) fn list(headers: &HeaderMap) -> HeaderList {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect()
}

/// A request's fields. The crumbs of its cookies, which HTTP/2 may send each on its own, are joined.
pub(super) fn request_list(headers: &HeaderMap) -> HeaderList {
    let mut list = HeaderList::new();
    for name in headers.keys() {
        if name == COOKIE {
            list.push(name.as_str(), cookies(headers));
            continue;
        }
        for value in headers.get_all(name) {
            list.push(name.as_str(), value.as_bytes());
        }
    }
    list
}

fn cookies(headers: &HeaderMap) -> Vec<u8> {
    let crumbs = headers.get_all(COOKIE).iter();
    let crumbs: Vec<&[u8]> = crumbs.map(HeaderValue::as_bytes).collect();
    crumbs.join(&b"; "[..])
}

/// Fields as they may stand in HTTP/2; what may not is left out.
pub(super) fn map(list: &HeaderList) -> HeaderMap {
    let mut map = HeaderMap::with_capacity(list.len().min(1024));
    for header in list.iter() {
        let value = header.trimmed();
        let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(header.name),
            HeaderValue::from_bytes(value),
        ) else {
            continue;
        };
        let is_te = name == TE && !value.as_bytes().eq_ignore_ascii_case(b"trailers");
        if is_te || is_connection_specific(name.as_str()) {
            continue;
        }
        // The map holds thousands; whatever does not fit was not sent by a client.
        let _ = map.try_append(name, value);
    }
    map
}

/// A changed request's fields: cookies that were not changed stay crumbs. `Host` is left out, being
/// what `:authority` says.
pub(super) fn request_map(changed: &HeaderList, original: &HeaderMap) -> HeaderMap {
    let joined = cookies(original);
    let same = original.contains_key(COOKIE)
        && changed.lines_named("Cookie").count() == 1
        && changed.get("Cookie").is_some_and(|value| *value == joined);
    let mut map = map(changed);
    map.remove(HOST);
    if same {
        map.remove(COOKIE);
        for crumb in original.get_all(COOKIE) {
            let _ = map.try_append(COOKIE, crumb.clone());
        }
    }
    map
}

/// The fields of an HTTP/1.1 response, without those of its connection.
pub(super) fn of_http1(list: &HeaderList) -> HeaderMap {
    let options = list
        .get("Connection")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_option = |name: &[u8]| {
        options
            .split(|byte| *byte == b',')
            .any(|option| option.trim_ascii().eq_ignore_ascii_case(name))
    };
    map(&list.without(|header| is_option(header.name)))
}

/// The list without what speaks of an HTTP/1.1 connection.
pub(super) fn without_connection(list: &HeaderList) -> HeaderList {
    list.without(|header| {
        CONNECTION_SPECIFIC
            .iter()
            .any(|specific| header.is(specific))
    })
}

fn is_connection_specific(name: &str) -> bool {
    CONNECTION_SPECIFIC.contains(&name)
}

/// The bytes that the fields would take in HTTP/1.
pub(super) fn size(headers: &HeaderMap) -> usize {
    let lines = headers.iter();
    lines
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum()
}

/// Whether the body is an event stream that can be read as it comes.
pub(super) fn is_event_stream(headers: &HeaderMap) -> bool {
    let is_sse = headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.as_bytes().get(..17))
        .is_some_and(|start| start.eq_ignore_ascii_case(b"text/event-stream"));
    is_sse && !headers.contains_key(http::header::CONTENT_ENCODING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn cookie_crumbs_are_joined_for_viewing_and_kept_apart_on_the_wire() {
        let sent = headers(&[("cookie", "a=1"), ("x", "1"), ("cookie", "b=2")]);
        let mut seen = request_list(&sent);
        assert_eq!(seen.get("cookie").unwrap(), &b"a=1; b=2"[..]);
        seen.push("y", "2");
        assert_eq!(request_map(&seen, &sent).get_all(COOKIE).iter().count(), 2);
        seen.set("cookie", "a=1; b=3");
        let changed = request_map(&seen, &sent);
        assert_eq!(changed.get_all(COOKIE).iter().count(), 1);
        assert_eq!(changed["cookie"], "a=1; b=3");
    }

    #[test]
    fn what_belongs_to_a_connection_does_not_pass_into_http2() {
        let list: HeaderList = [
            ("Connection", "close, X-Mine"),
            ("X-Mine", "1"),
            ("Keep-Alive", "timeout=5"),
            ("Transfer-Encoding", "chunked"),
            ("Upgrade", "h2c"),
            ("TE", "gzip"),
            ("A b", "no token"),
            ("X", " 1"),
            ("x", "2"),
        ]
        .into_iter()
        .collect();
        let map = of_http1(&list);
        let kept: Vec<_> = map
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(kept, [("x", "1"), ("x", "2")]);
    }
}
