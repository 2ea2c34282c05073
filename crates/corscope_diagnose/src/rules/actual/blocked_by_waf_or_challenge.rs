use corscope_fetch::Fault;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "blocked-by-waf-or-challenge",
    Actual,
    Refusal,
    "blocked_by_waf_or_challenge.md",
    "a firewall or a bot check answered in place of the server",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let response = sight.response(fault)?;
    let signs = Signs(response);
    if !sight.on_actual(fault) || !(response.status >= 400 || signs.is_html()) {
        return None;
    }
    let sign = signs.challenge()?;
    let confidence = match sign {
        "cf-mitigated" | "x-amzn-waf-action" | "x-squid-error" => Confidence::Certain,
        _ => Confidence::Likely,
    };
    let status = response.status;
    Some(
        Explanation::new(
            Who::Proxy,
            format!("a firewall or bot check answered {status} (`{sign}`), without CORS headers"),
        )
        .confidence(confidence)
        .note("It wants a human, or forbids the request; a script cannot solve its puzzle.")
        .narrow(
            Who::Proxy,
            "exempt the API's path, and OPTIONS requests, from the check",
        )
        .manual(
            Who::Client,
            "open the URL in a tab of its own to see what it says",
        )
        .beyond_headers(),
    )
}
