use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::redirect_target::target;
use crate::sight::Sight;

rule!(
    "redirect-out-of-same-origin",
    Redirect,
    Refusal,
    "redirect_out_of_same_origin.md",
    "mode same-origin, and a redirect to another origin",
    Finds::Faults(&["redirect_out_of_same_origin"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let redirect = sight
        .whole()
        .legs
        .iter()
        .rfind(|leg| leg.name() == "redirect");
    let target = redirect.and_then(|leg| target(leg, leg.response()?));
    let headline = match target {
        Some(target) => format!(
            "the redirect leads to `{}`, and mode `same-origin` does not leave `{}`",
            target.origin().ascii_serialization(),
            sight.page_origin()
        ),
        None => "a redirect leads out of the origin that mode `same-origin` stays in".to_owned(),
    };
    Some(
        Explanation::new(Who::Client, headline)
            .manual(
                Who::Client,
                "leave `mode: \"same-origin\"` out, if the target allows the page by CORS",
            )
            .manual(
                Who::Server,
                "serve the resource from the page's own origin, without a redirect",
            ),
    )
}
