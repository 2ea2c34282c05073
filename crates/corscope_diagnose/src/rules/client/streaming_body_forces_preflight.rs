use corscope_fetch::Fault;
use corscope_fetch::request_init::BodyType;
use corscope_fetch::safelist::is_safelisted_method;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "streaming-body-forces-preflight",
    Client,
    Refusal,
    "streaming_body_forces_preflight.md",
    "a streamed body makes the request need a preflight",
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
    if !(init
        .body
        .as_ref()
        .is_some_and(|body| body.kind == BodyType::Stream))
    {
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
        Explanation::new(Who::Client, format!("only the streamed body makes this request need a preflight; the preflight was {answer} and refuses it"))
            .note("Method and headers are simple: without it there would be no preflight.")
            .narrow(Who::Client, "send a string, a Blob or an ArrayBuffer in place of the stream")
            .narrow(Who::Server, "answer OPTIONS for this URL with status 204 and the CORS headers"),
    )
}
