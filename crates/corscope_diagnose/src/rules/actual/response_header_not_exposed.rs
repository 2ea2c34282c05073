use corscope_fetch::Evidence;
use corscope_fetch::header_values::extract_tokens;
use corscope_fetch::safelist::is_forbidden_response_header_name;
use corscope_fetch::verdict::Outcome;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, line_of, lists};

rule!(
    "response-header-not-exposed",
    Actual,
    Refusal,
    "response_header_not_exposed.md",
    "a response header that the script wants is not exposed",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let scenario = sight.scenario?;
    if scenario.reads.is_empty() {
        return None;
    }
    let (leg, response) = sight.readable()?;
    let list = &response.header_list;
    if sight.includes_credentials() && lists(response, EXPOSE, "*") {
        return None;
    }
    let Outcome::Readable {
        visible_headers, ..
    } = sight.outcome()
    else {
        return None;
    };
    let is_hidden = |name: &&String| {
        list.contains(name)
            && !is_forbidden_response_header_name(name.as_bytes())
            && !visible_headers
                .iter()
                .any(|seen| seen.eq_ignore_ascii_case(name))
    };
    let mut hidden = scenario.reads.iter().filter(is_hidden);
    let first = hidden.next()?;
    let mut names = first.clone();
    for name in hidden {
        names.push_str(", ");
        names.push_str(name);
    }
    let mut found = Explanation::new(
        Who::Server,
        format!(
            "`{first}` is in the response, but hidden from the script: no `Access-Control-Expose-Headers` names it"
        ),
    );
    if extract_tokens(list, EXPOSE).is_err() {
        found = found.note("The header is there, but does not parse, so that it exposes nothing: separate names by commas.");
    }
    let found = found.narrow(
        Who::Server,
        format!("answer `Access-Control-Expose-Headers: {names}`"),
    );
    let mut evidence = line_of(leg, response, first);
    evidence.extend(Evidence::header(leg, list, EXPOSE));
    Some((found, evidence))
}

const EXPOSE: &str = "access-control-expose-headers";
