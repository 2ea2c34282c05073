use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{credentials_switch, first_preflight, passing_lines};
use crate::sight::Sight;

rule!(
    "preflight-acac-missing",
    Preflight,
    Refusal,
    "preflight_acac_missing.md",
    "the preflight's answer does not allow credentials",
    Finds::Faults(&["acac_missing", "acac_not_true"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = first_preflight(sight, fault)?;
    let headline = match sight.header(fault, "access-control-allow-credentials") {
        Some(got) => format!(
            "the preflight's answer has `Access-Control-Allow-Credentials: {got}`, wanted `true`"
        ),
        None => "no `Access-Control-Allow-Credentials` on the preflight's answer, wanted `true`"
            .to_owned(),
    };
    let drop = format!(
        "leave {} out, if the server needs no cookies",
        credentials_switch(sight)
    );
    let found = Explanation::new(Who::Server, headline)
        .note(
            "The preflight itself carries no cookies; its answer says whether the request after it \
             may.",
        )
        .narrow(
            Who::Server,
            format!(
                "answer OPTIONS with {}, and the request itself with \
                 `Access-Control-Allow-Credentials: true`",
                passing_lines(leg)
            ),
        )
        .narrow(Who::Client, drop);
    Some(found)
}
