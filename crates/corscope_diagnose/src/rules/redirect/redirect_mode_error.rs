use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::redirect_target::with_direct_request;
use crate::sight::Sight;

rule!(
    "redirect-mode-error",
    Redirect,
    Refusal,
    "redirect_mode_error.md",
    "the script wants no redirects, and one came",
    Finds::Faults(&["redirect_mode_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    let response = leg.response()?;
    let status = response.status;
    let location = sight.header(fault, "location").unwrap_or_default();
    let found = Explanation::new(
        Who::Client,
        format!("the script asked for `redirect: \"error\"`, and got {status} to `{location}`"),
    )
    .narrow(
        Who::Client,
        "leave `redirect: \"error\"` out: the default `follow` goes along with redirects",
    );
    Some(with_direct_request(found, leg, response))
}
