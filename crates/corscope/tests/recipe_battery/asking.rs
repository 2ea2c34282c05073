//! Asks a running server with our own client.

use std::fmt;

use corscope_fetch::HeaderList;
use corscope_wire::client::{Client, ClientConfig, WireRequest};

/// Asks one server; the paths are those of its application.
pub(crate) struct Asker {
    client: Client,
    runtime: tokio::runtime::Runtime,
    /// `http://127.0.0.1:1234`, with what the application's paths begin with.
    pub(crate) base: String,
}

impl Asker {
    pub(crate) fn new(port: u16, prefix: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            client: Client::new(ClientConfig::default()).unwrap(),
            runtime: runtime.unwrap(),
            base: format!("http://127.0.0.1:{port}{prefix}"),
        }
    }

    /// Sends a request and reads the whole answer.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let has_body = !["GET", "HEAD", "OPTIONS"].contains(&method);
        let mut header_list: HeaderList = headers.iter().copied().collect();
        header_list.push("Connection", "close");
        let request = WireRequest {
            method: method.to_owned(),
            url: format!("{}{path}", self.base).parse().unwrap(),
            header_list,
            body: has_body.then(Vec::new),
        };
        let exchange = self.runtime.block_on(self.client.exchange(request));
        let asked = format!("{method} {path} {headers:?}");
        match exchange.result {
            Ok(response) => Answer {
                asked,
                status: response.status,
                headers: (response.header_list.iter())
                    .map(|header| (text(header.name), text(header.trimmed())))
                    .collect(),
                body: text(&response.body),
            },
            Err(error) => Answer {
                asked,
                status: 0,
                headers: Vec::new(),
                body: error.to_string(),
            },
        }
    }

    /// Sends a CORS-preflight request; `names` are the request-headers, with commas.
    pub(crate) fn preflight(&self, path: &str, origin: &str, method: &str, names: &str) -> Answer {
        let mut headers = vec![
            ("Origin", origin),
            ("Access-Control-Request-Method", method),
        ];
        if !names.is_empty() {
            headers.push(("Access-Control-Request-Headers", names));
        }
        self.ask("OPTIONS", path, &headers)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a server answered; the status is 0 when there was no answer.
pub(crate) struct Answer {
    asked: String,
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} -> {} {:?}", self.asked, self.status, self.headers)?;
        write!(out, " {:.80}", self.body)
    }
}

impl Answer {
    /// The values of a header's lines, without empty ones.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(given, value)| given.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// Whether a list header, over all its lines, names something.
    pub(crate) fn names(&self, header: &str, wanted: &str) -> bool {
        self.lines(header)
            .iter()
            .flat_map(|value| value.split(','))
            .any(|name| name.trim().eq_ignore_ascii_case(wanted))
    }

    /// The CORS headers that stand there more than once.
    pub(crate) fn doubled(&self) -> Vec<&str> {
        self.headers
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.to_ascii_lowercase().starts_with("access-control-"))
            .filter(|name| self.lines(name).len() > 1)
            .collect()
    }
}
