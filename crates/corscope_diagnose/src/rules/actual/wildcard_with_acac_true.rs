use corscope_fetch::Evidence;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "wildcard-with-acac-true",
    Actual,
    Note,
    "wildcard_with_acac_true.md",
    "`*` stands together with Access-Control-Allow-Credentials",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let legs = &sight.whole().legs;
    let (index, response) = legs.iter().enumerate().find_map(|(index, leg)| {
        let response = leg.response()?;
        let list = &response.header_list;
        let is_wildcard = list
            .get("access-control-allow-origin")
            .is_some_and(|it| *it == *b"*");
        let is_true = is_wildcard
            && list
                .get("access-control-allow-credentials")
                .is_some_and(|it| *it == *b"true");
        is_true.then_some((index, response))
    })?;
    let found = Explanation::new(
        Who::Server,
        "`Access-Control-Allow-Origin` is `*` and `Access-Control-Allow-Credentials` is `true`: together they never work",
    )
    .note("Without credentials `*` is enough; with credentials browsers refuse `*`.")
    .narrow(Who::Server, "leave `Access-Control-Allow-Credentials` out, if the answer is public")
    .narrow(
        Who::Server,
        "or answer with the page's origin, from a list of those you trust, and `Vary: Origin`",
    );
    let list = &response.header_list;
    Some((
        found,
        Evidence::header(index, list, "access-control-allow-credentials"),
    ))
}
