use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "url-has-credentials",
    Client,
    Refusal,
    "url_has_credentials.md",
    "fetch() takes no URL with a user name or password",
    Finds::Faults(&["url_has_credentials"], explain)
);

fn explain(_: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    Some(
        Explanation::new(
            Who::Client,
            "the URL has a user name or a password in it, which `fetch()` refuses",
        )
        .note("Nothing was sent; the script gets a TypeError.")
        .narrow(
            Who::Client,
            "take `user:password@` out of the URL and send an `Authorization` header instead",
        )
        .note(
            "That header needs a preflight, so the server must list it in \
               `Access-Control-Allow-Headers`.",
        ),
    )
}
