//! The application behind the servers, and the client that asks them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// The origin that the application's own headers name: a server that lets them through is caught.
pub(crate) const OWN: &str = "https://own.example";

/// Starts the application; it ends with the test's process.
pub(crate) fn start_app() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // A client that goes away early is no concern of the application.
            std::thread::spawn(move || drop(answer(connection)));
        }
    });
    port
}

fn answer(mut connection: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let header = header.to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    reader.take(length).read_to_end(&mut Vec::new())?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let status = match path {
        "/404" => "404 Not Found",
        "/405" => "405 Method Not Allowed\r\nAllow: GET",
        "/500" => "500 Internal Server Error",
        _ => "200 OK",
    };
    let body = if method == "HEAD" {
        String::new()
    } else {
        format!("app: {method} {path}")
    };
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\
         Access-Control-Allow-Origin: {OWN}\r\nAccess-Control-Allow-Credentials: true\r\n\
         Access-Control-Expose-Headers: X-Own\r\nAccess-Control-Allow-Methods: OWN\r\n\
         Vary: Accept-Encoding\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The values of a header's lines.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The value of a header that has just one line.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        match self.lines(name).as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Whether a list header, over all its lines, names something.
    pub(crate) fn names(&self, header: &str, wanted: &str) -> bool {
        self.lines(header)
            .iter()
            .flat_map(|value| value.split(','))
            .any(|name| name.trim().eq_ignore_ascii_case(wanted))
    }

    /// The CORS headers' names.
    pub(crate) fn cors_headers(&self) -> Vec<&str> {
        self.headers
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| name.to_ascii_lowercase().starts_with("access-control-"))
            .collect()
    }
}

/// Sends a request and reads the whole answer.
pub(crate) fn ask(port: u16, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("Content-Length: 0\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    Answer {
        status: status.and_then(|status| status.parse().ok()).unwrap_or(0),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}
