//! CORS-safelisted [methods](https://fetch.spec.whatwg.org/#cors-safelisted-method),
//! [request-headers](https://fetch.spec.whatwg.org/#cors-safelisted-request-header) and
//! [response-header names](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).

use std::borrow::Cow;

use crate::client_hints;
use crate::header_list::{HeaderList, trim_http_whitespace};
use crate::user_agent::UserAgent;

/// The longest value of a safelisted request-header, in bytes.
pub const VALUE_LIMIT: usize = 128;
/// How many bytes all safelisted values may have together.
pub const TOTAL_LIMIT: usize = 1024;

/// The names of the [CORS-safelisted request-headers](https://fetch.spec.whatwg.org/#cors-safelisted-request-header)
/// of every browser, in lower case. Whether one is safelisted depends on its value.
pub const SAFELISTED_BY_VALUE: [&str; 5] = [
    "accept",
    "accept-language",
    "content-language",
    "content-type",
    "range",
];

/// Whether `method` is CORS-safelisted.
pub fn is_safelisted_method(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// A [CORS-unsafe request-header byte](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
pub const fn is_unsafe_byte(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t')
        || matches!(
            byte,
            b'"' | b'('
                | b')'
                | b':'
                | b'<'
                | b'>'
                | b'?'
                | b'@'
                | b'['
                | b'\\'
                | b']'
                | b'{'
                | b'}'
                | 0x7F
        )
}

/// Why a request-header is not CORS-safelisted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unsafe {
    /// Its name is none of the safelisted ones.
    Name,
    /// Its value is longer than [`VALUE_LIMIT`] bytes.
    TooLong,
    /// Its value has a byte that is not allowed.
    Byte {
        /// Where in the value.
        at: usize,
    },
    /// Content-Type: not one of the three MIME types.
    ContentType,
    /// Range: not a simple range.
    Range,
    /// All safelisted values together are longer than [`TOTAL_LIMIT`] bytes.
    Total,
}

/// Judges one header; `Ok` when it is a
/// [CORS-safelisted request-header](https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
///
/// # Errors
/// The first reason why it is not.
pub fn safelisted_request_header(
    name: &[u8],
    value: &[u8],
    user_agent: &UserAgent,
) -> Result<(), Unsafe> {
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
    // By length first: nearly every header is none of these.
    let judge: fn(&[u8], &UserAgent) -> Result<(), Unsafe> = match name.len() {
        5 if is("range") => range,
        6 if is("accept") => unsafe_byte_in,
        12 if is("content-type") => safelisted_content_type,
        15 if is("accept-language") => language,
        16 if is("content-language") => language,
        3..=14
            if user_agent.safelists_client_hints && client_hints::is_well_formed(name, value) =>
        {
            |_, _| Ok(())
        }
        _ => return Err(Unsafe::Name),
    };
    if value.len() > VALUE_LIMIT {
        return Err(Unsafe::TooLong);
    }
    judge(value, user_agent)
}

fn language(value: &[u8], _: &UserAgent) -> Result<(), Unsafe> {
    let refused = |byte: &u8| {
        !(byte.is_ascii_alphanumeric()
            || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'='))
    };
    let at = value.iter().position(refused);
    at.map_or(Ok(()), |at| Err(Unsafe::Byte { at }))
}

fn range(value: &[u8], user_agent: &UserAgent) -> Result<(), Unsafe> {
    if is_simple_range(value, user_agent) {
        Ok(())
    } else {
        Err(Unsafe::Range)
    }
}

fn unsafe_byte_in(value: &[u8], user_agent: &UserAgent) -> Result<(), Unsafe> {
    let refused =
        |byte: &u8| is_unsafe_byte(*byte) || (user_agent.safelists_only_ascii && *byte > 0x7F);
    value
        .iter()
        .position(refused)
        .map_or(Ok(()), |at| Err(Unsafe::Byte { at }))
}

/// Judges a Content-Type value without the length limit.
///
/// # Errors
/// Why it is not safelisted.
pub fn safelisted_content_type(value: &[u8], user_agent: &UserAgent) -> Result<(), Unsafe> {
    unsafe_byte_in(value, user_agent)?;
    if user_agent.refuses_comma_in_content_type
        && let Some(at) = value.iter().position(|byte| *byte == b',')
    {
        return Err(Unsafe::Byte { at });
    }
    if user_agent.refuses_empty_content_type_parameter {
        let mut parts = value.split(|byte| *byte == b';').skip(1).peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_some() && trim_http_whitespace(part).is_empty() {
                return Err(Unsafe::ContentType);
            }
        }
    }
    // A value that has one of these before its parameters parses.
    let essence = before_parameters(value);
    let is_safe = [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    ]
    .iter()
    .any(|allowed| essence.eq_ignore_ascii_case(allowed.as_bytes()));
    if is_safe {
        Ok(())
    } else {
        Err(Unsafe::ContentType)
    }
}

/// The essence of a [MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type), in its own
/// case; `None` when the value does not parse. Parameters never make the parse fail.
pub fn mime_essence(value: &[u8]) -> Option<&[u8]> {
    let essence = before_parameters(value);
    let slash = essence.iter().position(|byte| *byte == b'/')?;
    let (kind, subtype) = (&essence[..slash], &essence[slash + 1..]);
    (crate::forbidden::is_token(kind) && crate::forbidden::is_token(subtype)).then_some(essence)
}

/// What stands before the parameters of a MIME type.
fn before_parameters(value: &[u8]) -> &[u8] {
    let end = value.iter().position(|byte| *byte == b';');
    trim_http_whitespace(&value[..end.unwrap_or(value.len())])
}

/// A [simple range header value](https://fetch.spec.whatwg.org/#simple-range-header-value):
/// `bytes=` start `-` [end], no white space, start not after end.
fn is_simple_range(value: &[u8], user_agent: &UserAgent) -> bool {
    let Some((unit, range)) = value.split_at_checked(6) else {
        return false;
    };
    let unit_is_right = if user_agent.range_unit_in_any_case {
        unit.eq_ignore_ascii_case(b"bytes=")
    } else {
        unit == b"bytes="
    };
    let Some(dash) = range.iter().position(|byte| *byte == b'-') else {
        return false;
    };
    let (start, end) = (&range[..dash], &range[dash + 1..]);
    let (start, end) = (unsigned(start, user_agent), unsigned(end, user_agent));
    let is_number = |digits: &[u8]| {
        digits.iter().all(u8::is_ascii_digit)
            && user_agent.range_number_max.is_none_or(|max| {
                str::from_utf8(digits)
                    .ok()
                    .and_then(|text| text.parse::<u64>().ok())
                    .is_some_and(|number| number <= max)
            })
    };
    unit_is_right
        && !start.is_empty()
        && is_number(start)
        && (end.is_empty() || (is_number(end) && number_order(start, end)))
}

/// A number without its plus, where one may stand.
fn unsigned<'a>(number: &'a [u8], user_agent: &UserAgent) -> &'a [u8] {
    match number {
        [b'+', digits @ ..] if user_agent.range_number_may_have_plus && !digits.is_empty() => {
            digits
        }
        _ => number,
    }
}

/// Whether decimal `start` is at most decimal `end`, of whatever length.
fn number_order(start: &[u8], end: &[u8]) -> bool {
    fn strip(mut digits: &[u8]) -> &[u8] {
        while let [b'0', rest @ ..] = digits {
            digits = rest;
        }
        digits
    }
    let (start, end) = (strip(start), strip(end));
    (start.len(), start) <= (end.len(), end)
}

/// [CORS-unsafe request-header names](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names):
/// lower case, sorted; each once, or, where a user agent does so, once for each line of that name.
///
/// They are kept as `Access-Control-Request-Headers` has them, joined with commas, since names are
/// tokens and have none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UnsafeNames {
    joined: Vec<u8>,
}

impl UnsafeNames {
    /// Of `names` in any case and order.
    pub fn new(names: Vec<&[u8]>) -> Self {
        Self::sorted(names, false)
    }

    fn sorted(mut names: Vec<&[u8]>, repeated: bool) -> Self {
        fn in_lower_case(name: &[u8]) -> impl Iterator<Item = u8> {
            name.iter().map(u8::to_ascii_lowercase)
        }
        if names.len() > 1 {
            names.sort_unstable_by(|one, other| in_lower_case(one).cmp(in_lower_case(other)));
            if !repeated {
                names.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
            }
        }
        let mut joined = names.join(&b',');
        joined.make_ascii_lowercase();
        Self { joined }
    }

    /// Joined with commas, without a space.
    pub fn joined(&self) -> &[u8] {
        &self.joined
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.joined.is_empty()
    }

    /// One by one, each once.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut last: &[u8] = b"";
        let names = self.joined.split(|byte| *byte == b',');
        // Sorted, so equal names stand together.
        names.filter(move |name| std::mem::replace(&mut last, name) != *name)
    }

    /// Those that `keep` picks.
    pub fn filtered(&self, keep: impl Fn(&[u8]) -> bool) -> Self {
        let names = self.joined.split(|byte| *byte == b',');
        let kept = names.filter(|name| !name.is_empty() && keep(name));
        Self::sorted(kept.collect(), true)
    }
}

impl std::fmt::Debug for UnsafeNames {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.joined.escape_ascii())
    }
}

/// The CORS-unsafe request-header names of a header list.
pub fn unsafe_request_header_names(list: &HeaderList, user_agent: &UserAgent) -> UnsafeNames {
    let mut names: Vec<&[u8]> = Vec::with_capacity(list.len());
    let mut safelisted_total = 0;
    for (line, header) in list.iter().enumerate() {
        let mut value = Cow::Borrowed(header.value);
        if user_agent.joins_repeated_headers {
            let is_same = |other: crate::Header<'_>| other.name.eq_ignore_ascii_case(header.name);
            if list.iter().take(line).any(is_same) {
                continue;
            }
            if list.iter().skip(line + 1).any(is_same) {
                let joined = str::from_utf8(header.name).map(|name| list.get(name));
                value = joined.ok().flatten().unwrap_or(value);
            }
        }
        match safelisted_request_header(header.name, &value, user_agent) {
            Ok(()) => safelisted_total += value.len(),
            Err(_) => names.push(header.name),
        }
    }
    if user_agent.limits_safelisted_total && safelisted_total > TOTAL_LIMIT {
        names = list.iter().map(|header| header.name).collect();
    }
    UnsafeNames::sorted(names, user_agent.names_header_lines)
}

/// Whether a response-header name is
/// [CORS-safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name) without
/// being exposed.
pub fn is_safelisted_response_header_name(name: &[u8]) -> bool {
    safelisted_response_header_name(name).is_some()
}

/// A CORS-safelisted response-header name in lower case; `None` for every other name.
pub(crate) fn safelisted_response_header_name(name: &[u8]) -> Option<&'static str> {
    let of_its_length: &[&'static str] = match name.len() {
        6 => &["pragma"],
        7 => &["expires"],
        12 => &["content-type"],
        13 => &["cache-control", "last-modified"],
        14 => &["content-length"],
        16 => &["content-language"],
        _ => &[],
    };
    let is_it = |safe: &&&str| name.eq_ignore_ascii_case(safe.as_bytes());
    of_its_length.iter().find(is_it).copied()
}

/// A [forbidden response-header name](https://fetch.spec.whatwg.org/#forbidden-response-header-name).
pub fn is_forbidden_response_header_name(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"set-cookie") || name.eq_ignore_ascii_case(b"set-cookie2")
}

/// A [no-CORS-safelisted request-header name](https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name).
pub fn is_no_cors_safelisted_name(name: &[u8]) -> bool {
    [
        "accept",
        "accept-language",
        "content-language",
        "content-type",
    ]
    .iter()
    .any(|safe| name.eq_ignore_ascii_case(safe.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent::Browser;

    fn is_safe(name: &str, value: &str, browser: Browser) -> bool {
        safelisted_request_header(name.as_bytes(), value.as_bytes(), browser.profile()).is_ok()
    }

    #[test]
    fn each_name_that_is_safelisted_by_value_is_with_one_and_not_with_another() {
        let good = ["*/*", "en", "en", "text/plain", "bytes=0-"];
        for (name, good) in SAFELISTED_BY_VALUE.into_iter().zip(good) {
            assert!(is_safe(name, good, Browser::Fetch), "{name}: {good}");
            assert!(!is_safe(name, "\"", Browser::Fetch), "{name}");
        }
    }

    // Live, the grid `range`.
    #[test]
    fn a_range_is_simple_within_what_the_parsers_take() {
        let cases = [
            ("bytes=9223372036854775806-", true, true),
            ("bytes=9223372036854775807-", false, true),
            ("bytes=+1-5", false, false),
            ("bytes=0-+5", false, false),
            ("bytes=+-5", false, false),
        ];
        for (value, chromium, firefox) in cases {
            assert_eq!(
                is_safe("Range", value, Browser::Chromium),
                chromium,
                "{value}"
            );
            assert_eq!(
                is_safe("Range", value, Browser::Firefox),
                firefox,
                "{value}"
            );
        }
        assert!(is_safe("Range", "Bytes=+1-+5", Browser::WebKit));
        assert!(!is_safe("Range", "bytes=+-5", Browser::WebKit));
    }

    // Live header0122.
    #[test]
    fn an_empty_parameter_is_refused_by_firefox_before_another_semicolon() {
        for (value, firefox) in [
            ("text/plain;", true),
            ("text/plain;;", false),
            ("text/plain; ;x=y", false),
            ("text/plain;x=y;", true),
        ] {
            assert_eq!(
                is_safe("Content-Type", value, Browser::Firefox),
                firefox,
                "{value}"
            );
            assert!(is_safe("Content-Type", value, Browser::Chromium), "{value}");
        }
    }

    // Live, the grid `repeat`.
    #[test]
    fn only_firefox_names_a_header_once_a_line() {
        let list = [("X-Foo", "1"), ("b", "1"), ("x-foo", "2")]
            .into_iter()
            .collect();
        let joined = |browser: Browser| {
            let names = unsafe_request_header_names(&list, browser.profile());
            (
                String::from_utf8(names.joined().to_vec()).unwrap(),
                names.iter().count(),
            )
        };
        assert_eq!(joined(Browser::Fetch), ("b,x-foo".into(), 2));
        assert_eq!(joined(Browser::Firefox), ("b,x-foo,x-foo".into(), 2));
    }
}
