use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    credentials_switch, first_answer, wanted_origin, with_remedies,
};
use crate::sight::Sight;

rule!(
    "preflight-acao-wildcard-with-credentials",
    Preflight,
    Refusal,
    "preflight_acao_wildcard_with_credentials.md",
    "the preflight's answer allows * to a request with credentials",
    Finds::Faults(&["acao_wildcard_with_credentials"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let wanted = wanted_origin(leg);
    let wants_credentials = response
        .header_list
        .contains("access-control-allow-credentials");
    let drop = format!(
        "leave {} out, if the server needs no cookies",
        credentials_switch(sight)
    );
    let found = Explanation::new(
        if wants_credentials {
            Who::Server
        } else {
            Who::Client
        },
        format!(
            "the preflight's answer allows `*`, wanted `{wanted}`: with credentials `*` allows \
             nobody"
        ),
    );
    let found = if wants_credentials {
        found.note(
            "The server sends `Access-Control-Allow-Credentials`, so it means to take cookies. It \
             must then name the origin.",
        )
    } else {
        found
            .note(
                "The server does not allow credentials at all, as a public API does: it wants no \
                 cookies.",
            )
            .narrow(Who::Client, drop.clone())
    };
    let found = with_remedies(found, sight, leg);
    Some(match wants_credentials {
        true => found.narrow(Who::Client, drop),
        false => found,
    })
}
