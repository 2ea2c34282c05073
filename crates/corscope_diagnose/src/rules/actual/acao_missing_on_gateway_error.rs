use corscope_fetch::{Fault, Response};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "acao-missing-on-gateway-error",
    Actual,
    Refusal,
    "acao_missing_on_gateway_error.md",
    "a gateway answered with an error of its own, without CORS headers",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let response = sight.response(fault)?;
    if !sight.on_actual(fault) || !is_of_gateway(response) {
        return None;
    }
    let status = response.status;
    let sign = Signs(response).gateway();
    let unknown_route = sign == Some("missing authentication token")
        || Signs(response)
            .body_says(&["missing authentication token"])
            .is_some();
    let who = match status {
        _ if unknown_route => Who::Client,
        500.. => Who::Server,
        _ => Who::Proxy,
    };
    let headline = match sign {
        Some(sign) => {
            format!("the gateway itself answered {status} (`{sign}`), without CORS headers")
        }
        None => format!("the answer is {status}, an error of a gateway, without CORS headers"),
    };
    let confidence = if sign.is_some() {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    let mut found = Explanation::new(who, headline)
        .confidence(confidence)
        .note(format!(
            "The real error is the {status}; CORS only hides it from the script."
        ));
    if unknown_route {
        found = found
            .note("\"Missing Authentication Token\" is what Amazon API Gateway says to an unknown path.")
            .real_error(Who::Client, "mend the path, the stage and the method of the request");
    } else if status >= 500 {
        found = found.real_error(
            Who::Server,
            "bring the application behind the gateway back: it crashed, is not running, or takes too long",
        );
    }
    Some(found.narrow(
        Who::Proxy,
        "add the CORS headers to the gateway's own error responses as well",
    ))
}

/// Whether a gateway wrote a response itself, by its signs or by its status.
pub(super) fn is_of_gateway(response: &Response) -> bool {
    Signs(response).gateway().is_some() || matches!(response.status, 502..=504 | 520..=530)
}
