//! What the proxy itself answers when there is no server to do so: small, readable by people and by
//! the page's script, and marked as corscope's own word.

use corscope_fetch::exchange::Side;

use super::fault::Fault;

/// The header that says an answer is corscope's and not the server's.
pub(crate) const MARK: &str = "X-Corscope-Error";

/// Who is answered.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// The request's `Origin`.
    pub(crate) origin: Vec<u8>,
    /// Whether a person will look at it: `Accept` names HTML.
    pub(crate) wants_html: bool,
    /// Whether the answer has no body.
    pub(crate) is_head: bool,
}

impl Asker {
    /// Notes who asks; keeps its memory for the next one.
    pub(crate) fn set(&mut self, origin: Option<&[u8]>, accept: Option<&[u8]>, method: &[u8]) {
        self.origin.clear();
        self.origin.extend_from_slice(origin.unwrap_or_default());
        self.wants_html =
            accept.is_some_and(|accept| accept.windows(9).any(|window| window == b"text/html"));
        self.is_head = method == b"HEAD";
    }
}

/// The header list and body of an answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// The answer that tells of `fault`.
pub(crate) fn of_fault(fault: &Fault, asker: &Asker) -> Answer {
    let (content_type, body) = if asker.wants_html && asker.origin.is_empty() {
        ("text/html; charset=utf-8", html(fault))
    } else {
        ("application/json", json(fault))
    };
    let mut headers: Vec<(&'static str, Vec<u8>)> = vec![
        (MARK, fault.code.as_bytes().to_vec()),
        ("Content-Type", content_type.into()),
        ("Cache-Control", b"no-store".to_vec()),
    ];
    if fault.status == 407 {
        headers.push(("Proxy-Authenticate", b"Basic realm=\"corscope\"".to_vec()));
    }
    if !asker.origin.is_empty() {
        // A script could not read why its request failed otherwise, and the console would speak of
        // CORS where the server was never reached.
        headers.push(("Access-Control-Allow-Origin", asker.origin.clone()));
        headers.push(("Access-Control-Allow-Credentials", b"true".to_vec()));
        headers.push(("Access-Control-Expose-Headers", MARK.into()));
        headers.push(("Vary", b"Origin".to_vec()));
    }
    Answer {
        status: fault.status,
        headers,
        body,
    }
}

impl Answer {
    /// The answer as HTTP/1.1.
    pub(crate) fn http1(&self, keep_alive: bool, is_head: bool) -> Vec<u8> {
        let mut out = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        if !keep_alive {
            out.extend_from_slice(b"Connection: close\r\n");
        }
        out.extend_from_slice(b"\r\n");
        if !is_head {
            out.extend_from_slice(&self.body);
        }
        out
    }
}

/// The usual words for a status.
pub(crate) fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}

fn side_word(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
        Side::Corscope => "corscope",
    }
}

fn json(fault: &Fault) -> Vec<u8> {
    let mut text = String::from("{\"corscope\":\"this answer is corscope's, not the server's\"");
    let fields = [
        ("code", fault.code.as_ref()),
        ("side", side_word(fault.side)),
        ("message", &fault.message),
        ("next", &fault.next),
    ];
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        text.push_str(&format!(",\"{name}\":\""));
        for character in value.chars() {
            match character {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                control if control.is_control() => {
                    text.push_str(&format!("\\u{:04x}", control as u32));
                }
                other => text.push(other),
            }
        }
        text.push('"');
    }
    text.push_str("}\n");
    text.into_bytes()
}

fn html(fault: &Fault) -> Vec<u8> {
    let mut next = escape(&fault.next);
    if !next.is_empty() {
        next = format!("<p>What to do: {next}.</p>\n");
    }
    page(
        &format!("corscope: {}", fault.code),
        &format!(
            "<h1>{}</h1>\n<p>{}.</p>\n{next}<p>This page is corscope's, not the server's.</p>\n",
            escape(&fault.code),
            escape(&fault.message),
        ),
    )
}

/// A whole page around `body`.
pub(crate) fn page(title: &str, body: &str) -> Vec<u8> {
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{}</title>\n<style>body\
         {{font:16px/1.5 system-ui;max-width:42em;margin:4em auto;padding:0 1em}}</style>\n{body}",
        escape(title)
    )
    .into_bytes()
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
