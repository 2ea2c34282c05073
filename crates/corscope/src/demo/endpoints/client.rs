//! The server is fine: the request is one that browsers do not make, or something other than CORS
//! refuses.

use crate::demo::ask::Ask;
use crate::demo::catalogue::{Endpoint, Outcome};
use crate::demo::cors::{healthy, on_response};
use crate::demo::response::Response;

pub(in crate::demo) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::broken(
        "mode-same-origin",
        "The script asks for same-origin only",
        Ask::GET.mode("same-origin"),
        |request, _| healthy(request),
    ),
    Endpoint::broken(
        "no-cors-opaque-response",
        "The script asks without CORS and gets a response it cannot look into",
        Ask::GET.mode("no-cors"),
        |request, _| healthy(request),
    )
    .outcome(Outcome::Opaque),
    Endpoint::broken(
        "no-cors-method-not-allowed",
        "PUT is not possible without CORS",
        Ask::GET.method("PUT").mode("no-cors"),
        |request, _| healthy(request),
    )
    .outcome(Outcome::Throw),
    Endpoint::broken(
        "forbidden-method",
        "Scripts may not send TRACE",
        Ask::GET.method("TRACE"),
        |request, _| healthy(request),
    )
    .outcome(Outcome::Throw),
    Endpoint::broken(
        "url-has-credentials",
        "fetch() takes no URL with a user name and password in it",
        Ask::GET,
        |request, _| healthy(request),
    )
    .at("http://user:secret@{authority}/url-has-credentials")
    .outcome(Outcome::Throw),
    Endpoint::broken(
        "unsafe-port",
        "Browsers never connect to port 6000",
        Ask::GET,
        |request, _| healthy(request),
    )
    .at("http://127.0.0.1:6000/unsafe-port"),
    Endpoint::broken(
        "mixed-content",
        "A page over https asks over http",
        Ask::GET.from("https://app.example.com"),
        |request, _| healthy(request),
    )
    .at("http://demo.invalid/mixed-content"),
    Endpoint::broken(
        "corp-blocked",
        "Without CORS, Cross-Origin-Resource-Policy keeps other origins out",
        Ask::GET.mode("no-cors"),
        |_, _| {
            Response::items()
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .into()
        },
    ),
    Endpoint::broken(
        "csrf-rejected-by-server",
        "CORS is right; the application misses its CSRF token: 403",
        Ask::GET.method("POST").flags(&["--send"]),
        |request, _| {
            let refusal = r#"{"detail":"CSRF Failed: CSRF token missing."}"#;
            on_response(request, Response::new(403).granted(request).json(refusal))
        },
    )
    .outcome(Outcome::Readable),
    Endpoint::broken(
        "same-origin-http-error",
        "The page asks its own origin: CORS has no say, the server fails",
        Ask::GET.from("{here}"),
        |_, _| {
            Response::new(500)
                .json(r#"{"error":"division by zero"}"#)
                .into()
        },
    )
    .outcome(Outcome::Readable),
];
