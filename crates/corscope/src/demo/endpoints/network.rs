//! There is no response, or none that is HTTP, or one without end. Some of these have nothing
//! wrong for CORS: they are here because a tool must not hang on them.

use std::time::Duration;

use crate::demo::answer::{Answer, Flood};
use crate::demo::ask::Ask;
use crate::demo::catalogue::Endpoint;
use crate::demo::cors::healthy;
use crate::demo::request::Request;
use crate::demo::response::Response;

/// A right response's head, to be followed by something that is not right.
fn open_head(request: &Request) -> String {
    Response::new(200)
        .granted(request)
        .header("Content-Type", "text/plain")
        .open_head()
}

pub(in crate::demo) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::broken(
        "connection-refused",
        "Nothing listens on this port",
        Ask::GET,
        |request, _| healthy(request),
    )
    .at("{closed}/connection-refused"),
    Endpoint::broken(
        "dns-failure",
        "There is no such host",
        Ask::GET,
        |request, _| healthy(request),
    )
    .at("http://demo.invalid/dns-failure"),
    Endpoint::broken(
        "not-tls",
        "The URL says https, the port speaks plain http",
        Ask::GET,
        |request, _| healthy(request),
    )
    .at("https://{authority}/not-tls"),
    Endpoint::broken(
        "connection-reset",
        "The connection is cut in place of an answer",
        Ask::GET,
        |_, _| Answer::Reset,
    ),
    Endpoint::broken(
        "empty-response",
        "The connection is closed without a byte, as after a crash",
        Ask::GET,
        |_, _| Answer::Close,
    ),
    Endpoint::broken(
        "invalid-http",
        "What comes back is not HTTP",
        Ask::GET,
        |_, _| Answer::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
    )
    .ruled_by("invalid-response"),
    Endpoint::broken(
        "huge-headers",
        "The response has ten megabytes of headers",
        Ask::GET,
        |request, _| {
            Answer::Flood(Flood {
                first: open_head(request).into_bytes(),
                piece: format!("X-Filler: {}\r\n", "x".repeat(1012)).into_bytes(),
                times: 10 * 1024,
                pause: Duration::ZERO,
                last: b"Content-Length: 0\r\n\r\n".to_vec(),
            })
        },
    )
    .ruled_by("head-too-large"),
    Endpoint::broken(
        "slow-head",
        "The response's head drips in, a byte a second",
        Ask::GET.flags(&["--max-time", "3"]),
        |request, _| {
            let head = format!("{}Content-Length: 0\r\n\r\n", open_head(request));
            Answer::Drip {
                at_once: Vec::new(),
                dripped: head.into_bytes(),
            }
        },
    )
    .ruled_by("head-timeout"),
    Endpoint::healthy(
        "slow-body",
        "CORS is right; the body drips in, a byte a second",
        Ask::GET,
        |request, _| {
            let body = "This body is read out at a byte a second.\n";
            let head = format!(
                "{}Content-Length: {}\r\n\r\n",
                open_head(request),
                body.len()
            );
            Answer::Drip {
                at_once: head.into_bytes(),
                dripped: body.into(),
            }
        },
    ),
    Endpoint::healthy(
        "endless-body",
        "CORS is right; the body never ends",
        Ask::GET,
        |request, _| {
            Answer::Flood(Flood {
                first: format!("{}\r\n", open_head(request)).into_bytes(),
                piece: vec![b'.'; 16 * 1024],
                times: u32::MAX,
                pause: Duration::from_millis(20),
                last: Vec::new(),
            })
        },
    ),
];
