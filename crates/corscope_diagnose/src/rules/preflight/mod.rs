use crate::rule::Rule;

mod acah_header_missing;
mod acah_invalid_token;
mod acam_invalid_token;
mod acam_method_missing;
mod preflight_acac_missing;
mod preflight_acao_mismatch;
mod preflight_acao_missing;
mod preflight_acao_multiple_values;
mod preflight_acao_wildcard_with_credentials;
mod preflight_network_error;
mod preflight_redirect;
mod preflight_requires_auth;
mod preflight_status_not_ok;

pub(super) static RULES: &[&Rule] = &[
    &preflight_redirect::RULE,
    &preflight_requires_auth::RULE,
    &preflight_status_not_ok::RULE,
    &preflight_acao_missing::RULE,
    &preflight_acao_mismatch::RULE,
    &preflight_acao_multiple_values::RULE,
    &preflight_acao_wildcard_with_credentials::RULE,
    &preflight_acac_missing::RULE,
    &preflight_network_error::RULE,
    &acam_invalid_token::RULE,
    &acah_invalid_token::RULE,
    &acam_method_missing::RULE,
    &acah_header_missing::RULE,
];
