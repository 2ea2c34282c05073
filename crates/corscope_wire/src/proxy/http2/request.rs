//! A request's head, read strictly: what an HTTP/1.1 server behind could read in another way is
//! refused. The `h2` crate has refused malformed fields and pseudo-header fields before.

use corscope_fetch::exchange::{HttpVersion, ObservedRequest};
use http::header::{ACCEPT, CONTENT_LENGTH, HOST, HeaderMap, ORIGIN};
use http::uri::{PathAndQuery, Scheme};
use http::{Method, Uri};

use super::fields;
use crate::client::Destination;
use crate::proxy::answer::Asker;
use crate::proxy::config::Limits;
use crate::proxy::fault::Fault;
use crate::proxy::http1::target::{Target, host_and_port};

/// A request as it goes to its server.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// Where a rewrite sends it; `None`: where the tunnel leads.
    pub(super) elsewhere: Option<(Destination, String)>,
}

/// What was asked.
pub(super) struct Asked {
    /// As an exchange has it; its body is empty.
    pub(super) observed: ObservedRequest,
    pub(super) asker: Asker,
    pub(super) outgoing: Outgoing,
}

impl Asked {
    /// Reads a head. What is wrong with it, if anything, comes beside what could be read.
    pub(super) fn read(head: http::request::Parts, limits: &Limits) -> (Self, Result<(), Fault>) {
        let http::request::Parts {
            method,
            uri,
            headers,
            ..
        } = head;
        let mut asker = Asker::default();
        let value = |name| headers.get(name).map(http::HeaderValue::as_bytes);
        asker.set(value(ORIGIN), value(ACCEPT), method.as_str().as_bytes());
        let checked = check(&method, &uri, &headers, limits);
        let authority = match (&checked, uri.authority()) {
            (Ok(authority), _) => authority.clone(),
            (Err(_), Some(authority)) => authority.to_string(),
            (Err(_), None) => String::new(),
        };
        let uri = match uri.authority() {
            Some(_) => uri,
            None => with_authority(&uri, &authority),
        };
        let asked = Self {
            observed: ObservedRequest {
                method: method.as_str().to_owned(),
                url: url(&authority, &uri),
                version: HttpVersion::Http2,
                header_list: fields::request_list(&headers),
                ..ObservedRequest::default()
            },
            asker,
            outgoing: Outgoing {
                method,
                uri,
                headers,
                elsewhere: None,
            },
        };
        (asked, checked.map(|_| ()))
    }
}

/// `authority` named by `Host` alone.
fn with_authority(uri: &Uri, authority: &str) -> Uri {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let built = Uri::builder()
        .scheme(Scheme::HTTPS)
        .authority(authority)
        .path_and_query(path)
        .build();
    built.unwrap_or_else(|_| uri.clone())
}

fn url(authority: &str, uri: &Uri) -> String {
    let path = match uri.path_and_query().map(PathAndQuery::as_str) {
        Some("*") | None => "/",
        Some(path) => path,
    };
    let whole = format!("https://{authority}{path}");
    match Target::absolute(whole.as_bytes()) {
        Some(target) => target.url(),
        None => whole,
    }
}

fn refuse<T>(code: &'static str, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::bad_request(code, message))
}

/// Checks a head; its authority.
fn check(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    limits: &Limits,
) -> Result<String, Fault> {
    if method == Method::CONNECT {
        let message = "CONNECT is not for the inside of a tunnel";
        return refuse("connect-target", message);
    }
    if uri.scheme().is_some_and(|scheme| *scheme != Scheme::HTTPS) {
        return refuse("scheme", "the :scheme inside of a TLS tunnel is not https");
    }
    let path = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let is_asterisk = path == "*" && method == Method::OPTIONS;
    if !path.starts_with('/') && !is_asterisk {
        return refuse("request-line", "the :path does not begin with a slash");
    }
    let (lines, bytes) = (headers.len(), fields::size(headers) + path.len());
    if lines > limits.header_lines || bytes > limits.request_head {
        let message = format!(
            "the request has more than {} header lines or {} bytes of them",
            limits.header_lines, limits.request_head
        );
        return refuse("request-head-too-large", message);
    }
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().map(http::HeaderValue::as_bytes);
    if hosts.next().is_some() {
        return refuse("host", "there is more than one Host header");
    }
    let named = match (uri.authority(), host) {
        (Some(authority), Some(host))
            if !host.eq_ignore_ascii_case(authority.as_str().as_bytes()) =>
        {
            return refuse("host", "the Host header is another than :authority");
        }
        (Some(authority), _) => Some(authority.as_str()),
        (None, host) => host.and_then(|host| std::str::from_utf8(host).ok()),
    };
    let authority = named.filter(|named| host_and_port(named).is_some());
    let Some(authority) = authority.filter(|authority| !authority.contains('@')) else {
        return refuse("host", "neither :authority nor Host names a host");
    };
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let length = lengths.next().map(http::HeaderValue::as_bytes);
    let is_number = |digits: &[u8]| {
        !digits.is_empty() && digits.len() < 20 && digits.iter().all(u8::is_ascii_digit)
    };
    if lengths.next().is_some() || !length.is_none_or(is_number) {
        return refuse("content-length", "Content-Length is not one decimal number");
    }
    Ok(authority.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(uri: &str, method: Method, lines: &[(&'static str, &'static str)]) -> Option<String> {
        let mut request = http::Request::new(());
        *request.uri_mut() = uri.parse().unwrap();
        *request.method_mut() = method;
        for (name, value) in lines {
            let value = http::HeaderValue::from_static(value);
            request.headers_mut().append(*name, value);
        }
        let (_, checked) = Asked::read(request.into_parts().0, &Limits::default());
        checked.err().map(|fault| fault.code.into_owned())
    }

    #[test]
    fn what_two_servers_could_read_in_two_ways_is_refused() {
        let fine = "https://a.test/x";
        let get = Method::GET;
        assert_eq!(code(fine, get.clone(), &[]), None);
        assert_eq!(code(fine, get.clone(), &[("host", "A.test")]), None);
        assert_eq!(code("/x", get.clone(), &[("host", "a.test:8443")]), None);
        let table = [
            ("/x", get.clone(), vec![], "host"),
            (fine, get.clone(), vec![("host", "b.test")], "host"),
            (
                fine,
                get.clone(),
                vec![("host", "a.test"), ("host", "a.test")],
                "host",
            ),
            ("https://u@a.test/x", get.clone(), vec![], "host"),
            ("http://a.test/x", get.clone(), vec![], "scheme"),
            ("a.test:443", Method::CONNECT, vec![], "connect-target"),
            (
                fine,
                get.clone(),
                vec![("content-length", "1, 1")],
                "content-length",
            ),
            (
                fine,
                get,
                vec![("content-length", "1"), ("content-length", "1")],
                "content-length",
            ),
        ];
        for (uri, method, lines, wanted) in table {
            assert_eq!(
                code(uri, method, &lines).as_deref(),
                Some(wanted),
                "{uri} {lines:?}"
            );
        }
    }

    #[test]
    fn urls_are_as_the_client_means_them() {
        let url_of = |uri: &str| {
            let mut request = http::Request::new(());
            *request.uri_mut() = uri.parse().unwrap();
            Asked::read(request.into_parts().0, &Limits::default())
                .0
                .observed
                .url
        };
        assert_eq!(url_of("https://a.test:443/x?y"), "https://a.test/x?y");
        assert_eq!(url_of("https://a.test:8443/"), "https://a.test:8443/");
    }
}
