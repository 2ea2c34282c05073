use crate::rule::Rule;

mod acac_missing;
mod acac_not_true;
mod acao_invalid_value;
mod acao_mismatch;
mod acao_missing;
mod acao_multiple_values;
mod acao_wildcard_with_credentials;

pub(super) static RULES: &[&Rule] = &[
    &acao_missing::RULE,
    &acao_mismatch::RULE,
    &acao_invalid_value::RULE,
    &acao_multiple_values::RULE,
    &acao_wildcard_with_credentials::RULE,
    &acac_missing::RULE,
    &acac_not_true::RULE,
];
