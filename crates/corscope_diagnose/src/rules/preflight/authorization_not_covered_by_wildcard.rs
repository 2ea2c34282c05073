use corscope_fetch::{Cause, Evidence, Fault, Leg, Response};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_HEADERS, asked_names, first_answer, with_complete_lists,
};
use crate::sight::{Sight, lists};

rule!(
    "authorization-not-covered-by-wildcard",
    Preflight,
    Risk,
    "authorization_not_covered_by_wildcard.md",
    "Access-Control-Allow-Headers is *, which does not cover Authorization",
    Finds::Both(&["acah_header_missing"], explain, observe)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let Cause::AcahHeaderMissing { name } = &fault.cause else {
        return None;
    };
    if **name != *b"authorization" || !has_only_wildcard(leg, response) {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        "`Access-Control-Allow-Headers` is `*`, wanted `Authorization` in it: by the standard `*` \
         does not cover that one header",
    )
    .note("Today's browsers let it pass, with a warning in the console that this will end.");
    Some(with_complete_lists(found, sight, fault))
}

/// What browsers let pass for now.
fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if !sight
        .play
        .verdict
        .browser
        .profile()
        .wildcard_covers_authorization
    {
        return None;
    }
    let (index, response) = sight
        .whole()
        .legs
        .iter()
        .enumerate()
        .find_map(|(index, leg)| {
            let response = leg.response().filter(|_| leg.request.preflight)?;
            let needs = has_only_wildcard(leg, response)
                && asked_names(leg)
                    .split(',')
                    .any(|name| name == "authorization");
            needs.then_some((index, response))
        })?;
    let found = Explanation::new(
        Who::Server,
        "`Authorization` passes under `Access-Control-Allow-Headers: *` only for now",
    )
    .note(
        "The standard wants it listed by name. Browsers still let it pass, and warn in the \
         console; a later version will refuse.",
    )
    .narrow(
        Who::Server,
        "answer the preflight with `Access-Control-Allow-Headers: *, Authorization`",
    );
    let evidence = Evidence::header(index, &response.header_list, ALLOW_HEADERS);
    Some((found, evidence))
}

/// Whether an answer lists `*`, which counts there, and not Authorization.
fn has_only_wildcard(leg: &Leg, response: &Response) -> bool {
    !leg.checked_with_credentials
        && lists(response, ALLOW_HEADERS, "*")
        && !lists(response, ALLOW_HEADERS, "authorization")
}
