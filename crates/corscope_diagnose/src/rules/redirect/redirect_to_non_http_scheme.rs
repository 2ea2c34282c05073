use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "redirect-to-non-http-scheme",
    Redirect,
    Refusal,
    "redirect_to_non_http_scheme.md",
    "a redirect leads to a scheme that is neither http nor https",
    Finds::Faults(&["redirect_to_non_http_scheme"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let location = sight.header(fault, "location").unwrap_or_default();
    Some(
        Explanation::new(
            Who::Server,
            format!("the redirect leads to `{location}`, wanted an http or https URL"),
        )
        .note("A fetch never opens an application, a `data:` URL or a file by way of a redirect.")
        .manual(
            Who::Server,
            "redirect to an https URL, or answer with the data itself",
        )
        .manual(
            Who::Client,
            "to open an application, navigate to its address: `location.href = …`",
        ),
    )
}
