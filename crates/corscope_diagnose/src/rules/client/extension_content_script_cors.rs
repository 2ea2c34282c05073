use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "extension-content-script-cors",
    Client,
    Refusal,
    "extension_content_script_cors.md",
    "an extension's content script has no more rights than its page",
    Finds::Faults(
        &[
            "acao_missing",
            "acao_mismatch",
            "acao_invalid_value",
            "acao_multiple_values",
            "acao_wildcard_with_credentials",
            "acac_missing",
            "acac_not_true"
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, _: &Fault) -> Option<Explanation> {
    if sight.scenario?.page.content_script != Some(true) {
        return None;
    }
    let page = sight.page_origin();
    Some(
        Explanation::new(
            Who::Client,
            format!("a content script is held to CORS like its page `{page}`, whatever the extension may do"),
        )
        .note("The permissions in the manifest count in the extension's own pages and its background.")
        .narrow(
            Who::Client,
            "send a message to the background service worker, and fetch there, with the URL in \
             `host_permissions`",
        )
        .manual(Who::Server, "or allow the page's origin, if the answer may be seen by that site"),
    )
}
