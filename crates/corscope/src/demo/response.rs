//! A response as it goes over the wire: lines in order, nothing merged, nothing mended.

/// A response under construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: u16,
    lines: Vec<String>,
    body: Vec<u8>,
}

impl Response {
    pub(super) fn new(status: u16) -> Self {
        Self {
            status,
            lines: Vec::new(),
            body: Vec::new(),
        }
    }

    /// What the endpoints would be for, were they not broken.
    pub(super) fn items() -> Self {
        Self::new(200).json(r#"{"items":["one","two"],"total":2}"#)
    }

    pub(super) fn redirect(status: u16, location: impl AsRef<str>) -> Self {
        Self::new(status).header("Location", location)
    }

    pub(super) fn header(self, name: &str, value: impl AsRef<str>) -> Self {
        self.line(format!("{name}: {}", value.as_ref()))
    }

    /// A line just as it is, be it a header or not.
    pub(super) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    pub(super) fn json(self, body: impl Into<Vec<u8>>) -> Self {
        self.body("application/json", body)
    }

    pub(super) fn html(self, body: impl Into<Vec<u8>>) -> Self {
        self.body("text/html; charset=utf-8", body)
    }

    pub(super) fn text(self, body: impl Into<Vec<u8>>) -> Self {
        self.body("text/plain; charset=utf-8", body)
    }

    pub(super) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", content_type)
    }

    fn names(&self, name: &str) -> bool {
        self.lines
            .iter()
            .filter_map(|line| line.split_once(':'))
            .any(|(found, _)| found.eq_ignore_ascii_case(name))
    }

    /// Status line and header lines, without the empty line that ends a head.
    pub(super) fn open_head(&self) -> String {
        let mut head = format!(
            "HTTP/1.1 {} {}\r\n",
            self.status,
            reason_phrase(self.status)
        );
        for line in &self.lines {
            head.push_str(line);
            head.push_str("\r\n");
        }
        if !self.names("cache-control") {
            // The same URL is asked again and again with another question: a browser's cache would
            // answer for us.
            head.push_str("Cache-Control: no-store\r\n");
        }
        head
    }

    /// The whole message. An answer to HEAD tells the length of the body that it leaves out.
    pub(super) fn bytes(&self, to_head: bool, close: bool) -> Vec<u8> {
        let mut head = self.open_head();
        if !matches!(self.status, 204 | 304) {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        if close {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if !to_head && !matches!(self.status, 204 | 304) {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(response: &Response, to_head: bool, close: bool) -> String {
        String::from_utf8(response.bytes(to_head, close)).unwrap()
    }

    #[test]
    fn lines_keep_their_order_and_their_doubles() {
        let response = Response::new(200)
            .header("A", "1")
            .line("no colon")
            .header("A", "1");
        assert_eq!(
            text(&response, false, false),
            "HTTP/1.1 200 OK\r\nA: 1\r\nno colon\r\nA: 1\r\nCache-Control: no-store\r\n\
             Content-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn head_and_no_content_have_no_body() {
        let response = Response::new(200).text("four");
        assert!(text(&response, true, false).ends_with("Content-Length: 4\r\n\r\n"));
        assert!(text(&response, false, true).ends_with("Connection: close\r\n\r\nfour"));
        assert!(!text(&Response::new(204), false, false).contains("Content-Length"));
    }

    #[test]
    fn a_cacheable_answer_stays_cacheable() {
        let response = Response::items().header("Cache-Control", "max-age=60");
        assert!(!text(&response, false, false).contains("no-store"));
    }
}
