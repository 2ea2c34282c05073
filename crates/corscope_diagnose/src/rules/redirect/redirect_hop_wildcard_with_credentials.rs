use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{credentials_switch, with_origin_allowed};
use crate::sight::Sight;

rule!(
    "redirect-hop-wildcard-with-credentials",
    Redirect,
    Refusal,
    "redirect_hop_wildcard_with_credentials.md",
    "a response on the way of redirects allows * to a request with credentials",
    Finds::Faults(&["acao_wildcard_with_credentials"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    if leg.request.preflight || (leg.hop == 0 && leg.name() != "redirect") {
        return None;
    }
    let wanted = sight.wanted_origin(fault);
    let url = &leg.request.url;
    let switch = credentials_switch(sight);
    let mut found = Explanation::new(
        Who::Server,
        format!("`{url}` allows `*`, wanted `{wanted}`: with credentials `*` allows nobody"),
    )
    .note(format!(
        "{switch} goes along with every redirect: each server on the way must allow credentials."
    ));
    if wanted == "null" && sight.page_origin() != "null" {
        found = found.note(
            "A redirect between two foreign origins made the request's origin `null`. No server \
             should allow that with credentials, so this redirect cannot be made to work.",
        );
    }
    found = with_origin_allowed(found, leg, "there");
    Some(
        found
            .narrow(
                Who::Client,
                format!("leave {switch} out, if the servers need no cookies"),
            )
            .manual(
                Who::Client,
                "go in two steps: get the address as JSON with credentials, then fetch it without",
            ),
    )
}
