use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "forbidden-mode",
    Client,
    Refusal,
    "forbidden_mode.md",
    "scripts cannot use modes navigate and websocket",
    Finds::Faults(&["forbidden_mode"], explain)
);

fn explain(_: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    Some(
        Explanation::new(
            Who::Client,
            "modes `navigate` and `websocket` are for the browser itself, not for scripts",
        )
        .note("Nothing was sent; the script gets a TypeError.")
        .narrow(Who::Client, "leave `mode` out: `cors` is the default"),
    )
}
