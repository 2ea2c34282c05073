use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "invalid-header",
    Client,
    Refusal,
    "invalid_header.md",
    "a request header has an invalid name or value",
    Finds::Faults(&["invalid_header_name", "invalid_header_value"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (index, is_name) = match fault.cause {
        Cause::InvalidHeaderName { header } => (header, true),
        Cause::InvalidHeaderValue { header } => (header, false),
        _ => return None,
    };
    let (name, value) = sight.init().headers.get(index)?;
    let found = if is_name {
        Explanation::new(
            Who::Client,
            format!("{name:?} is no name for a request header"),
        )
        .narrow(
            Who::Client,
            "use letters, digits and hyphens only; no space, no colon",
        )
    } else {
        let found = Explanation::new(
            Who::Client,
            format!("the value of request header `{name}` has a character that no header can have"),
        );
        let found = match value
            .chars()
            .find(|it| matches!(it, '\0' | '\r' | '\n') || u32::from(*it) > 0xFF)
        {
            Some(bad) => found.note(format!("The character is {bad:?}.")),
            None => found,
        };
        found.narrow(
            Who::Client,
            "take out line breaks, and encode other scripts and emoji, for instance with \
             encodeURIComponent()",
        )
    };
    Some(found.note("Nothing was sent; the script gets a TypeError."))
}
