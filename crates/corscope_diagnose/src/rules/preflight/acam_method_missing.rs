use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_METHODS, first_preflight, is_first_of_leg, with_complete_lists, with_way_around,
};
use crate::sight::Sight;

rule!(
    "acam-method-missing",
    Preflight,
    Refusal,
    "acam_method_missing.md",
    "the method is not in Access-Control-Allow-Methods",
    Finds::Faults(&["acam_method_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = first_preflight(sight, fault)?;
    let Cause::AcamMethodMissing { method } = &fault.cause else {
        return None;
    };
    let headline = match sight.header(fault, ALLOW_METHODS) {
        Some(got) => format!(
            "method `{method}` is not allowed: `Access-Control-Allow-Methods` is `{got}`, wanted \
             `{method}` in it"
        ),
        None => format!(
            "method `{method}` is not allowed: no `Access-Control-Allow-Methods` on the \
             preflight's answer"
        ),
    };
    let mut found =
        Explanation::new(Who::Server, headline).note("Only GET, HEAD and POST need not be listed.");
    if method.bytes().any(|byte| byte.is_ascii_lowercase()) {
        let upper = method.to_ascii_uppercase();
        found = found.note(format!(
            "Methods are compared with their case: `{method}` and `{upper}` are two methods."
        ));
    }
    let found = with_complete_lists(found, sight, fault);
    Some(match is_first_of_leg(sight, fault) {
        true => with_way_around(found, sight, leg),
        false => found,
    })
}
