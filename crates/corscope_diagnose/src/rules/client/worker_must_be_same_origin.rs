use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "worker-must-be-same-origin",
    Client,
    Refusal,
    "worker_must_be_same_origin.md",
    "a worker's script must have the page's own origin",
    Finds::Faults(&["must_be_same_origin"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let page = sight.page_origin();
    Some(
        Explanation::new(
            Who::Client,
            format!("a worker's script must come from the page's own origin `{page}`"),
        )
        .note("No header of the other server can allow it.")
        .narrow(Who::Client, "serve the worker's script from the page's own origin")
        .manual(
            Who::Client,
            "or start the worker from a Blob whose text is `importScripts(\"…\")` or `import \"…\"`",
        ),
    )
}
