use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "acao-duplicate-header",
    Actual,
    Refusal,
    "acao_duplicate_header.md",
    "Access-Control-Allow-Origin was sent twice",
    Finds::Faults(&["acao_multiple_values"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let response = sight.response(fault)?;
    let name = "access-control-allow-origin";
    let lines = response.header_list.lines_named(name).count();
    if !sight.on_actual(fault) || lines < 2 {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, name)?;
    let mut found = Explanation::new(
        Who::Server,
        format!("`Access-Control-Allow-Origin` was sent {lines} times (`{got}`), wanted once: `{origin}`"),
    )
    .note("Usually the application adds one, and a proxy or a second middleware another.");
    let mut values = response
        .header_list
        .lines_named(name)
        .map(|(_, header)| header.trimmed());
    let first = values.next();
    if values.all(|value| Some(value) == first) {
        found = found.note("Two equal values are no better: the browser reads them as one list.");
    }
    Some(
        found
            .narrow(
                Who::Proxy,
                "let the proxy drop the application's header before it adds its own \
                 (`proxy_hide_header` in nginx, `header_down -…` in Caddy)",
            )
            .narrow(Who::Server, "or switch CORS off in all layers but one"),
    )
}
