use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{ALLOW_ORIGIN, with_origin_allowed};
use crate::rules::redirect_target::redirect_before;
use crate::sight::Sight;

rule!(
    "redirect-origin-becomes-null",
    Redirect,
    Refusal,
    "redirect_origin_becomes_null.md",
    "after a redirect between foreign origins the request's origin is null",
    Finds::Faults(&["acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    let page = sight.page_origin();
    if leg.hop == 0 || leg.checked_origin.as_deref() != Some("null") || page == "null" {
        return None;
    }
    let got = sight.header(fault, ALLOW_ORIGIN).unwrap_or_default();
    let url = &leg.request.url;
    let here = url.origin().ascii_serialization();
    let from = redirect_before(sight, leg)
        .map(|(before, _)| before.request.url.origin().ascii_serialization());
    let mut found = Explanation::new(
        Who::Server,
        format!("`{here}` allows `{got}`, but after the redirect the request's origin is `null`"),
    );
    if let Some(from) = from.filter(|from| *from != here) {
        found = found.note(format!(
            "The request went from `{from}` on to `{here}`, and neither is the page's own origin \
             `{page}`. It was `{from}` that chose the new address, not the page, so the browser \
             does not send the page's name there."
        ));
    }
    if got == page {
        found = found.narrow(
            Who::Client,
            format!("ask for `{url}` at once: it allows the page"),
        );
    } else {
        found = found.manual(
            Who::Client,
            format!("ask for `{url}` at once, without the redirect"),
        );
    }
    found = with_origin_allowed(found, leg, "at the target");
    Some(found.manual(
        Who::Server,
        "answer 200 with the new address in the body, and let the script ask there itself",
    ))
}
