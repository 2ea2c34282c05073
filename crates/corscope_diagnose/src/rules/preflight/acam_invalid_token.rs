use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_METHODS, first_answer, stands_in_bad_element, with_complete_lists,
};
use crate::scenario::latin1;
use crate::sight::Sight;

rule!(
    "acam-invalid-token",
    Preflight,
    Refusal,
    "acam_invalid_token.md",
    "Access-Control-Allow-Methods does not parse",
    Finds::Faults(&["acam_invalid_token", "acam_method_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (_, response) = first_answer(sight, fault)?;
    // What is lacking only because its element does not parse is the same fault.
    if let Cause::AcamMethodMissing { method } = &fault.cause
        && !stands_in_bad_element(response, ALLOW_METHODS, method.as_bytes())
    {
        return None;
    }
    let invalid = sight.faults().iter().find_map(|it| match &it.cause {
        Cause::AcamInvalidToken { invalid } if it.leg == fault.leg => Some(invalid),
        _ => None,
    })?;
    let bad = latin1(&invalid.token);
    let found = Explanation::new(
        Who::Server,
        format!(
            "`Access-Control-Allow-Methods` does not parse at `{bad}`, wanted methods separated by \
             commas"
        ),
    )
    .note(
        "One bad element makes the whole header invalid, and with it the whole preflight, even if \
         nothing in the list is needed.",
    );
    Some(with_complete_lists(found, sight, fault))
}
