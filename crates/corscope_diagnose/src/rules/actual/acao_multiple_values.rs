use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-multiple-values",
    Actual,
    Refusal,
    "acao_multiple_values.md",
    "Access-Control-Allow-Origin holds more than one value",
    Finds::Faults(&["acao_multiple_values"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin")?;
    let mut found = Explanation::new(
        Who::Server,
        format!(
            "`Access-Control-Allow-Origin` is `{got}`, more than one value; wanted only `{origin}`"
        ),
    );
    if got.split([',', ' ']).any(|value| value.trim() == origin) {
        found = found.note("The right origin is among them; a browser still takes only one value.");
    }
    Some(sight.grant(fault, found))
}
