use corscope_fetch::safelist::is_safelisted_method;
use corscope_fetch::{Api, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "upload-listener-forces-preflight",
    Client,
    Refusal,
    "upload_listener_forces_preflight.md",
    "a listener on xhr.upload makes the request need a preflight",
    Finds::Faults(
        &[
            "acao_missing",
            "acao_mismatch",
            "acao_invalid_value",
            "acao_multiple_values",
            "acao_wildcard_with_credentials",
            "acac_missing",
            "acac_not_true",
            "preflight_redirect",
            "preflight_status_not_ok",
            "acam_invalid_token",
            "acah_invalid_token",
            "acam_method_missing",
            "network_error"
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let init = sight.init();
    if !(init.api == Api::Xhr && init.upload_listener) {
        return None;
    }
    let leg = sight.leg(fault).filter(|leg| leg.request.preflight)?;
    let list = &leg.request.header_list;
    let asks_more = list.contains("access-control-request-headers")
        || list
            .get("access-control-request-method")
            .is_some_and(|method| !is_safelisted_method(&method));
    if asks_more {
        return None;
    }
    let answer = match leg.response() {
        Some(response) => format!("answered {}", response.status),
        None => "not answered".to_owned(),
    };
    Some(
        Explanation::new(Who::Client, format!("only the listener on `xhr.upload` makes this request need a preflight; the preflight was {answer} and refuses it"))
            .note("Method and headers are simple: without it there would be no preflight.")
            .narrow(Who::Client, "remove the listeners on `xhr.upload`, or add them only where progress is shown")
            .narrow(Who::Server, "answer OPTIONS for this URL with status 204 and the CORS headers"),
    )
}
