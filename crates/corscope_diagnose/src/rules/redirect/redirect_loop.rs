use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::redirect_target::target;
use crate::sight::Sight;

rule!(
    "redirect-loop",
    Redirect,
    Refusal,
    "redirect_loop.md",
    "more than twenty redirects",
    Finds::Faults(&["redirect_loop"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    let target = target(leg, leg.response()?)?;
    let earlier = sight.whole().legs.iter().filter(|it| !it.request.preflight);
    let goes_round = earlier.clone().any(|it| *it.request.url == target);
    let headline = if goes_round {
        format!("redirects go round in a circle: the 21st leads to `{target}` again")
    } else {
        format!("more than 20 redirects, the 21st to `{target}`")
    };
    Some(
        Explanation::new(Who::Server, headline)
            .note(
                "Two rules that undo each other are the usual reason: one adds a slash, `www.` or \
                 https, the other takes it away. Behind a proxy that ends TLS the application \
                 often does not know that the browser already came over https.",
            )
            .manual(
                Who::Server,
                "find the rule that redirects back, and take one of the two out",
            )
            .manual(
                Who::Proxy,
                "pass `X-Forwarded-Proto` and `Host` on, so that the application knows the URL \
                 that the browser asked for",
            ),
    )
}
