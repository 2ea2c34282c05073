use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "invalid-url",
    Client,
    Refusal,
    "invalid_url.md",
    "the URL does not parse",
    Finds::Faults(&["invalid_url"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let url = &sight.init().url;
    Some(
        Explanation::new(
            Who::Client,
            format!("`{url}` is no URL that can be fetched"),
        )
        .note("Nothing was sent; the script gets a TypeError.")
        .narrow(
            Who::Client,
            "write a whole URL, such as `https://api.example.com/items`; look for empty variables \
                 and stray spaces",
        ),
    )
}
