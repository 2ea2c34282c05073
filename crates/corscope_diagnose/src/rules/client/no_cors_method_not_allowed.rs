use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "no-cors-method-not-allowed",
    Client,
    Refusal,
    "no_cors_method_not_allowed.md",
    "mode no-cors allows GET, HEAD and POST only",
    Finds::Faults(&["no_cors_method_not_allowed"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let method = &sight.init().method;
    Some(
        Explanation::new(
            Who::Client,
            format!(
                "method `{method}` is not possible in mode `no-cors`: only GET, HEAD and POST are"
            ),
        )
        .note("Nothing was sent; the script gets a TypeError.")
        .narrow(
            Who::Client,
            "leave `mode` out, and have the server allow the method with CORS",
        )
        .manual(
            Who::Client,
            "send it as POST, if the server takes that and you need no answer",
        ),
    )
}
