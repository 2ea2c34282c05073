use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "mixed-content",
    Adjacent,
    Refusal,
    "mixed_content.md",
    "an https page asks for an http URL",
    Finds::Faults(&["mixed_content"], explain)
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    let url = sight.first_url()?;
    Some(
        Explanation::new(
            Who::Server,
            format!("an https page cannot fetch `{url}`: it is http"),
        )
        .note("Nothing was sent. This is mixed content, not CORS; CORS headers cannot help.")
        .narrow(Who::Server, "serve the URL over https")
        .narrow(
            Who::Client,
            "ask for the `https:` URL, where the server has one",
        )
        .manual(
            Who::Proxy,
            "reach it through a reverse proxy that speaks https",
        ),
    )
}
