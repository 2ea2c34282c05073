use corscope_fetch::Evidence;
use corscope_fetch::safelist::is_forbidden_response_header_name;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, line_of};

rule!(
    "forbidden-response-header",
    Actual,
    Refusal,
    "forbidden_response_header.md",
    "the script wants Set-Cookie, which no script may read",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let reads = &sight.scenario?.reads;
    if reads.is_empty() {
        return None;
    }
    let name = reads
        .iter()
        .find(|name| is_forbidden_response_header_name(name.as_bytes()))?;
    let (leg, response) = sight.readable()?;
    let found = Explanation::new(Who::Client, format!("`{name}` is hidden from scripts, whatever the server exposes"))
        .note("The cookie itself is stored, if the request includes credentials and the cookie may be set.")
        .narrow(Who::Server, "send the value in the body, or in a header of another name that is exposed")
        .narrow(Who::Client, "do not read the cookie: the browser sends it back by itself");
    Some((found, line_of(leg, response, name)))
}
