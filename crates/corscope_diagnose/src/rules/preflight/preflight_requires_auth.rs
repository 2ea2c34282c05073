use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_answer, with_remedies};
use crate::sight::Sight;

rule!(
    "preflight-requires-auth",
    Preflight,
    Refusal,
    "preflight_requires_auth.md",
    "the preflight is answered with a demand for credentials",
    Finds::Faults(&["acao_missing", "preflight_status_not_ok"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let status = response.status;
    let asks = status >= 400 && response.header_list.contains("www-authenticate");
    if !(matches!(status, 401 | 407) || asks) {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!(
            "the preflight was answered {status}: the server wants credentials from a request \
             that never has any"
        ),
    )
    .note(
        "A preflight carries no cookies, no `Authorization` and no client certificate, by design. \
         What stands in front of the application, such as a gateway, may be what asks for them.",
    )
    .manual(
        Who::Server,
        "let CORS answer OPTIONS before authentication looks at it",
    );
    Some(with_remedies(found, sight, leg))
}
