use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_answer, with_remedies};
use crate::sight::{Sight, Signs};

rule!(
    "preflight-method-not-allowed",
    Preflight,
    Refusal,
    "preflight_method_not_allowed.md",
    "the preflight is answered 405 or 501: OPTIONS is not allowed",
    Finds::Faults(&["acao_missing", "preflight_status_not_ok"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let status = response.status;
    if !matches!(status, 405 | 501) {
        return None;
    }
    let headline = match sight.header(fault, "allow") {
        Some(allow) => format!(
            "the preflight was answered {status}: the server takes `{allow}` here, wanted `OPTIONS`"
        ),
        None => {
            format!("the preflight was answered {status}: the server does not take OPTIONS here")
        }
    };
    let mut found = Explanation::new(Who::Server, headline).note(
        "405 to OPTIONS says nothing about the method of the request itself; the question comes \
         before it.",
    );
    if Signs(response).header_says("server", "nginx") {
        found = found.note(
            "nginx answers 405 to OPTIONS for the files that it serves itself; `return 204` for \
             OPTIONS in the same location mends that.",
        );
    }
    Some(with_remedies(found, sight, leg))
}
