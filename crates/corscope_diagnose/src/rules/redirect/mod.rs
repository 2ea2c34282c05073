use crate::rule::Rule;

mod authorization_dropped_on_redirect;
mod redirect_hop_acao_mismatch;
mod redirect_hop_preflight_failed;
mod redirect_hop_wildcard_with_credentials;
mod redirect_location_invalid;
mod redirect_loop;
mod redirect_missing_acao;
mod redirect_mixed_content;
mod redirect_mode_error;
mod redirect_origin_becomes_null;
mod redirect_out_of_same_origin;
mod redirect_stream_body;
mod redirect_to_login;
mod redirect_to_non_http_scheme;
mod redirect_url_has_credentials;

pub(super) static RULES: &[&Rule] = &[
    &redirect_to_login::RULE,
    &authorization_dropped_on_redirect::RULE,
    &redirect_origin_becomes_null::RULE,
    &redirect_hop_preflight_failed::RULE,
    &redirect_hop_wildcard_with_credentials::RULE,
    &redirect_missing_acao::RULE,
    &redirect_hop_acao_mismatch::RULE,
    &redirect_url_has_credentials::RULE,
    &redirect_to_non_http_scheme::RULE,
    &redirect_location_invalid::RULE,
    &redirect_mode_error::RULE,
    &redirect_loop::RULE,
    &redirect_stream_body::RULE,
    &redirect_mixed_content::RULE,
    &redirect_out_of_same_origin::RULE,
];
