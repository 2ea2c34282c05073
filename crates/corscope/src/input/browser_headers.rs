//! Which headers of a copied request a page's script set, and which the browser added.
//!
//! DevTools copies what went over the wire. Taken as a script's headers, `Sec-Fetch-Mode` or
//! `User-Agent` would cause a CORS-preflight request that never was.

use corscope_diagnose::added_headers::{
    FORBIDDEN, MULTIPART, OWN, RELOAD, USER_AGENT, added, is_own_accept, starts,
};
use corscope_fetch::forbidden::is_forbidden_request_header;
use corscope_fetch::request_init::{BodyType, CredentialsMode, Mode};

use super::error::{InputError, quoted};
use super::{Dropped, Given, header, method, origin};

pub(super) use corscope_diagnose::added_headers::PSEUDO;

/// A header and where the user wrote it.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) place: String,
    pub(super) name: String,
    pub(super) value: String,
}

/// Where headers come from, which decides whose they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// DevTools copied what a browser sent.
    BrowserCopy,
    /// Somebody wrote a command: its headers stand for a script's, as far as a script can.
    Command,
}

/// Whether headers are those of a request that a browser has sent.
pub(super) fn is_browser_copy(headers: &[Placed]) -> bool {
    let has = |name: &str| {
        headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case(name))
    };
    let has_start = |start: &str| headers.iter().any(|header| starts(&header.name, start));
    let is_browser = headers.iter().any(|header| {
        header.name.eq_ignore_ascii_case("user-agent") && header.value.starts_with("Mozilla/")
    });
    has_start("sec-ch-ua")
        || has_start("sec-fetch-")
        || is_browser && (has("origin") || has("referer") || has("accept-language"))
}

/// Puts each header where it belongs: with the script's, to the page, to the cookies, or aside.
///
/// # Errors
/// When an `Origin` is no origin.
pub(super) fn sort(
    given: &mut Given,
    headers: Vec<Placed>,
    source: Source,
) -> Result<(), InputError> {
    let is_copy = source == Source::BrowserCopy;
    let has_no_cache = |wanted: &str| {
        headers.iter().any(|header| {
            header.name.eq_ignore_ascii_case(wanted)
                && header.value.eq_ignore_ascii_case("no-cache")
        })
    };
    // A script that sets Cache-Control alone has a preflight; "Disable cache" always adds both.
    let is_reload = has_no_cache("cache-control") && has_no_cache("pragma");
    let mut asks = PreflightAsk::default();
    for header in headers {
        let name = header.name.to_ascii_lowercase();
        let value = header.value.as_str();
        let reason = match name.as_str() {
            "origin" => {
                given.page_origin = Some(origin::origin(&header.place, value)?);
                "it says which page fetched; the browser writes it"
            }
            "referer" => {
                set_page_url(given, &header.place, value);
                "it says which page fetched; the browser writes it"
            }
            "cookie" => {
                add_cookies(given, value);
                "the browser sends its cookies itself, if the credentials mode lets it"
            }
            "access-control-request-method" => {
                asks.method = Some((header.place.clone(), value.to_owned()));
                "only a CORS-preflight request has it"
            }
            "access-control-request-headers" => {
                asks.headers = Some((header.place.clone(), value.to_owned()));
                "only a CORS-preflight request has it"
            }
            "sec-fetch-mode" => {
                take_mode(given, value);
                FORBIDDEN
            }
            "user-agent" => USER_AGENT,
            "accept" if value == "*/*" || is_copy && is_own_accept(value) => OWN,
            "cache-control" if is_copy && (is_reload || value == "max-age=0") => RELOAD,
            "pragma" if is_copy && is_reload => RELOAD,
            // -F has made the body and its boundary already.
            "content-type" if given.multipart_boundary.is_some() && is_multipart(value) => {
                MULTIPART
            }
            "content-type" if is_copy && given.init.body.is_some() => match boundary(value) {
                Some(boundary) => {
                    take_multipart(given, boundary);
                    MULTIPART
                }
                None => "",
            },
            _ if is_forbidden_request_header(name.as_bytes(), value.as_bytes()) => FORBIDDEN,
            name if is_copy => added(name),
            _ => "",
        };
        if reason.is_empty() {
            given.init.headers.push((header.name, header.value));
        } else {
            given.dropped.push(Dropped {
                name: header.name,
                value: header.value,
                reason,
            });
        }
    }
    asks.apply(given)
}

/// Sets the page's URL, and its origin unless an `Origin` header says better.
pub(super) fn set_page_url(given: &mut Given, place: &str, value: &str) {
    let Ok(page) = origin::page_url(place, value) else {
        return;
    };
    given.page_url = Some(page.url);
    given.page_origin.get_or_insert(page.origin);
}

fn add_cookies(given: &mut Given, value: &str) {
    match &mut given.cookies {
        Some(cookies) => {
            cookies.push_str("; ");
            cookies.push_str(value);
        }
        None => given.cookies = Some(value.to_owned()),
    }
    given
        .init
        .credentials
        .get_or_insert(CredentialsMode::Include);
}

/// `Sec-Fetch-Mode` says what the request really was. A copy as fetch always says `cors`.
fn take_mode(given: &mut Given, value: &str) {
    let said = given.init.mode;
    match value {
        "cors" => {
            given.init.mode.get_or_insert(Mode::Cors);
        }
        "same-origin" => {
            given.init.mode.get_or_insert(Mode::SameOrigin);
        }
        "no-cors" => {
            given.init.mode.get_or_insert(Mode::NoCors);
        }
        "navigate" => given.note(
            "the copied request was a navigation, to which CORS does not apply; it is judged as \
             if a script had fetched the same URL"
                .to_owned(),
        ),
        _ => {}
    }
    if value == "no-cors" {
        given.note(match said {
            Some(Mode::Cors) => {
                "DevTools writes mode cors into every copy; the copied request was \
                no-cors, so the browser had not checked it by CORS"
                    .to_owned()
            }
            _ => "the copied request was no-cors (an image, a script, a beacon, …): its response \
                is never readable"
                .to_owned(),
        });
    }
}

fn take_multipart(given: &mut Given, boundary: &str) {
    given.multipart_boundary = Some(boundary.to_owned());
    if let Some(body) = &mut given.init.body {
        body.kind = BodyType::FormData;
    }
}

fn is_multipart(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("multipart/form-data")
}

/// The boundary of a `multipart/form-data` type.
fn boundary(content_type: &str) -> Option<&str> {
    let (_, parameters) = content_type
        .split_once(';')
        .filter(|_| is_multipart(content_type))?;
    let boundary = parameters.split(';').find_map(|parameter| {
        parameter
            .trim()
            .strip_prefix("boundary=")
            .map(|value| value.trim_matches('"'))
    })?;
    (!boundary.is_empty()).then_some(boundary)
}

/// What a CORS-preflight request asks leave for. Whoever copies the failing `OPTIONS`, or imitates
/// one with curl, means the request it stands for: no script sends a preflight itself.
#[derive(Default)]
struct PreflightAsk {
    method: Option<(String, String)>,
    headers: Option<(String, String)>,
}

impl PreflightAsk {
    fn apply(self, given: &mut Given) -> Result<(), InputError> {
        let Some((place, wanted)) = self.method else {
            return Ok(());
        };
        if given.init.method != "OPTIONS" {
            return Ok(());
        }
        given.init.method = method::method(&place, wanted.trim())?;
        let (place, names) = self.headers.unwrap_or_default();
        for name in names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            // The values are not in a preflight. This type is one that has to be asked for.
            let is_type = name.eq_ignore_ascii_case("content-type");
            let value = if is_type { "application/json" } else { "1" };
            given.init.headers.push(header::pair(&place, name, value)?);
        }
        given.note(format!(
            "this is a CORS-preflight request; it was read as the {} request it asks leave for, \
             with stand-ins for the header values",
            quoted(&given.init.method)
        ));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use corscope_fetch::request_init::Body;

    fn placed(headers: &[(&str, &str)]) -> Vec<Placed> {
        let place = |(name, value): &(&str, &str)| Placed {
            place: "x".to_owned(),
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        headers.iter().map(place).collect()
    }

    fn sorted(given: Given, headers: &[(&str, &str)], source: Source) -> Given {
        let mut given = given;
        sort(&mut given, placed(headers), source).unwrap();
        given
    }

    fn kept(given: &Given) -> Vec<&str> {
        given
            .init
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect()
    }

    #[test]
    fn a_script_keeps_its_headers() {
        let headers = [
            ("Authorization", "Bearer x"),
            ("Cache-Control", "no-cache"),
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("X-Requested-With", "XMLHttpRequest"),
            ("Range", "bytes=0-"),
        ];
        for source in [Source::BrowserCopy, Source::Command] {
            let given = sorted(Given::default(), &headers, source);
            assert_eq!(given.dropped, []);
            assert_eq!(given.init.headers.len(), headers.len());
        }
    }

    #[test]
    fn a_browser_keeps_its_own() {
        let headers = [
            ("accept", "*/*"),
            ("accept-language", "en"),
            ("cache-control", "no-cache"),
            ("pragma", "no-cache"),
            ("priority", "u=1, i"),
            ("sec-ch-ua", "\"Chromium\";v=\"140\""),
            ("user-agent", "Mozilla/5.0"),
            ("if-none-match", "\"x\""),
            ("X-Foo", "1"),
        ];
        let given = sorted(Given::default(), &headers, Source::BrowserCopy);
        assert_eq!(kept(&given), ["X-Foo"]);
        assert_eq!(given.dropped.len(), headers.len() - 1);
        let given = sorted(Given::default(), &headers, Source::Command);
        let expected = [
            "accept-language",
            "cache-control",
            "pragma",
            "priority",
            "if-none-match",
            "X-Foo",
        ];
        assert_eq!(kept(&given), expected);
    }

    #[test]
    fn the_page_and_the_cookies_are_found() {
        let headers = [
            ("Referer", "https://a.test/x"),
            ("Origin", "null"),
            ("Cookie", "a=1"),
            ("cookie", "b=2"),
        ];
        let given = sorted(Given::default(), &headers, Source::Command);
        assert_eq!(given.page_origin.as_deref(), Some("null"));
        assert_eq!(given.page_url.as_deref(), Some("https://a.test/x"));
        assert_eq!(given.cookies.as_deref(), Some("a=1; b=2"));
        assert_eq!(given.init.credentials, Some(CredentialsMode::Include));
        let wrong = placed(&[("Origin", "https://a.test/")]);
        assert!(sort(&mut Given::default(), wrong, Source::Command).is_err());
    }

    #[test]
    fn a_preflight_stands_for_its_request() {
        let mut given = Given::default();
        given.init.method = "OPTIONS".to_owned();
        let headers = [
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "content-type,x-foo"),
        ];
        let given = sorted(given, &headers, Source::BrowserCopy);
        assert_eq!(given.init.method, "PUT");
        assert_eq!(kept(&given), ["content-type", "x-foo"]);
        assert_eq!(given.notes.len(), 1);
    }

    #[test]
    fn a_copied_form_is_form_data() {
        let mut given = Given::default();
        given.init.body = Some(Body {
            kind: BodyType::String,
            data: "--x--".to_owned(),
            content_type: None,
        });
        let headers = [(
            "content-type",
            "multipart/form-data; boundary=----WebKitFormBoundaryx",
        )];
        let given = sorted(given, &headers, Source::BrowserCopy);
        assert_eq!(
            given.multipart_boundary.as_deref(),
            Some("----WebKitFormBoundaryx")
        );
        assert_eq!(
            given.init.body.map(|body| body.kind),
            Some(BodyType::FormData)
        );
    }

    #[test]
    fn a_mode_that_was_not_cors_is_said() {
        let given = sorted(
            Given::default(),
            &[("sec-fetch-mode", "no-cors")],
            Source::BrowserCopy,
        );
        assert_eq!(given.init.mode, Some(Mode::NoCors));
        assert_eq!(given.notes.len(), 1);
        let given = sorted(
            Given::default(),
            &[("sec-fetch-mode", "navigate")],
            Source::BrowserCopy,
        );
        assert_eq!((given.init.mode, given.notes.len()), (None, 1));
    }
}
