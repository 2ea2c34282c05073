use corscope_fetch::{Api, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "module-script-requires-cors",
    Client,
    Refusal,
    "module_script_requires_cors.md",
    "module scripts of other origins are loaded with CORS only",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let init = sight.init();
    if !sight.on_actual(fault) || init.api != Api::Module {
        return None;
    }
    if sight
        .status(fault)
        .is_some_and(|status| status >= 400 && status != 403)
    {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        "module scripts need CORS, and no `Access-Control-Allow-Origin` is on the response",
    )
    .note("A classic `<script src>` needs none; `type=\"module\"` and `import` always do.")
    .manual(Who::Client, "serve the module from the page's own origin");
    Some(sight.grant(fault, found))
}
