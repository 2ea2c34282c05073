use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-wildcard-with-credentials",
    Actual,
    Refusal,
    "acao_wildcard_with_credentials.md",
    "`*` is allowed, and the request includes credentials",
    Finds::Faults(&["acao_wildcard_with_credentials"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let origin = sight.wanted_origin(fault);
    let server_means_it = sight
        .header(fault, "access-control-allow-credentials")
        .is_some_and(|value| value == "true");
    let who = if server_means_it {
        Who::Server
    } else {
        Who::Client
    };
    let found = Explanation::new(
        who,
        format!(
            "`Access-Control-Allow-Origin` is `*`, wanted `{origin}` since credentials are included"
        ),
    )
    .note("With credentials `*` is no wildcard; the browser wants the page's origin by name.");
    let anonymous = "leave the credentials out (`credentials: \"omit\"`, `withCredentials = false`), \
                     if the answer is the same for everybody";
    let found = if server_means_it {
        sight.grant(fault, found).narrow(Who::Client, anonymous)
    } else {
        let found = found.narrow(Who::Client, anonymous);
        sight.grant(fault, found)
    };
    Some(found)
}
