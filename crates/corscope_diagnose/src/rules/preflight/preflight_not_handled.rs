use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_ORIGIN, first_answer, request_is_answered_with_cors, with_remedies,
};
use crate::sight::{Sight, Signs};

rule!(
    "preflight-not-handled",
    Preflight,
    Refusal,
    "preflight_not_handled.md",
    "the preflight is answered 404: no route takes OPTIONS",
    Finds::Faults(&["acao_missing", "preflight_status_not_ok"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let status = response.status;
    // Amazon's API gateway says this of a path, or a method of it, that it does not know.
    let by_gateway = status == 403
        && Signs(response)
            .body_says(&["missing authentication token"])
            .is_some();
    let is_unknown = matches!(status, 404 | 410) || by_gateway;
    if !is_unknown || response.header_list.contains(ALLOW_ORIGIN) {
        return None;
    }
    let path = leg.request.url.path();
    let mut found = Explanation::new(
        Who::Server,
        format!(
            "the preflight was answered {status}: the server has no OPTIONS route for `{path}`"
        ),
    );
    found = if by_gateway {
        found.note(
            "\"Missing Authentication Token\" is what API Gateway says when it has no such route: \
             enable CORS for the resource, which adds OPTIONS, and deploy the stage again.",
        )
    } else if request_is_answered_with_cors(sight) {
        found.note("The request itself has a route, and CORS headers; only OPTIONS has none.")
    } else {
        found.note(
            "Either CORS is not set up for this path, or it stands behind the router, which has \
             no route for OPTIONS. A wrong path looks the same: try the URL with GET.",
        )
    };
    let found = found.manual(
        Who::Server,
        "put CORS before the router, so that it answers OPTIONS for every path",
    );
    Some(with_remedies(found, sight, leg))
}
