//! A request as far as an endpoint looks at it.

use super::page_origin::PageOrigin;

/// A request's head. Bodies are read and forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// Without the query.
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    /// HTTP/1.0 closes unless told otherwise; HTTP/1.1 stays unless told otherwise.
    pub(super) http_1_0: bool,
}

/// Why no request can be made of the bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadHead {
    Malformed,
    TooLarge,
}

/// More lines than any browser sends; past it the head is refused.
const MAX_LINES: usize = 200;

impl Request {
    /// `None` while the head is not complete; otherwise the request and the head's length.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, BadHead> {
        let mut lines = [httparse::EMPTY_HEADER; MAX_LINES];
        let mut head = httparse::Request::new(&mut lines);
        let length = match head.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => return Err(BadHead::TooLarge),
            Err(_) => return Err(BadHead::Malformed),
        };
        let (Some(method), Some(target)) = (head.method, head.path) else {
            return Err(BadHead::Malformed);
        };
        let target = without_authority(target);
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            headers: head
                .headers
                .iter()
                .map(|line| (line.name.to_owned(), line.value.to_vec()))
                .collect(),
            http_1_0: head.version == Some(0),
        };
        Ok(Some((request, length)))
    }

    /// The first value of a header, when it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    /// Whether it is OPTIONS: endpoints answer a bare one like a CORS-preflight request, as most
    /// servers do.
    pub(super) fn is_options(&self) -> bool {
        self.method == "OPTIONS"
    }

    /// The page that asks, when it is one that the demo's allow-list lets in.
    pub(super) fn allowed_page(&self) -> Option<PageOrigin<'_>> {
        PageOrigin::parse(self.header("origin")?)
    }

    /// The page of which a fixed, wrong configuration is thinking. It follows the asking page
    /// where that is possible, so that a page on any port of this machine sees the same fault.
    pub(super) fn configured_page(&self) -> PageOrigin<'_> {
        self.allowed_page().unwrap_or(PageOrigin::EXAMPLE)
    }

    /// The path's first segment: the endpoint.
    pub(super) fn endpoint(&self) -> &str {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split('/').next().unwrap_or(path)
    }

    /// What follows the endpoint's own path: a later stop of a redirect chain, or nothing.
    pub(super) fn stop(&self) -> &str {
        self.path
            .get(1 + self.endpoint().len()..)
            .unwrap_or("")
            .trim_start_matches('/')
    }
}

/// A client that takes us for a proxy sends the whole URL.
fn without_authority(target: &str) -> &str {
    match target.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        }
        _ => target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(head: &str) -> Request {
        Request::parse(head.as_bytes()).unwrap().unwrap().0
    }

    #[test]
    fn the_path_is_split_into_endpoint_stop_and_query() {
        let request = parsed("GET /redirect-loop/final/x?a=/b HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(request.endpoint(), "redirect-loop");
        assert_eq!(request.stop(), "final/x");
        assert_eq!(request.query.as_deref(), Some("a=/b"));
        assert_eq!(parsed("GET / HTTP/1.1\r\n\r\n").endpoint(), "");
        assert_eq!(parsed("OPTIONS * HTTP/1.1\r\n\r\n").stop(), "");
        assert_eq!(
            parsed("GET http://127.0.0.1:1/public HTTP/1.1\r\n\r\n").endpoint(),
            "public"
        );
        assert_eq!(parsed("GET http://127.0.0.1:1 HTTP/1.1\r\n\r\n").path, "/");
    }

    #[test]
    fn heads_that_are_none_are_told_from_heads_that_are_not_over() {
        assert_eq!(Request::parse(b"GET / HTTP/1.1\r\nHost: a\r\n"), Ok(None));
        assert_eq!(
            Request::parse(b"\x16\x03\x01\x02\x00"),
            Err(BadHead::Malformed)
        );
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(MAX_LINES + 1));
        assert_eq!(Request::parse(many.as_bytes()), Err(BadHead::TooLarge));
    }

    #[test]
    fn only_pages_of_this_machine_are_echoed() {
        let ours = parsed("GET / HTTP/1.1\r\norigin: http://127.0.0.1:3000\r\n\r\n");
        assert_eq!(
            ours.allowed_page().unwrap().to_string(),
            "http://127.0.0.1:3000"
        );
        let theirs = parsed("GET / HTTP/1.1\r\nOrigin: https://app.example.com\r\n\r\n");
        assert_eq!(theirs.allowed_page(), None);
        assert_eq!(
            theirs.configured_page().to_string(),
            "http://localhost:5173"
        );
    }
}
