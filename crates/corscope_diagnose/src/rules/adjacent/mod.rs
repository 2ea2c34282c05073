use crate::rule::Rule;

mod corp_blocked;
mod csp_connect_src;
mod lna_insecure_context;
mod lna_permission_denied;
mod mixed_content;
mod network_error;
mod unexpected_proxy_authentication;

pub(super) static RULES: &[&Rule] = &[
    &csp_connect_src::RULE,
    &mixed_content::RULE,
    &lna_insecure_context::RULE,
    &lna_permission_denied::RULE,
    &unexpected_proxy_authentication::RULE,
    &corp_blocked::RULE,
    &network_error::RULE,
];
