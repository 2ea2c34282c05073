use crate::rule::Rule;

mod body_not_allowed;
mod forbidden_method;
mod forbidden_mode;
mod integrity_mismatch;
mod invalid_header;
mod invalid_method;
mod invalid_url;
mod keepalive_body_too_large;
mod mode_same_origin;
mod no_cors_method_not_allowed;
mod no_cors_redirect_mode;
mod only_if_cached_needs_same_origin;
mod sri_without_crossorigin;
mod stream_body_not_allowed;
mod stream_upload_needs_http2;
mod stream_upload_unsupported;
mod unsafe_port;
mod unsupported_scheme;
mod url_has_credentials;
mod worker_must_be_same_origin;

pub(super) static RULES: &[&Rule] = &[
    &invalid_url::RULE,
    &url_has_credentials::RULE,
    &invalid_method::RULE,
    &forbidden_method::RULE,
    &forbidden_mode::RULE,
    &no_cors_method_not_allowed::RULE,
    &body_not_allowed::RULE,
    &invalid_header::RULE,
    &only_if_cached_needs_same_origin::RULE,
    &stream_body_not_allowed::RULE,
    &stream_upload_unsupported::RULE,
    &keepalive_body_too_large::RULE,
    &unsafe_port::RULE,
    &mode_same_origin::RULE,
    &no_cors_redirect_mode::RULE,
    &unsupported_scheme::RULE,
    &worker_must_be_same_origin::RULE,
    &sri_without_crossorigin::RULE,
    &integrity_mismatch::RULE,
    &stream_upload_needs_http2::RULE,
];
