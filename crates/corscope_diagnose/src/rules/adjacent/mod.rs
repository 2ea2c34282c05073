use crate::rule::Rule;

mod blocked_by_client;
mod client_certificate_wanted;
mod coep_requires_corp;
mod connection_refused;
mod connection_reset;
mod connection_timed_out;
mod cookie_samesite_blocked;
mod corp_blocked;
mod csp_connect_src;
mod dns_failure;
mod empty_response;
mod head_timeout;
mod head_too_large;
mod host_unreachable;
mod http_to_https_port;
mod invalid_response;
mod lna_insecure_context;
mod lna_permission_denied;
mod mixed_content;
mod network_error;
mod not_tls;
mod orb_blocked;
mod request_aborted;
mod same_origin_http_error;
mod service_worker_opaque_response;
mod third_party_cookie_blocked;
mod tls_certificate_invalid;
mod unexpected_proxy_authentication;

pub(super) static RULES: &[&Rule] = &[
    &csp_connect_src::RULE,
    &mixed_content::RULE,
    &lna_insecure_context::RULE,
    &lna_permission_denied::RULE,
    &blocked_by_client::RULE,
    &http_to_https_port::RULE,
    &request_aborted::RULE,
    &dns_failure::RULE,
    &host_unreachable::RULE,
    &connection_refused::RULE,
    &connection_timed_out::RULE,
    &tls_certificate_invalid::RULE,
    &client_certificate_wanted::RULE,
    &not_tls::RULE,
    &connection_reset::RULE,
    &empty_response::RULE,
    &head_too_large::RULE,
    &head_timeout::RULE,
    &invalid_response::RULE,
    &orb_blocked::RULE,
    &unexpected_proxy_authentication::RULE,
    &coep_requires_corp::RULE,
    &corp_blocked::RULE,
    &network_error::RULE,
    &cookie_samesite_blocked::RULE,
    &third_party_cookie_blocked::RULE,
    &service_worker_opaque_response::RULE,
    &same_origin_http_error::RULE,
];
