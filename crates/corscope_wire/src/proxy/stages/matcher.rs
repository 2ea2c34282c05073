//! Which exchanges are meant.

use std::sync::Arc;

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};
use corscope_fetch::forbidden::is_token;
use corscope_fetch::header_list::trim_http_whitespace;
use corscope_fetch::policy::OriginPattern;
use corscope_fetch::{Header, HeaderList};
use regex::bytes::Regex;
use url::Url;

use super::document::{HeaderMatchDocument, MatchDocument, StatusDocument};
use super::glob;
use super::mistake::{Mistakes, check_header_name};
use crate::proxy::HostPattern;

/// Who can tell whether a browser's CORS check fails: the engine, which the network does not know.
pub trait CorsCheck: Send + Sync + 'static {
    /// Whether the browser keeps this response from the page's script, or takes this preflight for a
    /// refusal, as far as the one exchange shows.
    fn fails(&self, request: &ObservedRequest, response: &ObservedResponse) -> bool;
}

/// Compiled criteria: those that a request decides, and those that its response decides.
#[derive(Default)]
pub(super) struct Matcher {
    methods: Vec<String>,
    origins: Vec<OriginPattern>,
    hosts: Vec<HostPattern>,
    paths: Vec<String>,
    urls: Vec<Place<String>>,
    url_regex: Option<Regex>,
    preflight: Option<bool>,
    request_headers: Vec<HeaderMatch>,
    statuses: Vec<(u16, u16)>,
    response_headers: Vec<HeaderMatch>,
    cors_fails: Option<(bool, Arc<dyn CorsCheck>)>,
}

struct HeaderMatch {
    name: String,
    value: Option<String>,
    absent: bool,
}

/// A URL's parts that criteria look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place<T> {
    scheme: T,
    host: T,
    port: u16,
    path: T,
}

impl<'a> Place<&'a str> {
    /// Cut from the text, because it is asked for at every exchange.
    pub(super) fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let host_port = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let (host, port) = match host_port.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (host_port, None),
        };
        let port = match port.filter(|port| !port.is_empty()) {
            Some(port) => port.parse().ok()?,
            None if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss") => {
                443
            }
            None => 80,
        };
        let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
        Some(Self {
            scheme,
            host,
            port,
            path: if path.is_empty() { "/" } else { path },
        })
    }

    pub(super) fn path(&self) -> &'a str {
        self.path
    }
}

impl Place<String> {
    fn is(&self, other: &Place<&str>) -> bool {
        self.scheme.eq_ignore_ascii_case(other.scheme)
            && self.host.eq_ignore_ascii_case(other.host)
            && self.port == other.port
            && self.path == other.path
    }
}

impl Matcher {
    /// Compiles criteria; what is wrong with them is added to `mistakes`, under `at`.
    pub(super) fn build(
        document: &MatchDocument,
        at: &str,
        cors_check: Option<&Arc<dyn CorsCheck>>,
        mistakes: &mut Mistakes,
    ) -> Self {
        let mut matcher = Self {
            methods: document.method.clone(),
            paths: document.path.clone(),
            preflight: document.preflight,
            ..Self::default()
        };
        for (index, method) in document.method.iter().enumerate() {
            if !is_token(method.as_bytes()) {
                let problem = format!("{method:?} is no method");
                let mend = "write one method an entry, such as PUT";
                mistakes.add(format!("{at}.method[{index}]"), problem, mend);
            }
        }
        for (index, origin) in document.origin.iter().enumerate() {
            match OriginPattern::parse(origin) {
                Some(pattern) => matcher.origins.push(pattern),
                None => {
                    let problem = format!("{origin:?} is no origin");
                    let mend = "write https://app.example, https://*.app.example or *";
                    mistakes.add(format!("{at}.origin[{index}]"), problem, mend);
                }
            }
        }
        for (index, host) in document.host.iter().enumerate() {
            match host.parse() {
                Ok(pattern) => matcher.hosts.push(pattern),
                Err(_) => {
                    let problem = format!("{host:?} is no host");
                    let mend = "write example.com, *.example.com or example.com:8443";
                    mistakes.add(format!("{at}.host[{index}]"), problem, mend);
                }
            }
        }
        for (index, path) in document.path.iter().enumerate() {
            if !path.starts_with(['/', '*', '?']) {
                let problem = format!("{path:?} fits no path: paths begin with /");
                let mend = format!("write /{path}, or */{path}");
                mistakes.add(format!("{at}.path[{index}]"), problem, mend);
            }
        }
        for (index, text) in document.url.iter().enumerate() {
            let parsed = Url::parse(text).ok().filter(Url::has_host);
            let place = parsed.as_ref().and_then(|url| Place::of(url.as_str()));
            match place {
                Some(place) => matcher.urls.push(Place {
                    scheme: place.scheme.to_owned(),
                    host: place.host.to_owned(),
                    port: place.port,
                    path: place.path.to_owned(),
                }),
                None => {
                    let problem = format!("{text:?} is no whole URL");
                    let mend = "write https://api.example/path, or use url-regex";
                    mistakes.add(format!("{at}.url[{index}]"), problem, mend);
                }
            }
        }
        if let Some(pattern) = &document.url_regex {
            matcher.url_regex = mistakes.regex(&format!("{at}.url-regex"), pattern);
        }
        let request_at = format!("{at}.request-header");
        matcher.request_headers = headers(&document.request_header, &request_at, mistakes);
        let response_at = format!("{at}.response-header");
        matcher.response_headers = headers(&document.response_header, &response_at, mistakes);
        for (index, status) in document.status.iter().enumerate() {
            match statuses(status) {
                Some(range) => matcher.statuses.push(range),
                None => {
                    let mend = "write 404, 5xx or 400-499";
                    mistakes.add(format!("{at}.status[{index}]"), "no status", mend);
                }
            }
        }
        if let Some(fails) = document.cors_fails {
            match cors_check {
                Some(check) => matcher.cors_fails = Some((fails, Arc::clone(check))),
                None => mistakes.add(
                    format!("{at}.cors-fails"),
                    "nobody here can tell whether CORS fails",
                    "match by status or header instead",
                ),
            }
        }
        matcher
    }

    /// Whether the response has a say.
    pub(super) fn needs_response(&self) -> bool {
        !self.statuses.is_empty() || !self.response_headers.is_empty() || self.cors_fails.is_some()
    }

    /// Whether the request's head fits.
    pub(super) fn fits_request(&self, request: &ObservedRequest) -> bool {
        let list = &request.header_list;
        if !self.methods.is_empty() && !self.methods.contains(&request.method) {
            return false;
        }
        if self.preflight.is_some_and(|is| is != is_preflight(request)) {
            return false;
        }
        if !self.origins.is_empty() {
            let Some(origin) = list.get("Origin") else {
                return false;
            };
            let origin = String::from_utf8_lossy(&origin);
            if !self.origins.iter().any(|pattern| pattern.matches(&origin)) {
                return false;
            }
        }
        if !self.hosts.is_empty() || !self.paths.is_empty() || !self.urls.is_empty() {
            let Some(place) = Place::of(&request.url) else {
                return false;
            };
            let is_host = |pattern: &HostPattern| pattern.fits(place.host, place.port);
            let is_path = |path: &String| glob::fits(path.as_bytes(), place.path.as_bytes());
            if !(self.hosts.is_empty() || self.hosts.iter().any(is_host))
                || !(self.paths.is_empty() || self.paths.iter().any(is_path))
                || !(self.urls.is_empty() || self.urls.iter().any(|url| url.is(&place)))
            {
                return false;
            }
        }
        let is_url = |regex: &Regex| regex.is_match(request.url.as_bytes());
        self.url_regex.as_ref().is_none_or(is_url)
            && self.request_headers.iter().all(|it| it.fits(list))
    }

    /// Whether the response fits, its request having done so.
    pub(super) fn fits_response(
        &self,
        request: &ObservedRequest,
        response: &ObservedResponse,
    ) -> bool {
        let list = &response.header_list;
        let is_status = |(from, to): &(u16, u16)| (*from..=*to).contains(&response.status);
        (self.statuses.is_empty() || self.statuses.iter().any(is_status))
            && self.response_headers.iter().all(|it| it.fits(list))
            && self
                .cors_fails
                .as_ref()
                .is_none_or(|(fails, check)| check.fails(request, response) == *fails)
    }
}

impl HeaderMatch {
    fn fits(&self, list: &HeaderList) -> bool {
        let has = |header: Header<'_>| {
            header.is(&self.name)
                && self.value.as_ref().is_none_or(|value| {
                    glob::fits(value.as_bytes(), trim_http_whitespace(header.value))
                })
        };
        list.iter().any(has) != self.absent
    }
}

fn headers(
    documents: &[HeaderMatchDocument],
    at: &str,
    mistakes: &mut Mistakes,
) -> Vec<HeaderMatch> {
    let mut found = Vec::with_capacity(documents.len());
    for (index, document) in documents.iter().enumerate() {
        if let Err(problem) = check_header_name(&document.name) {
            let at = format!("{at}[{index}].name");
            mistakes.add(at, problem, "write a header's name, such as X-Foo");
        }
        found.push(HeaderMatch {
            name: document.name.clone(),
            value: document.value.clone(),
            absent: document.absent,
        });
    }
    found
}

fn statuses(document: &StatusDocument) -> Option<(u16, u16)> {
    let status = |text: &str| {
        let is_three = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_three)
    };
    let range = match document {
        StatusDocument::One(status) => (*status, *status),
        StatusDocument::Several(text) => match (text.split_once('-'), text.strip_suffix("xx")) {
            (Some((from, to)), _) => (status(from.trim())?, status(to.trim())?),
            (None, Some(class)) => {
                let class: u16 = class.parse().ok()?;
                (class.checked_mul(100)?, class.checked_mul(100)? + 99)
            }
            (None, None) => (status(text)?, status(text)?),
        },
    };
    (range.0 >= 100 && range.0 <= range.1 && range.1 <= 999).then_some(range)
}

/// Whether it is a [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request).
pub(super) fn is_preflight(request: &ObservedRequest) -> bool {
    let list = &request.header_list;
    request.method == "OPTIONS"
        && list.contains("Origin")
        && list.contains("Access-Control-Request-Method")
}
