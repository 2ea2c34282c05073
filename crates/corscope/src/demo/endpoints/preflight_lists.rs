//! The preflight passes the CORS check; its lists of methods and headers do not cover the request.

use crate::demo::answer::Answer;
use crate::demo::ask::Ask;
use crate::demo::catalogue::Endpoint;
use crate::demo::cors::on_preflight;
use crate::demo::request::Request;
use crate::demo::response::Response;

/// A preflight's answer whose lists are these.
fn listing(request: &Request, methods: &str, headers: &str) -> Answer {
    let answer = Response::open_preflight(request)
        .allow_methods(methods)
        .allow_headers(headers);
    on_preflight(request, answer)
}

pub(in crate::demo) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::broken(
        "acam-method-missing",
        "PUT is not among the allowed methods",
        Ask::GET.method("PUT"),
        |request, _| listing(request, "GET, POST", "Content-Type"),
    ),
    Endpoint::broken(
        "method-case-mismatch",
        "The script says patch; the server allows PATCH",
        Ask::GET.method("patch"),
        |request, _| listing(request, "GET, POST, PATCH", "Content-Type"),
    ),
    Endpoint::broken(
        "acah-header-missing",
        "X-Demo is not among the allowed headers",
        Ask::PREFLIGHTED,
        |request, _| listing(request, "GET, PUT", "Content-Type"),
    ),
    Endpoint::broken(
        "acam-wildcard-with-credentials",
        "Methods are allowed with *, which means nothing with credentials",
        Ask::GET.method("PUT").with_credentials(),
        |request, _| listing(request, "*", "Content-Type"),
    ),
    Endpoint::broken(
        "acah-wildcard-with-credentials",
        "Headers are allowed with *, which means nothing with credentials",
        Ask::PREFLIGHTED.with_credentials(),
        |request, _| listing(request, "GET, PUT", "*"),
    ),
    Endpoint::broken(
        "authorization-not-covered-by-wildcard",
        "The header list * does not cover Authorization (browsers only warn today)",
        // Today's browsers warn and go on; only the standard itself says no.
        Ask::GET
            .headers(&[("Authorization", "Bearer demo")])
            .flags(&["--browser", "fetch"]),
        |request, _| listing(request, "GET, PUT", "*"),
    ),
    Endpoint::broken(
        "acam-invalid-token",
        "The allowed methods are separated by semicolons, even GET fails then",
        Ask::PREFLIGHTED,
        |request, _| listing(request, "GET; POST; PUT", "Content-Type, X-Demo"),
    ),
    Endpoint::broken(
        "acah-invalid-token",
        "The allowed headers are separated by spaces",
        Ask::PREFLIGHTED,
        |request, _| listing(request, "GET, PUT", "Content-Type X-Demo"),
    ),
    Endpoint::broken(
        "instrumentation-header-not-allowed",
        "A tracing library adds a header that the server does not allow",
        Ask::GET.headers(&[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )]),
        |request, _| listing(request, "GET, PUT", "Content-Type"),
    ),
    Endpoint::broken(
        "unnecessary-request-header",
        "The script sends Cache-Control, which the server does not allow",
        Ask::GET.headers(&[("Cache-Control", "no-cache")]),
        |request, _| listing(request, "GET, PUT", "Content-Type"),
    ),
    Endpoint::broken(
        "safelisted-header-value-unsafe",
        "Accept needs no permission, except with quotes in its value",
        Ask::GET.headers(&[("Accept", "application/json;profile=\"v2\"")]),
        |request, _| listing(request, "GET, PUT", "Content-Type"),
    ),
    Endpoint::broken(
        "client-sends-cors-response-header",
        "The script sends Access-Control-Allow-Origin, which is the server's to send",
        Ask::GET.headers(&[("Access-Control-Allow-Origin", "*")]),
        |request, _| listing(request, "GET, PUT", "Content-Type"),
    ),
];
