use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "invalid-method",
    Client,
    Refusal,
    "invalid_method.md",
    "the method is no HTTP token",
    Finds::Faults(&["invalid_method"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let method = &sight.init().method;
    Some(
        Explanation::new(Who::Client, format!("`{method}` is no HTTP method"))
            .note("Nothing was sent; the script gets an exception.")
            .narrow(
                Who::Client,
                "use a method of letters only, such as `GET`, `POST` or `PATCH`",
            ),
    )
}
