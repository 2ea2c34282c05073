use corscope_fetch::Fault;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_answer, with_remedies};
use crate::sight::{Sight, Signs};

rule!(
    "preflight-rejected-by-security",
    Preflight,
    Refusal,
    "preflight_rejected_by_security.md",
    "a security layer refuses the preflight",
    Finds::Faults(&["acao_missing", "preflight_status_not_ok"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let status = response.status;
    if status < 400 || matches!(status, 404 | 405 | 410 | 501) {
        return None;
    }
    let signs = Signs(response);
    let found = if let Some(word) = signs.csrf() {
        Explanation::new(
            Who::Server,
            format!("the preflight was answered {status} by a CSRF check (`{word}`)"),
        )
        .confidence(Confidence::Likely)
        .note("A preflight changes nothing and carries no token: it must pass before that check.")
        .manual(
            Who::Server,
            "let CORS answer OPTIONS before the CSRF check looks at it",
        )
    } else if let Some(sign) = signs.challenge().or_else(|| edge(status, signs)) {
        Explanation::new(
            Who::Proxy,
            format!("the preflight was answered {status} by a firewall or a gateway (`{sign}`)"),
        )
        .confidence(Confidence::Likely)
        .note(
            "The request did not reach the application, whose CORS headers are therefore missing.",
        )
        .manual(
            Who::Proxy,
            "let OPTIONS pass for this path, or answer it with CORS headers there",
        )
    } else if status == 403 {
        Explanation::new(
            Who::Server,
            "the preflight was answered 403: something refuses it before CORS can answer",
        )
        .confidence(Confidence::Possible)
        .note(
            "It may be a firewall, a permission check, or a CORS layer that does not know this \
             origin (`preflight-origin-rejected`). Ask once with an origin that is surely allowed: \
             if 403 comes again, it is not CORS that refuses.",
        )
        .manual(
            Who::Server,
            "let CORS answer OPTIONS before permissions are looked at",
        )
    } else {
        return None;
    };
    Some(with_remedies(found, sight, leg))
}

/// What shows that the edge before the application refused.
fn edge(status: u16, signs: Signs<'_>) -> Option<&'static str> {
    if status != 403 {
        return None;
    }
    signs.gateway().or_else(|| {
        signs
            .header_says("server", "akamaighost")
            .then_some("server")
    })
}
