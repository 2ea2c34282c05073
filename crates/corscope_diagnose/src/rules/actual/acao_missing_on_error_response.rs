use corscope_fetch::Fault;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "acao-missing-on-error-response",
    Actual,
    Refusal,
    "acao_missing_on_error_response.md",
    "an error response lacks the CORS headers that other responses have",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    let response = sight.response(fault)?;
    let status = response.status;
    if !sight.on_actual(fault) || status < 400 {
        return None;
    }
    let preflight_knows_cors = sight.preflights().any(|it| {
        it.hop == leg.hop
            && it
                .response()
                .is_some_and(|it| it.header_list.contains("access-control-allow-origin"))
    });
    let healthy = sight.healthy_probe(fault);
    let knows_no_cors = sight.probes().iter().any(|probe| {
        (200..300).contains(&probe.status)
            && probe.method != "OPTIONS"
            && !probe.headers.0.contains("access-control-allow-origin")
    });
    let confidence = if preflight_knows_cors || healthy.is_some() {
        Confidence::Certain
    } else if knows_no_cors {
        return None;
    } else if status >= 500 || matches!(status, 401 | 413 | 429) {
        Confidence::Likely
    } else {
        Confidence::Possible
    };
    let mut found = Explanation::new(
        Who::Server,
        format!("the answer is an error, {status}, and has no `Access-Control-Allow-Origin`"),
    )
    .confidence(confidence)
    .note(format!(
        "The real error is the {status}; CORS only hides it from the script."
    ));
    if let Some(probe) = healthy {
        found = found.note(format!("`{}` does have the header.", probe.url));
        if Signs(response).is_nginx() {
            found = found.note(
                "nginx adds headers to 200, 201, 204, 206 and redirects only, unless its \
                 `add_header` lines end in `always`.",
            );
        }
    } else if confidence != Confidence::Certain {
        found = found
            .note("Whether this server sends CORS headers at all, a URL that works would show.");
    }
    Some(
        found
            .real_error(Who::Server, remedy(status))
            .narrow(
                Who::Server,
                "run the CORS middleware outermost, so that errors get its headers, too",
            )
            .narrow(
                Who::Proxy,
                "where a proxy adds the headers, add them to errors as well: `always` in nginx and Apache",
            ),
    )
}

const fn remedy(status: u16) -> &'static str {
    match status {
        401 => "answer the request with valid credentials: the status says they are missing",
        403 => "find out who forbids the request: the application's log says it",
        404 | 410 => "mend the path of the request, or serve something there",
        405 => "let the server accept the method at this URL",
        413 => "raise the limit for request bodies, or send less",
        429 => "send fewer requests, or raise the rate limit",
        500.. => "mend the crash or fault behind the status: the server's log names it",
        _ => "mend what the status says: the server's log names it",
    }
}
