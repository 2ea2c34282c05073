use corscope_fetch::Evidence;
use corscope_fetch::safelist::is_forbidden_response_header_name;
use corscope_fetch::verdict::Outcome;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, lists};

rule!(
    "expose-wildcard-with-credentials",
    Actual,
    Refusal,
    "expose_wildcard_with_credentials.md",
    "Access-Control-Expose-Headers is `*`, which means nothing with credentials",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let scenario = sight.scenario?;
    if scenario.reads.is_empty() || !sight.includes_credentials() {
        return None;
    }
    let (leg, response) = sight.readable()?;
    let list = &response.header_list;
    if !lists(response, EXPOSE, "*") {
        return None;
    }
    let Outcome::Readable {
        visible_headers, ..
    } = sight.outcome()
    else {
        return None;
    };
    let hidden = scenario.reads.iter().find(|name| {
        list.contains(name)
            && !is_forbidden_response_header_name(name.as_bytes())
            && !visible_headers
                .iter()
                .any(|seen| seen.eq_ignore_ascii_case(name))
    })?;
    let found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Expose-Headers` is `*`, which does not expose `{hidden}` since credentials are included"),
    )
    .note("With credentials `*` is read as the name of a header that is called so.")
    .narrow(Who::Server, format!("answer `Access-Control-Expose-Headers: {hidden}`"))
    .narrow(Who::Client, "leave the credentials out, if the server needs none");
    Some((found, Evidence::header(leg, list, EXPOSE)))
}

const EXPOSE: &str = "access-control-expose-headers";
