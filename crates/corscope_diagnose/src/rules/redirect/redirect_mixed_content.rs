use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::redirect_target::redirect_to_http;
use crate::sight::Sight;

rule!(
    "redirect-mixed-content",
    Redirect,
    Refusal,
    "redirect_mixed_content.md",
    "a redirect leads from https to http, on an https page",
    Finds::Faults(&["redirect_mixed_content"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let (leg, target) = redirect_to_http(sight)?;
    let mut secure = target.clone();
    let _ = secure.set_scheme("https");
    let from = &leg.request.url;
    Some(
        Explanation::new(
            Who::Server,
            format!("`{from}` redirects to `{target}`, wanted https: the page is over https"),
        )
        .note(
            "An https page loads nothing over plain http, however it gets there. A framework \
             behind a proxy that ends TLS often writes http into its redirects, because that is \
             what it sees.",
        )
        .narrow(Who::Server, format!("redirect to `{secure}`"))
        .manual(
            Who::Proxy,
            "pass `X-Forwarded-Proto: https` on, and let the application trust it",
        )
        .manual(Who::Client, format!("ask for `{secure}` at once")),
    )
}
