use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "unsupported-scheme-file",
    Client,
    Refusal,
    "unsupported_scheme_file.md",
    "files on disk cannot be fetched",
    Finds::Faults(&["unsupported_scheme"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    if sight.first_url()?.scheme() != "file" {
        return None;
    }
    Some(
        Explanation::new(
            Who::Client,
            "`file:` URLs cannot be fetched: scripts may not read files on disk",
        )
        .note(
            "Each file on disk is an origin of its own, so that a saved page cannot read the rest.",
        )
        .narrow(
            Who::Client,
            "serve the folder with a local web server, such as `npx http-server` or \
                 `python3 -m http.server`, and open the page at `http://localhost:…`",
        ),
    )
}
