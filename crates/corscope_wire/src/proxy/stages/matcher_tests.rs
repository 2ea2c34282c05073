//! Each criterion, alone.

use std::sync::Arc;

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};

use super::matcher::Matcher;
use super::mistake::Mistakes;
use super::{CorsCheck, MatchDocument};

struct Without;

impl CorsCheck for Without {
    fn fails(&self, _: &ObservedRequest, response: &ObservedResponse) -> bool {
        !response.header_list.contains("Access-Control-Allow-Origin")
    }
}

fn request() -> ObservedRequest {
    ObservedRequest {
        method: "PUT".into(),
        url: "https://api.test:8443/v1/items?page=2".into(),
        header_list: [
            ("Host", "api.test:8443"),
            ("Origin", "https://app.test"),
            ("X-Tag", " one "),
            ("X-Tag", "two"),
        ]
        .into_iter()
        .collect(),
        ..ObservedRequest::default()
    }
}

fn response() -> ObservedResponse {
    ObservedResponse {
        status: 404,
        header_list: [("Server", "nginx/1.2")].into_iter().collect(),
        ..ObservedResponse::default()
    }
}

fn read(text: &str) -> MatchDocument {
    toml::from_str(text).unwrap()
}

fn build(text: &str) -> Result<Matcher, Vec<String>> {
    let mut mistakes = Mistakes::default();
    let check: Arc<dyn CorsCheck> = Arc::new(Without);
    let matcher = Matcher::build(&read(text), "match", Some(&check), &mut mistakes);
    if mistakes.found.is_empty() {
        Ok(matcher)
    } else {
        Err(mistakes.found.iter().map(ToString::to_string).collect())
    }
}

#[test]
fn criteria_of_the_request_fit_what_they_say() {
    for (text, wanted) in [
        ("", true),
        ("method = ['GET', 'PUT']", true),
        ("method = ['put']", false),
        ("origin = ['https://app.test']", true),
        ("origin = ['https://*.test']", true),
        ("origin = ['https://app.test:8443', 'null']", false),
        ("host = ['api.test']", true),
        ("host = ['api.test:8443']", true),
        ("host = ['api.test:443']", false),
        ("host = ['*.api.test']", false),
        ("path = ['/v1/*']", true),
        ("path = ['/v?/items']", true),
        ("path = ['/v1']", false),
        ("path = ['*page*']", false),
        ("url = ['https://API.test:8443/v1/items?other=1']", true),
        ("url = ['https://api.test/v1/items']", false),
        ("url = ['http://api.test:8443/v1/items']", false),
        ("url-regex = 'page=\\d$'", true),
        ("url-regex = '^http:'", false),
        ("preflight = false", true),
        ("preflight = true", false),
        ("request-header = [{ name = 'x-tag' }]", true),
        ("request-header = [{ name = 'x-tag', value = 'one' }]", true),
        ("request-header = [{ name = 'x-tag', value = 't*' }]", true),
        ("request-header = [{ name = 'x-tag', value = 'on' }]", false),
        (
            "request-header = [{ name = 'Cookie', absent = true }]",
            true,
        ),
        ("request-header = [{ name = 'Host', absent = true }]", false),
        ("method = ['PUT']\npath = ['/v2/*']", false),
    ] {
        let matcher = build(text).unwrap();
        assert!(!matcher.needs_response(), "{text}");
        assert_eq!(matcher.fits_request(&request()), wanted, "{text}");
    }
}

#[test]
fn criteria_of_the_response_fit_what_they_say() {
    for (text, wanted) in [
        ("status = [404]", true),
        ("status = ['4xx']", true),
        ("status = ['500-599', 200]", false),
        ("status = ['400-404']", true),
        (
            "response-header = [{ name = 'Server', value = 'nginx*' }]",
            true,
        ),
        ("response-header = [{ name = 'Vary' }]", false),
        ("cors-fails = true", true),
        ("cors-fails = false", false),
    ] {
        let matcher = build(text).unwrap();
        assert!(matcher.needs_response(), "{text}");
        assert!(matcher.fits_request(&request()), "{text}");
        assert_eq!(
            matcher.fits_response(&request(), &response()),
            wanted,
            "{text}"
        );
    }
}

#[test]
fn a_preflight_is_told_from_a_plain_options() {
    let matcher = build("preflight = true").unwrap();
    let mut request = request();
    request.method = "OPTIONS".into();
    assert!(!matcher.fits_request(&request));
    request
        .header_list
        .push("Access-Control-Request-Method", "PUT");
    assert!(matcher.fits_request(&request));
    request.header_list = request.header_list.without(|header| header.is("Origin"));
    assert!(!matcher.fits_request(&request));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for (text, at) in [
        ("method = ['G ET']", "match.method[0]"),
        ("origin = ['https://app.test/']", "match.origin[0]"),
        ("host = ['https://a.test']", "match.host[0]"),
        ("path = ['v1/*']", "match.path[0]"),
        ("url = ['/v1']", "match.url[0]"),
        ("url-regex = '('", "match.url-regex"),
        ("url-regex = '(a{1000}){1000}'", "match.url-regex"),
        ("status = ['60']", "match.status[0]"),
        ("status = ['500-400']", "match.status[0]"),
        ("status = ['+04']", "match.status[0]"),
        (
            "request-header = [{ name = 'a b' }]",
            "match.request-header[0].name",
        ),
        ("response-header = [{}]", "match.response-header[0].name"),
    ] {
        let mistakes = build(text).err().unwrap_or_default();
        assert_eq!(mistakes.len(), 1, "{text}");
        assert!(mistakes[0].starts_with(at), "{mistakes:?}");
    }
}

#[test]
fn urls_of_all_shapes_are_cut_alike() {
    let matcher = build("host = ['[::1]:8080', 'a.test:443']").unwrap();
    for (url, wanted) in [
        ("http://[::1]:8080/", true),
        ("http://[::1]/", false),
        ("https://a.test", true),
        ("wss://a.test/x", true),
        ("https://user:pw@a.test?x=/@b.test", true),
        ("http://a.test/", false),
        ("https://b.test/@a.test", false),
        ("nonsense", false),
        ("https://a.test:nonsense/", false),
    ] {
        let request = ObservedRequest {
            url: url.into(),
            ..request()
        };
        assert_eq!(matcher.fits_request(&request), wanted, "{url}");
    }
}
