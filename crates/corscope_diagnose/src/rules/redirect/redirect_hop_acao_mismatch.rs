use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::origin_difference::difference;
use crate::rules::preflight_answer::{ALLOW_ORIGIN, wanted_origin, with_origin_allowed};
use crate::rules::redirect_target::{redirect, with_direct_request};
use crate::sight::Sight;

rule!(
    "redirect-hop-acao-mismatch",
    Redirect,
    Refusal,
    "redirect_hop_acao_mismatch.md",
    "a redirect's CORS headers do not allow the page",
    Finds::Faults(
        &[
            "acao_mismatch",
            "acao_invalid_value",
            "acao_multiple_values",
            "acac_missing",
            "acac_not_true",
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = redirect(sight, fault)?;
    let (status, wanted) = (response.status, wanted_origin(leg));
    let got = sight.header(fault, ALLOW_ORIGIN).unwrap_or_default();
    let headline = match fault.cause {
        Cause::AcacMissing | Cause::AcacNotTrue => format!(
            "the redirect {status} does not allow credentials, wanted \
             `Access-Control-Allow-Credentials: true`"
        ),
        Cause::AcaoMultipleValues => {
            format!("the redirect {status} allows `{got}`, wanted one origin: `{wanted}`")
        }
        _ => format!(
            "the redirect {status} allows `{got}`, wanted `{wanted}`: {}",
            difference(&got, wanted)
        ),
    };
    let found = Explanation::new(Who::Server, headline)
        .note("The redirect itself is checked like any response, before it is followed.");
    let found = with_origin_allowed(found, leg, "the redirect");
    Some(with_direct_request(found, leg, response))
}
