use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "forbidden-method",
    Client,
    Refusal,
    "forbidden_method.md",
    "scripts may not use CONNECT, TRACE or TRACK",
    Finds::Faults(&["forbidden_method"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let method = &sight.init().method;
    Some(
        Explanation::new(
            Who::Client,
            format!("method `{method}` is forbidden to scripts"),
        )
        .note("Nothing was sent; the script gets an exception.")
        .narrow(
            Who::Client,
            "use another method; no header of the server can allow this one",
        ),
    )
}
