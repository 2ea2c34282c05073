use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_METHODS, credentials_switch, first_answer, with_complete_lists,
};
use crate::sight::{Sight, lists};

rule!(
    "acam-wildcard-with-credentials",
    Preflight,
    Refusal,
    "acam_wildcard_with_credentials.md",
    "Access-Control-Allow-Methods is *, which with credentials allows nothing",
    Finds::Faults(&["acam_method_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let Cause::AcamMethodMissing { method } = &fault.cause else {
        return None;
    };
    if !leg.checked_with_credentials || !lists(response, ALLOW_METHODS, "*") {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!(
            "`Access-Control-Allow-Methods` is `*`, wanted `{method}`: with credentials `*` is \
             only a method of that name"
        ),
    )
    .note("Methods, headers and the origin all have to be named once cookies may travel.");
    let found = with_complete_lists(found, sight, fault);
    let switch = credentials_switch(sight);
    Some(found.narrow(
        Who::Client,
        format!("leave {switch} out, if the server needs no cookies"),
    ))
}
