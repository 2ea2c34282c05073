use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{wanted_origin, with_origin_allowed};
use crate::rules::redirect_target::{redirect, with_direct_request};
use crate::sight::Sight;

rule!(
    "redirect-missing-acao",
    Redirect,
    Refusal,
    "redirect_missing_acao.md",
    "a redirect has no Access-Control-Allow-Origin",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = redirect(sight, fault)?;
    let (status, wanted) = (response.status, wanted_origin(leg));
    let location = sight.header(fault, "location").unwrap_or_default();
    let found = Explanation::new(
        Who::Server,
        format!(
            "no `Access-Control-Allow-Origin` on the redirect {status} to `{location}`, wanted \
             `{wanted}`"
        ),
    )
    .note(
        "Every response on the way must allow the page, redirects included. Web servers often \
         redirect before the application, and its CORS headers, come into play.",
    );
    let found = with_origin_allowed(found, leg, "the redirect, too,");
    Some(with_direct_request(found, leg, response))
}
