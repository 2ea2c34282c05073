use corscope_fetch::header_values::list_elements;
use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{ALLOW_METHODS, first_answer, with_complete_lists};
use crate::scenario::latin1;
use crate::sight::Sight;

rule!(
    "method-case-mismatch",
    Preflight,
    Refusal,
    "method_case_mismatch.md",
    "the method is allowed in another case",
    Finds::Faults(&["acam_method_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (_, response) = first_answer(sight, fault)?;
    let Cause::AcamMethodMissing { method } = &fault.cause else {
        return None;
    };
    let listed = list_elements(&response.header_list, ALLOW_METHODS)
        .find(|element| element.token.eq_ignore_ascii_case(method.as_bytes()))?;
    let listed = latin1(listed.token);
    let script_is_right = !method.bytes().any(|byte| byte.is_ascii_lowercase());
    let who = if script_is_right {
        Who::Server
    } else {
        Who::Client
    };
    let found = Explanation::new(
        who,
        format!("the server allows method `{listed}`, wanted `{method}`: case counts"),
    )
    .note(
        "Browsers write get, head, post, put, delete and options in capitals for you, and no other \
         method: `patch` is sent as it is.",
    );
    if script_is_right {
        return Some(with_complete_lists(found, sight, fault));
    }
    let upper = method.to_ascii_uppercase();
    let found = found.narrow(Who::Client, format!("write the method as `{upper}`"));
    Some(if *listed == *upper {
        found
    } else {
        with_complete_lists(found, sight, fault)
    })
}
