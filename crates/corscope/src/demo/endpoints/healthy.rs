//! Nothing is wrong: what the others would look like when mended, and what only looks wrong.

use crate::demo::ask::Ask;
use crate::demo::catalogue::Endpoint;
use crate::demo::cors::{healthy, on_response};
use crate::demo::response::Response;

pub(in crate::demo) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::healthy(
        "healthy",
        "An allow-list that echoes the page's origin, with Vary: Origin",
        Ask::GET,
        |request, _| on_response(request, Response::items().granted(request)),
    ),
    Endpoint::healthy(
        "healthy-preflight",
        "PUT with a header of its own, allowed by the preflight",
        Ask::PREFLIGHTED.method("PUT").flags(&["--send"]),
        |request, _| healthy(request),
    ),
    Endpoint::healthy(
        "healthy-credentials",
        "Credentials are sent and allowed",
        Ask::GET.with_credentials(),
        |request, _| healthy(request),
    ),
    Endpoint::healthy(
        "healthy-exposed-header",
        "The script reads X-Total-Count, which is exposed",
        Ask::GET.reads("X-Total-Count"),
        |request, _| {
            let response = Response::items()
                .granted(request)
                .header("Access-Control-Expose-Headers", "X-Total-Count")
                .header("X-Total-Count", "42");
            on_response(request, response)
        },
    ),
    Endpoint::healthy(
        "healthy-error",
        "A 404 with CORS headers: the script can read why",
        Ask::GET,
        |request, _| {
            let answer = Response::new(404)
                .granted(request)
                .json(r#"{"error":"no such item"}"#);
            on_response(request, answer)
        },
    ),
    Endpoint::healthy(
        "public",
        "Anyone may read this: *",
        Ask::GET,
        |request, _| on_response(request, Response::items().allow_origin("*")),
    ),
    Endpoint::healthy(
        "healthy-redirect",
        "A redirect to the second origin, where * also covers Origin: null",
        Ask::GET,
        |request, places| match request.stop() {
            "" => {
                let target = format!("{}/healthy-redirect/final", places.other_origin());
                on_response(request, Response::redirect(307, target).granted(request))
            }
            _ => on_response(request, Response::items().allow_origin("*")),
        },
    ),
    Endpoint::healthy(
        "malformed-line",
        "A line that is no header stands in the head; browsers pass over it",
        Ask::GET,
        |request, _| {
            let response = Response::items()
                .line("this line has no colon")
                .granted(request);
            on_response(request, response)
        },
    ),
];
