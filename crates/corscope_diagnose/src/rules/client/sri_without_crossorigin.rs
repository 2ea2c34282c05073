use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "sri-without-crossorigin",
    Client,
    Refusal,
    "sri_without_crossorigin.md",
    "an integrity attribute needs crossorigin beside it",
    Finds::Faults(&["sri_without_crossorigin"], explain)
);

fn explain(_: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    Some(
        Explanation::new(
            Who::Client,
            "`integrity` is given without `crossorigin`, so the browser cannot check the file's hash",
        )
        .narrow(Who::Client, "add `crossorigin=\"anonymous\"` to the element")
        .narrow(Who::Server, "answer `Access-Control-Allow-Origin: *`, which that attribute needs"),
    )
}
