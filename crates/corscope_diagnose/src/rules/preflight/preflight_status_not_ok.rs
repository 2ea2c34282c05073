use corscope_fetch::Fault;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{ALLOW_ORIGIN, first_answer, lacking, with_remedies};
use crate::sight::Sight;

rule!(
    "preflight-status-not-ok",
    Preflight,
    Refusal,
    "preflight_status_not_ok.md",
    "the preflight's status is none of 200 to 299",
    Finds::Faults(&["acao_missing", "preflight_status_not_ok"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    if response.is_ok() {
        return None;
    }
    let status = response.status;
    let allows_origin = response.header_list.contains(ALLOW_ORIGIN);
    let mut found = Explanation::new(
        Who::Server,
        if allows_origin {
            format!("the preflight was answered {status}, wanted a status of 200 to 299")
        } else {
            format!(
                "the preflight was answered {status} without CORS headers, wanted a status of 200 \
                 to 299"
            )
        },
    );
    let lacking = lacking(sight, fault);
    if allows_origin && status == 400 && (lacking.method.is_some() || !lacking.names.is_empty()) {
        found = found.confidence(Confidence::Likely).note(
            "The CORS layer answered, and refused: some (Starlette, FastAPI) say 400 to a method \
             or a header that they do not allow.",
        );
    }
    found = found.note(match status {
        304 => "304 means that a cache took part: a preflight must never be answered from one.",
        404 | 410 => "The CORS headers are there, but behind them no route takes OPTIONS.",
        429 => "A rate limit counts preflights, too; they should be left out of it.",
        300..=399 => "A status of 300 to 399 without `Location` is no redirect, only a refusal.",
        _ => "Whatever the headers say: with this status the browser does not send the request.",
    });
    Some(with_remedies(found, sight, leg))
}
