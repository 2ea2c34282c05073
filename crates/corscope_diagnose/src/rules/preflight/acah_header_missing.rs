use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_HEADERS, first_preflight, is_first_of_leg, lacking, with_complete_lists, with_way_around,
};
use crate::sight::Sight;

rule!(
    "acah-header-missing",
    Preflight,
    Refusal,
    "acah_header_missing.md",
    "a request header is not in Access-Control-Allow-Headers",
    Finds::Faults(&["acah_header_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = first_preflight(sight, fault)?;
    let lacking = lacking(sight, fault);
    let names = lacking.quoted_names();
    let (headers, are) = match lacking.names.len() {
        1 => ("header", "is"),
        _ => ("headers", "are"),
    };
    let headline = match sight.header(fault, ALLOW_HEADERS) {
        Some(got) => format!(
            "request {headers} {names} {are} not allowed: `Access-Control-Allow-Headers` is \
             `{got}`"
        ),
        None => format!(
            "request {headers} {names} {are} not allowed: no `Access-Control-Allow-Headers` on the \
             preflight's answer"
        ),
    };
    let mut found = Explanation::new(Who::Server, headline);
    if lacking.names.len() > 1 {
        found = found.note("The console names one of them only; all have to be listed.");
    }
    if lacking.names.contains(&"content-type") {
        found = found.note(
            "`Content-Type` needs permission unless it is `text/plain`, \
             `application/x-www-form-urlencoded` or `multipart/form-data`; JSON is none of these.",
        );
    }
    let found = with_complete_lists(found, sight, fault);
    Some(match is_first_of_leg(sight, fault) {
        true => with_way_around(found, sight, leg),
        false => found,
    })
}
