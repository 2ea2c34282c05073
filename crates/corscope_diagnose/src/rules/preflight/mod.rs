use crate::rule::Rule;

mod acah_header_missing;
mod acah_invalid_token;
mod acah_wildcard_with_credentials;
mod acam_invalid_token;
mod acam_method_missing;
mod acam_wildcard_with_credentials;
mod authorization_not_covered_by_wildcard;
mod client_sends_cors_response_header;
mod instrumentation_header_not_allowed;
mod method_case_mismatch;
mod preflight_acac_missing;
mod preflight_acao_mismatch;
mod preflight_acao_missing;
mod preflight_acao_multiple_values;
mod preflight_acao_wildcard_with_credentials;
mod preflight_cached_by_intermediary;
mod preflight_method_not_allowed;
mod preflight_network_error;
mod preflight_not_handled;
mod preflight_origin_rejected;
mod preflight_redirect;
mod preflight_rejected_by_security;
mod preflight_requires_auth;
mod preflight_server_error;
mod preflight_status_not_ok;
mod safelisted_header_value_unsafe;
mod unnecessary_request_header;

pub(super) static RULES: &[&Rule] = &[
    // Whatever CORS headers a preflight's answer lacks, its status says why.
    &preflight_redirect::RULE,
    &preflight_requires_auth::RULE,
    &preflight_origin_rejected::RULE,
    &preflight_not_handled::RULE,
    &preflight_rejected_by_security::RULE,
    &preflight_method_not_allowed::RULE,
    &preflight_server_error::RULE,
    &preflight_status_not_ok::RULE,
    // What a script never should send fails whoever answers.
    &client_sends_cors_response_header::RULE,
    &preflight_cached_by_intermediary::RULE,
    &preflight_acao_missing::RULE,
    &preflight_acao_mismatch::RULE,
    &preflight_acao_multiple_values::RULE,
    &preflight_acao_wildcard_with_credentials::RULE,
    &preflight_acac_missing::RULE,
    &preflight_network_error::RULE,
    // A list that does not parse, or a `*` that counts for nothing, before what it does not list.
    &acam_invalid_token::RULE,
    &acah_invalid_token::RULE,
    &acam_wildcard_with_credentials::RULE,
    &acah_wildcard_with_credentials::RULE,
    &method_case_mismatch::RULE,
    &authorization_not_covered_by_wildcard::RULE,
    &instrumentation_header_not_allowed::RULE,
    &safelisted_header_value_unsafe::RULE,
    &unnecessary_request_header::RULE,
    &acam_method_missing::RULE,
    &acah_header_missing::RULE,
];
