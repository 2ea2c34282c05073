//! Which request is answered by what.

use super::Places;
use super::answer::Answer;
use super::catalogue;
use super::cors::on_response;
use super::pages;
use super::request::Request;
use super::response::Response;

/// The pages have names that no endpoint has; the tests hold that.
pub(super) fn answer(request: &Request, places: &Places) -> Answer {
    if let Some(endpoint) = catalogue::find(request.endpoint()) {
        return endpoint.answer(request, places);
    }
    let page = match request.path.as_str() {
        "/" => Response::new(200)
            .header(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'",
            )
            .html(pages::listing(places)),
        "/catalogue.json" => Response::new(200).json(pages::catalogue_json(places).to_string()),
        "/try" => return try_page(request, places).into(),
        "/try.js" => Response::new(200).body("text/javascript", pages::TRY_SCRIPT),
        "/favicon.ico" => Response::new(204),
        path => Response::new(404)
            .json(serde_json::json!({ "error": "no such endpoint", "path": path }).to_string()),
    };
    if matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS") {
        // The pages let other pages read them: a neighbour that is right tells a broken endpoint
        // from a broken server.
        on_response(request, page.granted(request))
    } else {
        Response::new(405)
            .header("Allow", "GET, HEAD, OPTIONS")
            .granted(request)
            .into()
    }
}

/// The page must stand on `localhost` for the endpoints to be cross-origin.
fn try_page(request: &Request, places: &Places) -> Response {
    let on_localhost = request
        .header("host")
        .is_some_and(|host| host.starts_with("localhost:"));
    if on_localhost {
        Response::new(200)
            .header("Content-Security-Policy", pages::TRY_POLICY)
            .html(pages::try_page(places))
    } else {
        Response::redirect(307, places.try_page())
    }
}
