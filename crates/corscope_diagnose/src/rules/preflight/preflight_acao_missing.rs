use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    first_answer, request_is_answered_with_cors, wanted_origin, with_remedies,
};
use crate::sight::{Sight, Signs};

rule!(
    "preflight-acao-missing",
    Preflight,
    Refusal,
    "preflight_acao_missing.md",
    "the preflight's answer has no Access-Control-Allow-Origin",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let wanted = wanted_origin(leg);
    let status = response.status;
    let mut found = Explanation::new(
        Who::Server,
        format!(
            "the preflight was answered {status} without `Access-Control-Allow-Origin`, wanted \
             `{wanted}`"
        ),
    );
    if request_is_answered_with_cors(sight) {
        found = found.note(
            "The answer to the request itself has the header; only the answer to OPTIONS lacks it.",
        );
    }
    if sight.header(fault, "allow").is_some() {
        found = found.note(
            "The `Allow` header says that the framework's own OPTIONS route answered, not a CORS \
             layer.",
        );
    }
    if Signs(response).is_html() {
        found = found.note("An HTML page came back: is it the API that this URL leads to?");
    }
    Some(with_remedies(found, sight, leg))
}
