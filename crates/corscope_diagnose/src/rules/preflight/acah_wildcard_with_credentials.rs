use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    ALLOW_HEADERS, credentials_switch, first_answer, lacking, with_complete_lists,
};
use crate::sight::{Sight, lists};

rule!(
    "acah-wildcard-with-credentials",
    Preflight,
    Refusal,
    "acah_wildcard_with_credentials.md",
    "Access-Control-Allow-Headers is *, which with credentials allows nothing",
    Finds::Faults(&["acah_header_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    if !leg.checked_with_credentials || !lists(response, ALLOW_HEADERS, "*") {
        return None;
    }
    let names = lacking(sight, fault).quoted_names();
    let found = Explanation::new(
        Who::Server,
        format!(
            "`Access-Control-Allow-Headers` is `*`, wanted {names}: with credentials `*` is only a \
             header of that name"
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
