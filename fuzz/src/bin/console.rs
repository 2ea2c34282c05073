//! Whatever is pasted is read: nothing panics, every place that is told lies in the text, and what
//! was told of a text is told again.

#![no_main]

use corscope_diagnose::console::read::{narrow, read_console};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// A piece of a console: often of a message, so that whole ones come about.
#[derive(Arbitrary, Debug)]
enum Piece {
    Any(String),
    Known(u8),
    Url(u8),
}

const KNOWN: [&str; 24] = [
    "Access to fetch at '",
    "' from origin '",
    "' (redirected from '",
    "' has been blocked by CORS policy: ",
    "Response to preflight request doesn't pass access control check: ",
    "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    "The 'Access-Control-Allow-Origin' header contains the invalid value '",
    "'. Have the server send the header with a valid value.",
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ",
    ". (Reason: ",
    "CORS header ‘Access-Control-Allow-Origin’ does not match ‘",
    "’).",
    "CORS request did not succeed). Status code: (null).",
    "Origin ",
    " is not allowed by Access-Control-Allow-Origin. Status code: ",
    "Fetch API cannot load ",
    " due to access control checks.",
    "Cross-origin redirection to ",
    "TypeError: Failed to fetch\n",
    "GET ",
    " net::ERR_FAILED 200 (OK)",
    "\" is not eligible for integrity checks since it's neither CORS-enabled nor same-origin.",
    "CORSMissingAllowOrigin",
    "&#39;\u{1b}[31m\n> ",
];

const URLS: [&str; 4] = [
    "https://a.example/it's?x=1",
    "http://localhost:3000",
    "null",
    "",
];

fuzz_target!(|pieces: Vec<Piece>| {
    let mut text = String::new();
    for piece in &pieces {
        match piece {
            Piece::Any(any) => text.push_str(any),
            Piece::Known(index) => text.push_str(KNOWN[usize::from(*index) % KNOWN.len()]),
            Piece::Url(index) => text.push_str(URLS[usize::from(*index) % URLS.len()]),
        }
    }
    let found = read_console(&text);
    for message in &found {
        assert!(text.get(message.span.clone()).is_some(), "{message:?}");
        for line in &message.lines {
            assert!(text.get(line.clone()).is_some(), "{message:?}");
            assert!(message.span.start <= line.start && line.end <= message.span.end);
        }
        assert!(message.times > 0);
        let _ = narrow(message); // whatever it finds, it finds it without a panic
    }
    assert_eq!(found, read_console(&text));
});
