use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "mode-same-origin",
    Client,
    Refusal,
    "mode_same_origin.md",
    "mode same-origin does not leave the page's origin",
    Finds::Faults(&["mode_same_origin"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let page = sight.page_origin();
    let url = &sight.init().url;
    Some(
        Explanation::new(
            Who::Client,
            format!("`mode: \"same-origin\"` forbids a request from `{page}` to `{url}`"),
        )
        .note("Nothing was sent: the script itself asked for this.")
        .narrow(Who::Client, "leave `mode` out: `cors` is the default"),
    )
}
