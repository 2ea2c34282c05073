use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acac-missing",
    Actual,
    Refusal,
    "acac_missing.md",
    "credentials are included, and the response does not allow them",
    Finds::Faults(&["acac_missing"], explain)
);

fn explain(_: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    Some(
        Explanation::new(
            Who::Server,
            "no `Access-Control-Allow-Credentials` on the response, wanted `true` since credentials \
             are included",
        )
        .note("The origin is judged apart from this; credentials need a permission of their own.")
        .narrow(Who::Server, "answer `Access-Control-Allow-Credentials: true`")
        .narrow(
            Who::Client,
            "leave the credentials out (`credentials: \"omit\"`, `withCredentials = false`), if \
             the server needs none",
        ),
    )
}
