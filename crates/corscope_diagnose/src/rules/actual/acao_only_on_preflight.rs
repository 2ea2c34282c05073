use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-only-on-preflight",
    Actual,
    Refusal,
    "acao_only_on_preflight.md",
    "only the preflight has the CORS headers, the response itself has none",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    if !sight.on_actual(fault) || sight.status(fault)? >= 400 {
        return None;
    }
    let passed = sight.preflights().any(|it| {
        it.hop == leg.hop
            && it
                .response()
                .is_some_and(|it| it.header_list.contains("access-control-allow-origin"))
    });
    if !passed {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let found = Explanation::new(
        Who::Server,
        format!(
            "the preflight had `Access-Control-Allow-Origin`, the response itself has none; wanted \
             `{origin}`"
        ),
    )
    .note("The preflight allows the request to be sent; to read the answer, the answer must say so, too.");
    Some(sight.grant(fault, found))
}
