use corscope_fetch::{Evidence, Fault, Leg, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "authorization-dropped-on-redirect",
    Redirect,
    Refusal,
    "authorization_dropped_on_redirect.md",
    "a redirect to another origin took Authorization away",
    Finds::Both(&["acao_missing"], explain, observe)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault).filter(|leg| leg.name() == "actual")?;
    explanation(sight, leg)
}

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (index, leg) = sight
        .whole()
        .legs
        .iter()
        .enumerate()
        .rfind(|(_, leg)| !leg.request.preflight)?;
    let found = explanation(sight, leg)?;
    Some((found, vec![Evidence::response(index, Part::Status)]))
}

fn explanation(sight: &Sight<'_>, leg: &Leg) -> Option<Explanation> {
    if leg.hop == 0 {
        return None;
    }
    let status = leg.response()?.status;
    let has_authorization = |leg: &Leg| leg.request.header_list.contains("authorization");
    if !matches!(status, 401 | 403) || has_authorization(leg) {
        return None;
    }
    let mut hops = sight.whole().legs.iter().filter(|it| !it.request.preflight);
    let first = hops
        .next()
        .filter(|it| it.hop == 0 && has_authorization(it))?;
    let origin = |leg: &Leg| leg.request.url.origin().ascii_serialization();
    let (from, to) = (origin(first), origin(leg));
    let url = &leg.request.url;
    Some(
        Explanation::new(
            Who::Server,
            format!(
                "`{to}` answered {status}: `Authorization` was sent to `{from}`, and the browser \
                 took it off at the redirect"
            ),
        )
        .note(
            "A token for one server is not shown to another, even if both are yours. Command-line \
             tools may keep it, which is why it works there.",
        )
        .manual(
            Who::Server,
            "put what the target needs into the URL of the redirect, as a signed URL does, or \
             answer without a redirect",
        )
        .manual(
            Who::Client,
            format!("ask for `{url}` at once, with `Authorization`, if the target allows the page"),
        ),
    )
}
