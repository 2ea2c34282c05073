//! The fault is on the way: the page asks our first origin and is sent on. Stops of a chain are
//! the endpoint's path with more behind it, on either origin.

use crate::demo::Places;
use crate::demo::answer::Answer;
use crate::demo::ask::Ask;
use crate::demo::catalogue::{Endpoint, Outcome};
use crate::demo::cors::{healthy, on_response};
use crate::demo::request::Request;
use crate::demo::response::Response;

const FINAL: &str = "final";

/// A redirect that the page may follow.
fn granted_redirect(request: &Request, status: u16, location: impl AsRef<str>) -> Answer {
    let response = Response::redirect(status, location);
    on_response(request, response.granted_with_credentials(request))
}

/// The endpoint's last stop on the same origin.
fn final_here(request: &Request) -> String {
    format!("/{}/{FINAL}", request.endpoint())
}

/// The endpoint's last stop on the second origin.
fn final_there(request: &Request, places: &Places) -> String {
    format!("{}{}", places.other_origin(), final_here(request))
}

const LOGIN_PAGE: &str = "<!doctype html><html><head><title>Log in</title></head><body>\
    <form method=post><input name=user><input name=password type=password>\
    <button>Log in</button></form></body></html>";

pub(in crate::demo) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::broken(
        "redirect-missing-acao",
        "The redirect lacks the CORS headers that its target has",
        Ask::GET,
        |request, _| match request.stop() {
            "" => on_response(request, Response::redirect(301, final_here(request))),
            _ => healthy(request),
        },
    ),
    Endpoint::broken(
        "redirect-to-login",
        "The session is over: the API redirects to a login page on another host",
        Ask::GET,
        |request, places| match request.stop() {
            "" => {
                let next = request.path.replace('/', "%2F");
                let login = format!(
                    "{}/{}/login?next={next}",
                    places.other_origin(),
                    request.endpoint()
                );
                granted_redirect(request, 302, login)
            }
            _ => Response::new(200).html(LOGIN_PAGE).into(),
        },
    ),
    Endpoint::broken(
        "redirect-origin-becomes-null",
        "The second origin allows the page, but after the redirect Origin is null",
        Ask::GET,
        |request, places| match request.stop() {
            "" => granted_redirect(request, 307, final_there(request, places)),
            _ => on_response(
                request,
                Response::items()
                    .allow_origin(request.configured_page().to_string())
                    .vary_origin(),
            ),
        },
    ),
    Endpoint::broken(
        "redirect-hop-preflight-failed",
        "The second origin does not answer the preflight sent to it",
        Ask::PREFLIGHTED,
        |request, places| match request.stop() {
            "" => granted_redirect(request, 307, final_there(request, places)),
            _ if request.is_options() => Response::new(404).text("no such route\n").into(),
            _ => Response::items().allow_origin("*").into(),
        },
    ),
    Endpoint::broken(
        "redirect-hop-wildcard-with-credentials",
        "The second origin allows *, but the page sends credentials along",
        Ask::GET.with_credentials(),
        |request, places| match request.stop() {
            "" => granted_redirect(request, 307, final_there(request, places)),
            _ => on_response(
                request,
                Response::items().allow_origin("*").allow_credentials(),
            ),
        },
    ),
    Endpoint::broken(
        "redirect-url-has-credentials",
        "The redirect's target holds a user name and a password",
        Ask::GET,
        |request, places| match request.stop() {
            "" => {
                let target = format!("http://user:secret@{}{}", places.other, final_here(request));
                granted_redirect(request, 307, target)
            }
            _ => on_response(request, Response::items().allow_origin("*")),
        },
    ),
    Endpoint::broken(
        "redirect-to-non-http-scheme",
        "The redirect's target is an application's own scheme",
        Ask::GET,
        |request, _| granted_redirect(request, 302, "demo-app://open/items"),
    ),
    Endpoint::broken(
        "redirect-mode-error",
        "The script wants no redirects, and gets one",
        Ask::GET.redirect("error"),
        |request, _| match request.stop() {
            "" => granted_redirect(request, 302, final_here(request)),
            _ => healthy(request),
        },
    ),
    Endpoint::broken(
        "redirect-loop",
        "The redirect leads back to itself",
        Ask::GET,
        |request, _| granted_redirect(request, 302, "/redirect-loop"),
    ),
    Endpoint::broken(
        "authorization-dropped-on-redirect",
        "Browsers take Authorization off at the second origin, which then says 401",
        Ask::GET.headers(&[("Authorization", "Bearer demo")]),
        |request, places| match request.stop() {
            "" => granted_redirect(request, 307, final_there(request, places)),
            _ if request.has("authorization") => {
                on_response(request, Response::items().allow_origin("*"))
            }
            _ if request.is_options() => {
                // Firefox sends a preflight here, Chromium none: let both come to the 401.
                Response::new(204)
                    .allow_origin("*")
                    .allow_methods("GET")
                    .into()
            }
            _ => Response::new(401)
                .allow_origin("*")
                .header("WWW-Authenticate", "Bearer realm=\"demo\"")
                .json(r#"{"error":"missing bearer token"}"#)
                .into(),
        },
    )
    .outcome(Outcome::Readable),
];
