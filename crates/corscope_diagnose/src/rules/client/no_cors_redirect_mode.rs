use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "no-cors-redirect-mode",
    Client,
    Refusal,
    "no_cors_redirect_mode.md",
    "mode no-cors needs redirect mode follow",
    Finds::Faults(&["no_cors_redirect_mode"], explain)
);

fn explain(_: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    Some(
        Explanation::new(
            Who::Client,
            "mode `no-cors` works only with `redirect: \"follow\"` for a URL of another origin",
        )
        .note("Nothing was sent.")
        .narrow(
            Who::Client,
            "leave `redirect` out, or leave `mode: \"no-cors\"` out",
        ),
    )
}
