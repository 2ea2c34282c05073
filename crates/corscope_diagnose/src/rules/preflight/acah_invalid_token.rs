use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_HEADERS, first_answer, stands_in_bad_element, with_complete_lists,
};
use crate::scenario::latin1;
use crate::sight::Sight;

rule!(
    "acah-invalid-token",
    Preflight,
    Refusal,
    "acah_invalid_token.md",
    "Access-Control-Allow-Headers does not parse",
    Finds::Faults(&["acah_invalid_token", "acah_header_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (_, response) = first_answer(sight, fault)?;
    // What is lacking only because its element does not parse is the same fault.
    if let Cause::AcahHeaderMissing { name } = &fault.cause
        && !stands_in_bad_element(response, ALLOW_HEADERS, name)
    {
        return None;
    }
    let invalid = sight.faults().iter().find_map(|it| match &it.cause {
        Cause::AcahInvalidToken { invalid } if it.leg == fault.leg => Some(invalid),
        _ => None,
    })?;
    let bad = latin1(&invalid.token);
    let found = Explanation::new(
        Who::Server,
        format!(
            "`Access-Control-Allow-Headers` does not parse at `{bad}`, wanted header names separated by \
             commas"
        ),
    )
    .note(
        "One bad element makes the whole header invalid, and with it the whole preflight, even if \
         nothing in the list is needed.",
    );
    Some(with_complete_lists(found, sight, fault))
}
