use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::redirect_target::target;
use crate::sight::Sight;

rule!(
    "redirect-url-has-credentials",
    Redirect,
    Refusal,
    "redirect_url_has_credentials.md",
    "a redirect leads to a URL with a user name or a password",
    Finds::Faults(&["redirect_url_has_credentials"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let mut found = Explanation::new(
        Who::Server,
        "the redirect leads to a URL with a user name or a password in it, wanted one without",
    )
    .note(
        "A URL with a password before the host would hand it on to another server; browsers do \
         not let a redirect do that to a CORS request.",
    );
    let leg = sight.leg(fault)?;
    let target = leg.response().and_then(|response| target(leg, response));
    if let Some(mut clean) = target {
        let _ = clean.set_username("");
        let _ = clean.set_password(None);
        found = found.narrow(Who::Server, format!("redirect to `{clean}`"));
    }
    Some(found.manual(
        Who::Server,
        "let the target take a token: in the query of a signed URL, not before the host",
    ))
}
