use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::origin_difference::{difference, is_web_origin};
use crate::rules::preflight_answer::{ALLOW_ORIGIN, first_preflight, wanted_origin, with_remedies};
use crate::sight::Sight;

rule!(
    "preflight-acao-mismatch",
    Preflight,
    Refusal,
    "preflight_acao_mismatch.md",
    "the preflight's answer allows another origin than the page's",
    Finds::Faults(&["acao_mismatch", "acao_invalid_value"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = first_preflight(sight, fault)?;
    let wanted = wanted_origin(leg);
    let got = sight.header(fault, ALLOW_ORIGIN).unwrap_or_default();
    let difference = difference(&got, wanted);
    let found = Explanation::new(
        Who::Server,
        format!("the preflight's answer allows `{got}`, wanted `{wanted}`: {difference}"),
    )
    .note("The two are compared byte by byte: scheme, host and port, without a slash at the end.");
    let found = with_remedies(found, sight, leg);
    if is_web_origin(&got) && wanted != "null" {
        let title = format!("open the page at `{got}`, which the server allows");
        return Some(found.manual(Who::Client, title));
    }
    Some(found)
}
