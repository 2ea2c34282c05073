use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acac-not-true",
    Actual,
    Refusal,
    "acac_not_true.md",
    "Access-Control-Allow-Credentials is something other than true",
    Finds::Faults(&["acac_not_true"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let got = sight.header(fault, "access-control-allow-credentials")?;
    let mut found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Credentials` is `{got}`, wanted `true`"),
    );
    if got.contains(',') {
        found = found.note("It was sent more than once; two layers probably add it.");
    } else if got.eq_ignore_ascii_case("true") {
        found = found.note("The value is compared byte for byte: lower-case letters only.");
    } else if got.eq_ignore_ascii_case("false") {
        found = found
            .note("There is no `false`: leave the header out where credentials are not allowed.");
    }
    Some(
        found
            .narrow(Who::Server, "answer `Access-Control-Allow-Credentials: true`, once")
            .narrow(
                Who::Client,
                "leave the credentials out (`credentials: \"omit\"`, `withCredentials = false`), if \
                 the server needs none",
            ),
    )
}
