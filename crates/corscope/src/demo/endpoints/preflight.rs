//! The preflight's answer is not one: wrong origin, wrong status, or none at all. On the request
//! itself these endpoints are in order, since that is what makes the console so puzzling.

use crate::demo::answer::Answer;
use crate::demo::ask::Ask;
use crate::demo::catalogue::Endpoint;
use crate::demo::cors::on_preflight;
use crate::demo::page_origin::PageOrigin;
use crate::demo::response::Response;

/// A preflight's answer that lists what is asked and allows `value`.
fn preflight_allowing(value: impl AsRef<str>) -> Response {
    lists(Response::new(204).allow_origin(value))
        .vary_origin()
        .allow_credentials()
}

fn lists(response: Response) -> Response {
    response
        .allow_methods("GET, PUT")
        .allow_headers("X-Demo, Authorization")
}

pub(in crate::demo) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::broken(
        "preflight-acao-missing",
        "OPTIONS lists methods and headers, but allows no origin",
        Ask::PREFLIGHTED,
        |request, _| on_preflight(request, lists(Response::new(204))),
    ),
    Endpoint::broken(
        "preflight-acao-mismatch",
        "OPTIONS allows another origin",
        Ask::PREFLIGHTED,
        |request, _| {
            let page = request.configured_page();
            let port = if page.port == Some(3000) { 3001 } else { 3000 };
            let other = PageOrigin {
                port: Some(port),
                ..page
            };
            on_preflight(request, preflight_allowing(other.to_string()))
        },
    ),
    Endpoint::broken(
        "preflight-acao-multiple-values",
        "OPTIONS allows two origins in one header",
        Ask::PREFLIGHTED,
        |request, _| {
            let page = request.configured_page();
            on_preflight(
                request,
                preflight_allowing(format!("{page}, https://app.example.com")),
            )
        },
    ),
    Endpoint::broken(
        "preflight-acao-wildcard-with-credentials",
        "OPTIONS allows *, but the page will send credentials",
        Ask::PREFLIGHTED.with_credentials(),
        |request, _| on_preflight(request, preflight_allowing("*")),
    ),
    Endpoint::broken(
        "preflight-acac-missing",
        "The page will send credentials, OPTIONS does not allow them",
        Ask::PREFLIGHTED.with_credentials(),
        |request, _| on_preflight(request, lists(Response::new(204)).granted(request)),
    ),
    Endpoint::broken(
        "preflight-not-handled",
        "The router has no route for OPTIONS: 404",
        Ask::PREFLIGHTED,
        |request, _| {
            let body = format!("Cannot OPTIONS {}\n", request.path);
            on_preflight(request, Response::new(404).text(body))
        },
    ),
    Endpoint::broken(
        "preflight-method-not-allowed",
        "OPTIONS is refused like any unknown method: 405",
        Ask::PREFLIGHTED,
        |request, _| {
            let refusal = Response::new(405).header("Allow", "GET, HEAD, PUT");
            on_preflight(request, refusal.text("Method Not Allowed\n"))
        },
    ),
    Endpoint::broken(
        "preflight-requires-auth",
        "OPTIONS must log in, which a preflight never does: 401",
        Ask::GET.headers(&[("Authorization", "Bearer demo")]),
        |request, _| {
            let refusal = Response::new(401).header("WWW-Authenticate", "Bearer realm=\"demo\"");
            on_preflight(request, refusal.json(r#"{"error":"missing bearer token"}"#))
        },
    ),
    Endpoint::broken(
        "preflight-rejected-by-security",
        "The CSRF filter stands before CORS and refuses OPTIONS: 403",
        Ask::PREFLIGHTED,
        |request, _| {
            let refusal = "Forbidden: CSRF verification failed. Request aborted.\n";
            on_preflight(request, Response::new(403).text(refusal))
        },
    ),
    Endpoint::broken(
        "preflight-origin-rejected",
        "The CORS filter itself refuses this origin: 403",
        Ask::PREFLIGHTED,
        |request, _| {
            on_preflight(
                request,
                Response::new(403)
                    .vary_origin()
                    .text("Invalid CORS request"),
            )
        },
    ),
    Endpoint::broken(
        "preflight-server-error",
        "The application runs its own code on OPTIONS and fails: 500",
        Ask::PREFLIGHTED,
        |request, _| {
            let failure = Response::new(500).json(r#"{"error":"body must be JSON"}"#);
            on_preflight(request, failure)
        },
    ),
    Endpoint::broken(
        "preflight-status-not-ok",
        "All CORS headers are right, but the status is 400",
        Ask::PREFLIGHTED,
        |request, _| {
            let refusal = lists(Response::new(400)).granted_with_credentials(request);
            on_preflight(request, refusal.text("Disallowed CORS request\n"))
        },
    ),
    Endpoint::broken(
        "preflight-redirect",
        "OPTIONS is redirected to the path with a slash; preflights follow no redirect",
        Ask::PREFLIGHTED,
        |request, _| {
            let moved = Response::redirect(301, format!("{}/", request.path));
            on_preflight(request, lists(moved).granted_with_credentials(request))
        },
    ),
    Endpoint::broken(
        "preflight-network-error",
        "The connection is closed on OPTIONS, while GET works",
        Ask::PREFLIGHTED,
        |request, _| on_preflight(request, Answer::Close),
    ),
    Endpoint::broken(
        "preflight-cached-by-intermediary",
        "A cache answers OPTIONS with what it got for another request",
        Ask::PREFLIGHTED,
        |request, _| {
            let (allowed, state, age) = match &request.query {
                Some(_) => ("Content-Type, X-Demo", "MISS", "0"),
                None => ("Content-Type", "HIT", "120"),
            };
            let answer = Response::open_preflight(request)
                .allow_methods("GET, PUT")
                .allow_headers(allowed)
                .header("Cache-Control", "public, max-age=600")
                .header("Age", age)
                .header("X-Cache", state);
            on_preflight(request, answer)
        },
    )
    .also(&["acah-header-missing"]),
];
