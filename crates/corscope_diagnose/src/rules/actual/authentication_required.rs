use corscope_fetch::{Evidence, Part};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "authentication-required",
    Actual,
    Note,
    "authentication_required.md",
    "the server wants credentials that the request does not have",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.final_response()?;
    let status = response.status;
    if status != 401 || !sight.is_cross_origin() {
        return None;
    }
    let found = Explanation::new(
        Who::Client,
        "the server answered 401: it wants credentials that it did not get",
    )
    .note("Cookies go to another origin only with `credentials: \"include\"`.")
    .narrow(
        Who::Client,
        "send the token, or set `credentials: \"include\"` if the login is a cookie",
    )
    .manual(Who::Client, "log in again, if the session is over");
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
