use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_answer, with_remedies};
use crate::sight::Sight;

rule!(
    "preflight-server-error",
    Preflight,
    Refusal,
    "preflight_server_error.md",
    "the server fails at the preflight: 5xx",
    Finds::Faults(&["acao_missing", "preflight_status_not_ok"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let status = response.status;
    if !(500..=599).contains(&status) {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!("the preflight was answered {status}: the server failed, whatever CORS says"),
    );
    let found = match status {
        502..=504 => found.note(
            "The gateway got no answer from the application. If GET fails, too, the application \
             is down; if GET works, it crashes at OPTIONS or does not take it.",
        ),
        _ => found
            .note(
                "Most often the code for the real request runs on OPTIONS, too, and fails because a \
                 preflight has no body, no login and no session. The server's log says where.",
            )
            .manual(
                Who::Server,
                "answer OPTIONS in the CORS layer, before any code of the route runs",
            ),
    };
    Some(with_remedies(found, sight, leg))
}
