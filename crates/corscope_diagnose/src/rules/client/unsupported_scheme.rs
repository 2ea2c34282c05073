use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "unsupported-scheme",
    Client,
    Refusal,
    "unsupported_scheme.md",
    "the URL's scheme cannot be fetched across origins",
    Finds::Faults(&["unsupported_scheme"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let scheme = sight.first_url()?.scheme();
    Some(
        Explanation::new(
            Who::Client,
            format!(
                "`{scheme}:` URLs cannot be fetched across origins, only `https:` and `http:` can"
            ),
        )
        .note("Nothing was sent: CORS is a conversation in HTTP headers, and there are none here.")
        .narrow(
            Who::Client,
            "serve it over https or http, and fetch that URL",
        ),
    )
}
