//! The fault is in the response to the request itself.

use crate::demo::answer::Answer;
use crate::demo::ask::Ask;
use crate::demo::catalogue::{Endpoint, Outcome};
use crate::demo::cors::on_response;
use crate::demo::page_origin::PageOrigin;
use crate::demo::request::Request;
use crate::demo::response::Response;

/// A response that allows `value`, as a server would that always says the same.
fn allowing(request: &Request, value: impl AsRef<str>) -> Answer {
    on_response(request, Response::items().allow_origin(value).vary_origin())
}

/// Another port on the page's host: a front end that moved, or another one.
fn another_port(page: PageOrigin<'_>) -> String {
    let port = if page.port == Some(3000) { 3001 } else { 3000 };
    PageOrigin {
        port: Some(port),
        ..page
    }
    .to_string()
}

fn another_host(page: PageOrigin<'_>) -> String {
    let host = if page.host == "127.0.0.1" {
        "localhost"
    } else {
        "127.0.0.1"
    };
    PageOrigin { host, ..page }.to_string()
}

fn another_scheme(page: PageOrigin<'_>) -> String {
    let scheme = if page.scheme == "https" {
        "http"
    } else {
        "https"
    };
    PageOrigin { scheme, ..page }.to_string()
}

/// The page's origin with the default port of its scheme written out.
fn default_port(page: PageOrigin<'_>) -> String {
    let port = if page.scheme == "https" { 443 } else { 80 };
    PageOrigin {
        port: Some(port),
        ..page
    }
    .to_string()
}

const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

const CHALLENGE: &str = "<!doctype html><html><head><title>Just a moment...</title></head><body>\
    <h1>Checking your browser</h1><p>Verify that you are human: complete the captcha. Enable \
    JavaScript and cookies to continue.</p></body></html>";

const TUNNEL_WARNING: &str = "<!doctype html><html><head><title>Tunnel warning</title></head>\
    <body><p>You are about to visit a site that is served for free through a tunnel.</p>\
    <button>Visit site</button></body></html>";

pub(in crate::demo) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::broken(
        "acao-missing",
        "The server knows nothing of CORS",
        Ask::GET,
        |request, _| {
            // Not even on OPTIONS: otherwise the fault were that only the preflight has it.
            if request.is_options() {
                Response::new(200)
                    .header("Allow", "GET, HEAD, OPTIONS")
                    .into()
            } else {
                Response::items().into()
            }
        },
    ),
    Endpoint::broken(
        "acao-missing-on-error-response",
        "The server fails, and its error page lacks the CORS headers",
        Ask::GET,
        |_, _| {
            Response::new(500)
                .json(r#"{"error":"division by zero"}"#)
                .into()
        },
    ),
    Endpoint::broken(
        "acao-missing-on-gateway-error",
        "The gateway cannot reach the application, and answers without CORS headers",
        Ask::GET,
        |_, _| {
            Response::new(502)
                .header("Server", "awselb/2.0")
                .html(BAD_GATEWAY)
                .into()
        },
    ),
    Endpoint::broken(
        "blocked-by-waf-or-challenge",
        "A firewall wants a human to solve a challenge",
        Ask::GET,
        |_, _| {
            Response::new(403)
                .header("Server", "cloudflare")
                .header("CF-RAY", "8a1b2c3d4e5f6789-FRA")
                .header("cf-mitigated", "challenge")
                .html(CHALLENGE)
                .into()
        },
    ),
    Endpoint::broken(
        "tunnel-interstitial",
        "A tunnel puts its warning page in front of the API",
        Ask::GET,
        |request, _| {
            if request.is_options() || request.has("ngrok-skip-browser-warning") {
                return on_response(request, Response::items().granted(request));
            }
            Response::new(200)
                .header("ngrok-error-code", "ERR_NGROK_6024")
                .html(TUNNEL_WARNING)
                .into()
        },
    ),
    Endpoint::broken(
        "acao-only-on-preflight",
        "OPTIONS is answered with CORS headers, the request itself without",
        Ask::PREFLIGHTED,
        |request, _| on_response(request, Response::items()),
    ),
    Endpoint::broken(
        "acao-host-mismatch",
        "Another host is allowed: localhost is not 127.0.0.1",
        Ask::GET,
        |request, _| allowing(request, another_host(request.configured_page())),
    ),
    Endpoint::broken(
        "acao-scheme-mismatch",
        "The page's host is allowed over https only",
        Ask::GET,
        |request, _| allowing(request, another_scheme(request.configured_page())),
    ),
    Endpoint::broken(
        "acao-port-mismatch",
        "Another port of the page's host is allowed",
        Ask::GET,
        |request, _| allowing(request, another_port(request.configured_page())),
    ),
    Endpoint::broken(
        "acao-trailing-slash",
        "The allowed origin ends in a slash",
        Ask::GET,
        |request, _| allowing(request, format!("{}/", request.configured_page())),
    ),
    Endpoint::broken(
        "acao-default-port",
        "The allowed origin spells out a port that browsers leave out",
        Ask::GET.from("http://localhost"),
        |request, _| allowing(request, default_port(request.configured_page())),
    ),
    Endpoint::broken(
        "acao-case-mismatch",
        "The allowed origin has capital letters",
        Ask::GET,
        |request, _| {
            allowing(
                request,
                request.configured_page().to_string().to_ascii_uppercase(),
            )
        },
    ),
    Endpoint::broken(
        "acao-wildcard-pattern",
        "A pattern is sent; browsers know none but the lone *",
        Ask::GET,
        |request, _| {
            let page = request.configured_page();
            allowing(request, format!("{}://{}:*", page.scheme, page.host))
        },
    ),
    Endpoint::broken(
        "acao-invalid-value",
        "A bare host name is sent where an origin belongs",
        Ask::GET,
        |request, _| allowing(request, request.configured_page().host),
    ),
    Endpoint::broken(
        "acao-empty",
        "The header is there and empty, as from an unset variable",
        Ask::GET,
        |request, _| {
            let response = Response::items()
                .line("Access-Control-Allow-Origin:")
                .vary_origin();
            on_response(request, response)
        },
    ),
    Endpoint::broken(
        "acao-null-for-real-origin",
        "null is allowed, which is another origin than the page's",
        Ask::GET,
        |request, _| allowing(request, "null"),
    ),
    Endpoint::broken(
        "acao-multiple-values",
        "The whole allow-list is sent in one header",
        Ask::GET,
        |request, _| {
            let page = request.configured_page();
            allowing(request, format!("{page}, {}", another_port(page)))
        },
    ),
    Endpoint::broken(
        "acao-duplicate-header",
        "Application and proxy both add the header",
        Ask::GET,
        |request, _| {
            let page = request.configured_page().to_string();
            let response = Response::items()
                .allow_origin(&page)
                .vary_origin()
                .allow_origin(&page);
            on_response(request, response)
        },
    ),
    Endpoint::broken(
        "acao-wildcard-with-credentials",
        "* is allowed, but the page sends credentials",
        Ask::GET.with_credentials(),
        |request, _| {
            on_response(
                request,
                Response::items().allow_origin("*").allow_credentials(),
            )
        },
    ),
    Endpoint::broken(
        "acac-missing",
        "The page sends credentials, the server does not allow them",
        Ask::GET.with_credentials(),
        |request, _| on_response(request, Response::items().granted(request)),
    ),
    Endpoint::broken(
        "acac-not-true",
        "Credentials are allowed with \"True\"; only \"true\" counts",
        Ask::GET.with_credentials(),
        |request, _| {
            let response = Response::items().granted(request);
            on_response(
                request,
                response.header("Access-Control-Allow-Credentials", "True"),
            )
        },
    ),
    Endpoint::broken(
        "cache-missing-vary-origin",
        "A cache hands out the answer that it got for another page",
        Ask::GET,
        |request, _| on_response(request, cached(request)),
    ),
    Endpoint::broken(
        "response-header-not-exposed",
        "The script cannot see X-Total-Count: it is not exposed",
        Ask::GET.reads("X-Total-Count"),
        |request, _| {
            on_response(
                request,
                Response::items()
                    .granted(request)
                    .header("X-Total-Count", "42"),
            )
        },
    )
    .outcome(Outcome::Readable),
    Endpoint::broken(
        "expose-wildcard-with-credentials",
        "All headers are exposed with *, which means nothing with credentials",
        Ask::GET.with_credentials().reads("X-Total-Count"),
        |request, _| {
            let response = Response::items()
                .granted_with_credentials(request)
                .header("Access-Control-Expose-Headers", "*")
                .header("X-Total-Count", "42");
            on_response(request, response)
        },
    )
    .outcome(Outcome::Readable),
    Endpoint::broken(
        "forbidden-response-header",
        "The script wants Set-Cookie, which no server can expose",
        Ask::GET.reads("Set-Cookie"),
        |request, _| {
            let response = Response::items()
                .granted(request)
                .header("Access-Control-Expose-Headers", "Set-Cookie")
                .header("Set-Cookie", "theme=dark");
            on_response(request, response)
        },
    )
    .outcome(Outcome::Readable),
];

/// A cache that keys by URL alone: a query of one's own gets past it.
fn cached(request: &Request) -> Response {
    let (page, state, age) = match &request.query {
        Some(_) => (request.configured_page().to_string(), "MISS", "0"),
        None => (another_port(request.configured_page()), "HIT", "120"),
    };
    Response::items()
        .allow_origin(page)
        .header("Cache-Control", "public, max-age=600")
        .header("Age", age)
        .header("X-Cache", state)
}
