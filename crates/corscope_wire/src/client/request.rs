//! The request as asked for, and as it really goes out.

use corscope_fetch::{Header, HeaderList};
use url::{Host, Url};

use super::error::RequestFault;

/// A request to send.
#[derive(Clone, Debug)]
pub struct WireRequest {
    /// The method, as is.
    pub method: String,
    /// The URL; its fragment and userinfo are not sent.
    pub url: Url,
    /// Sent in this order and spelling (lower-cased in HTTP/2). A value is written as it stands if
    /// it begins with white space, else after one space. `Host` is put first if it is absent,
    /// `Content-Length` last if it is absent and there is a body.
    pub header_list: HeaderList,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// A request as it was (or would have been) written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentRequest {
    /// The method.
    pub method: String,
    /// The request target: path and query, or the whole URL for a plain request through a proxy.
    pub target: String,
    /// `Host` in HTTP/1.1, `:authority` in HTTP/2.
    pub authority: String,
    /// The headers in their order and spelling on the wire, including those the client added. In
    /// HTTP/2: lower-cased, lines of one name together, `host` replaced by `authority`.
    pub header_list: HeaderList,
    /// The exact bytes of the HTTP/1.1 head; empty for HTTP/2.
    pub head: Vec<u8>,
    /// How long the body is.
    pub body_len: usize,
    /// Whether any byte of it may have reached the server: `false` after a failure to connect, and
    /// then the server's log will not show it.
    pub sent: bool,
}

/// Where a request goes: connections are reused for the same place only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Destination {
    pub(crate) tls: bool,
    /// As in the URL: IPv6 in brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Destination {
    pub(crate) fn of(url: &Url) -> Result<Self, RequestFault> {
        let (tls, default_port) = match url.scheme() {
            "http" => (false, 80),
            "https" => (true, 443),
            other => return Err(RequestFault::Scheme(other.to_owned())),
        };
        let host = match url.host() {
            None | Some(Host::Domain("")) => return Err(RequestFault::NoHost),
            Some(host) => host.to_string(),
        };
        Ok(Self {
            tls,
            host,
            port: url.port().unwrap_or(default_port),
        })
    }

    /// `host` or `host:port`, the port only when it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        if self.port == if self.tls { 443 } else { 80 } {
            self.host.clone()
        } else {
            self.host_and_port()
        }
    }

    pub(crate) fn host_and_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// How a request target is written.
pub(crate) enum TargetForm {
    /// To the server itself.
    Origin,
    /// To a proxy that passes a plain request on, with its credentials if it wants some.
    Absolute { proxy_authorization: Option<String> },
}

impl SentRequest {
    /// What goes out for `request` over HTTP/1.1.
    pub(crate) fn http1(
        request: &WireRequest,
        to: &Destination,
        form: &TargetForm,
    ) -> Result<Self, RequestFault> {
        check(request)?;
        let mut header_list = HeaderList::with_capacity(
            request.header_list.len() + 2,
            request.header_list.byte_len() + 64,
        );
        let authority = match request.header_list.get("Host") {
            Some(host) => String::from_utf8_lossy(&host).into_owned(),
            None => {
                let authority = to.authority();
                header_list.push("Host", &authority);
                authority
            }
        };
        header_list.extend(
            request
                .header_list
                .iter()
                .map(|header| (header.name, header.value)),
        );
        if let Some(body) = &request.body
            && !header_list.contains("Content-Length")
            && !header_list.contains("Transfer-Encoding")
        {
            header_list.push("Content-Length", body.len().to_string());
        }
        let mut target = target_of(&request.url);
        if let TargetForm::Absolute {
            proxy_authorization,
        } = form
        {
            target = format!("http://{}{target}", to.authority());
            if let Some(credentials) = proxy_authorization {
                header_list.push("Proxy-Authorization", credentials);
            }
        }
        let head = write_head(&request.method, &target, &header_list);
        Ok(Self {
            method: request.method.clone(),
            target,
            authority,
            header_list,
            head,
            body_len: request.body.as_ref().map_or(0, Vec::len),
            sent: false,
        })
    }
}

impl SentRequest {
    /// What shows a request that cannot be sent.
    pub(crate) fn unsendable(request: &WireRequest) -> Self {
        Self {
            method: request.method.clone(),
            target: target_of(&request.url),
            authority: request.url.host_str().unwrap_or_default().to_owned(),
            header_list: request.header_list.clone(),
            head: Vec::new(),
            body_len: request.body.as_ref().map_or(0, Vec::len),
            sent: false,
        }
    }
}

/// Path and query; a URL of these schemes always has a path.
pub(crate) fn target_of(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// Refuses what would break out of its line: a request must never carry a second one inside.
pub(crate) fn check(request: &WireRequest) -> Result<(), RequestFault> {
    if !is_token(request.method.as_bytes()) {
        return Err(RequestFault::Method(request.method.clone().into_bytes()));
    }
    for (line, header) in request.header_list.iter().enumerate() {
        if !is_token(header.name) {
            return Err(RequestFault::HeaderName { line });
        }
        if header
            .value
            .iter()
            .any(|byte| matches!(byte, b'\r' | b'\n' | 0))
        {
            return Err(RequestFault::HeaderValue { line });
        }
    }
    Ok(())
}

fn write_head(method: &str, target: &str, header_list: &HeaderList) -> Vec<u8> {
    let size = method.len() + target.len() + 16 + header_list.byte_len() + 4 * header_list.len();
    let mut head = Vec::with_capacity(size);
    head.extend_from_slice(method.as_bytes());
    head.push(b' ');
    head.extend_from_slice(target.as_bytes());
    head.extend_from_slice(b" HTTP/1.1\r\n");
    for Header { name, value } in header_list.iter() {
        head.extend_from_slice(name);
        head.push(b':');
        if !matches!(value.first(), None | Some(b' ' | b'\t')) {
            head.push(b' ');
        }
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// A [token](https://www.rfc-editor.org/rfc/rfc9110#name-tokens).
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| OF_TOKENS[usize::from(*byte)])
}

/// Which bytes tokens are made of.
const OF_TOKENS: [bool; 256] = {
    let mut of_tokens = [false; 256];
    let mut byte = 0;
    while byte < of_tokens.len() {
        of_tokens[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let signs = b"!#$%&'*+-.^_`|~";
    let mut place = 0;
    while place < signs.len() {
        of_tokens[signs[place] as usize] = true;
        place += 1;
    }
    of_tokens
};

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, headers: &[(&str, &str)], body: Option<&str>) -> WireRequest {
        WireRequest {
            method: "PUT".to_owned(),
            url: url.parse().unwrap(),
            header_list: headers.iter().copied().collect(),
            body: body.map(|body| body.as_bytes().to_vec()),
        }
    }

    fn written(request: &WireRequest, form: TargetForm) -> String {
        let to = Destination::of(&request.url).unwrap();
        let sent = SentRequest::http1(request, &to, &form).unwrap();
        String::from_utf8(sent.head).unwrap()
    }

    #[test]
    fn order_spelling_and_leading_white_space_stay() {
        let request = request(
            "http://a.test:80/p/?q=1#f",
            &[("x-b", "1"), ("X-A", "\t2 "), ("Empty", ""), ("x-B", " 3")],
            None,
        );
        assert_eq!(
            written(&request, TargetForm::Origin),
            "PUT /p/?q=1 HTTP/1.1\r\nHost: a.test\r\nx-b: 1\r\nX-A:\t2 \r\nEmpty:\r\nx-B: 3\r\n\r\n"
        );
    }

    #[test]
    fn host_and_length_are_added_only_when_absent() {
        let url = "http://u:p@[::1]:8080";
        assert_eq!(
            written(&request(url, &[], Some("abc")), TargetForm::Origin),
            "PUT / HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Length: 3\r\n\r\n"
        );
        let own = request(
            url,
            &[("content-length", "9"), ("host", "b.test")],
            Some("abc"),
        );
        assert_eq!(
            written(&own, TargetForm::Origin),
            "PUT / HTTP/1.1\r\ncontent-length: 9\r\nhost: b.test\r\n\r\n"
        );
    }

    #[test]
    fn a_proxy_gets_the_whole_url_without_userinfo() {
        let form = TargetForm::Absolute {
            proxy_authorization: Some("Basic eA==".to_owned()),
        };
        assert_eq!(
            written(&request("http://u:p@a.test:8080/x?y", &[], None), form),
            "PUT http://a.test:8080/x?y HTTP/1.1\r\nHost: a.test:8080\r\n\
             Proxy-Authorization: Basic eA==\r\n\r\n"
        );
    }

    #[test]
    fn nothing_breaks_out_of_its_line() {
        let header = |name: &str, value: &str| {
            check(&request(
                "http://a.test",
                &[("ok", "1"), (name, value)],
                None,
            ))
            .unwrap_err()
        };
        assert_eq!(
            header("x", "1\r\nEvil: 2"),
            RequestFault::HeaderValue { line: 1 }
        );
        assert_eq!(
            header("x", "1\nEvil: 2"),
            RequestFault::HeaderValue { line: 1 }
        );
        assert_eq!(header("x", "\0"), RequestFault::HeaderValue { line: 1 });
        assert_eq!(header("x:", "1"), RequestFault::HeaderName { line: 1 });
        assert_eq!(header("", "1"), RequestFault::HeaderName { line: 1 });
        let mut bad = request("http://a.test", &[], None);
        bad.method = "GET /x HTTP/1.1\r\n".to_owned();
        assert!(matches!(check(&bad), Err(RequestFault::Method(_))));
    }
}
