use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "integrity-mismatch",
    Client,
    Refusal,
    "integrity_mismatch.md",
    "the file does not match its integrity hash",
    Finds::Faults(&["integrity_mismatch"], explain)
);

fn explain(_: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    Some(
        Explanation::new(
            Who::Client,
            "the file's bytes do not match the hash in `integrity`",
        )
        .note("CORS passed: the browser could look into the file, and it is another one.")
        .narrow(
            Who::Client,
            "compute the hash anew from the file that is served, after you trust it",
        )
        .manual(
            Who::Server,
            "serve the file unchanged, under a URL that names its version",
        ),
    )
}
