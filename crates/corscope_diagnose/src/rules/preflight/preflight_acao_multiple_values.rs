use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{ALLOW_ORIGIN, first_answer, wanted_origin, with_remedies};
use crate::sight::Sight;

rule!(
    "preflight-acao-multiple-values",
    Preflight,
    Refusal,
    "preflight_acao_multiple_values.md",
    "the preflight's answer allows more than one origin",
    Finds::Faults(&["acao_multiple_values"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let wanted = wanted_origin(leg);
    let got = sight.header(fault, ALLOW_ORIGIN).unwrap_or_default();
    let lines = response.header_list.lines_named(ALLOW_ORIGIN).count();
    let found = if lines > 1 {
        let by_proxy = response.header_list.contains("via");
        Explanation::new(
            if by_proxy { Who::Proxy } else { Who::Server },
            format!(
                "the preflight's answer has `Access-Control-Allow-Origin` {lines} times (`{got}`), \
                 wanted once: `{wanted}`"
            ),
        )
        .note(
            "Two layers add the header, most often the application and the reverse proxy in front \
             of it. One of them has to stop.",
        )
        .manual(
            Who::Proxy,
            "let one layer alone set the CORS headers: drop the application's at the proxy, or do \
             not add any there",
        )
    } else {
        Explanation::new(
            Who::Server,
            format!("the preflight's answer allows `{got}`, wanted one origin: `{wanted}`"),
        )
        .note(
            "The header holds one origin or `*`, never a list. A server that allows several looks \
             up the request's `Origin` in its list and sends that one back.",
        )
    };
    Some(with_remedies(found, sight, leg))
}
