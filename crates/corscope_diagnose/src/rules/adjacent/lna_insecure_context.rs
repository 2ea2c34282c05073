use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "lna-insecure-context",
    Adjacent,
    Refusal,
    "lna_insecure_context.md",
    "an http page asks for a more private address",
    Finds::Faults(&["lna_insecure_context"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let Cause::LnaInsecureContext { space } = fault.cause else {
        return None;
    };
    let page = sight.page_origin();
    Some(
        Explanation::new(
            Who::Client,
            format!(
                "`{page}` is not a secure page, so it cannot reach the `{}` address space",
                space.name()
            ),
        )
        .note("Nothing was sent. This is Local Network Access, not CORS.")
        .narrow(
            Who::Client,
            "serve the page over https; the browser then asks the user",
        )
        .manual(
            Who::Client,
            "open the page from the same machine or network as its target",
        ),
    )
}
