use crate::rule::Rule;

mod acac_missing;
mod acac_not_true;
mod acao_case_mismatch;
mod acao_default_port;
mod acao_duplicate_header;
mod acao_empty;
mod acao_host_mismatch;
mod acao_invalid_value;
mod acao_mismatch;
mod acao_missing;
mod acao_missing_on_error_response;
mod acao_missing_on_gateway_error;
mod acao_multiple_values;
mod acao_null_for_real_origin;
mod acao_only_on_preflight;
mod acao_port_mismatch;
mod acao_scheme_mismatch;
mod acao_trailing_slash;
mod acao_wildcard_pattern;
mod acao_wildcard_with_credentials;
mod authentication_required;
mod blocked_by_waf_or_challenge;
mod cache_missing_vary_origin;
mod csrf_rejected_by_server;
mod expose_wildcard_with_credentials;
mod forbidden_response_header;
mod payload_too_large;
mod rate_limited;
mod response_header_not_exposed;
mod server_error_5xx;
mod tunnel_interstitial;
mod vary_origin_missing;
mod wildcard_with_acac_true;
mod wrong_url;

pub(super) static RULES: &[&Rule] = &[
    &tunnel_interstitial::RULE,
    &blocked_by_waf_or_challenge::RULE,
    &acao_missing_on_gateway_error::RULE,
    &acao_missing_on_error_response::RULE,
    &cache_missing_vary_origin::RULE,
    &acao_only_on_preflight::RULE,
    &acao_missing::RULE,
    &acao_null_for_real_origin::RULE,
    &acao_wildcard_pattern::RULE,
    &acao_trailing_slash::RULE,
    &acao_default_port::RULE,
    &acao_case_mismatch::RULE,
    &acao_host_mismatch::RULE,
    &acao_scheme_mismatch::RULE,
    &acao_port_mismatch::RULE,
    &acao_mismatch::RULE,
    &acao_empty::RULE,
    &acao_invalid_value::RULE,
    &acao_duplicate_header::RULE,
    &acao_multiple_values::RULE,
    &acao_wildcard_with_credentials::RULE,
    &acac_missing::RULE,
    &acac_not_true::RULE,
    &csrf_rejected_by_server::RULE,
    &forbidden_response_header::RULE,
    &expose_wildcard_with_credentials::RULE,
    &response_header_not_exposed::RULE,
    &server_error_5xx::RULE,
    &payload_too_large::RULE,
    &rate_limited::RULE,
    &authentication_required::RULE,
    &wrong_url::RULE,
    &vary_origin_missing::RULE,
    &wildcard_with_acac_true::RULE,
];
