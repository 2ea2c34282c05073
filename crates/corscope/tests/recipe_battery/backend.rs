//! The application behind the servers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use super::checks::OWN;

/// Starts the application, which sets CORS headers of its own on every answer: a server that lets
/// them through is caught. It ends with the test's process.
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
    let mut has_authorization = false;
    let mut seen = String::new();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        let lower = header.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        has_authorization |= lower.starts_with("authorization:");
        if lower.starts_with("host:") || lower.starts_with("origin:") {
            seen.push_str(&format!("X-{}\r\n", header.trim()));
        }
    }
    reader.take(length).read_to_end(&mut Vec::new())?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    // Web servers guard the path themselves; what passes on whatever comes does so below /api.
    let status = match path.strip_prefix("/api").unwrap_or(path) {
        "/404" => "404 Not Found",
        "/405" => "405 Method Not Allowed\r\nAllow: GET",
        "/500" => "500 Internal Server Error",
        "/private" if path.starts_with("/api") && !has_authorization => "401 Unauthorized",
        _ if method == "OPTIONS" => "200 OK\r\nX-Plain: yes",
        _ => "200 OK\r\nX-Total: 3\r\nX-Own: 4",
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
         Set-Cookie: a=1; Domain=own.example\r\n{seen}\
         Vary: Accept-Encoding\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
