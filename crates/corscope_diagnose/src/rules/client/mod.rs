use crate::rule::Rule;

mod body_not_allowed;
mod canvas_tainted;
mod cross_origin_frame_access;
mod crossorigin_attribute_without_cors;
mod css_resource_requires_cors;
mod extension_content_script_cors;
mod font_requires_cors;
mod forbidden_header_ignored;
mod forbidden_method;
mod forbidden_mode;
mod frame_embedding_refused;
mod integrity_mismatch;
mod invalid_header;
mod invalid_method;
mod invalid_url;
mod keepalive_body_too_large;
mod mode_same_origin;
mod module_script_requires_cors;
mod no_cors_method_not_allowed;
mod no_cors_opaque_response;
mod no_cors_redirect_mode;
mod no_cors_strips_headers;
mod only_if_cached_needs_same_origin;
mod origin_null_file_scheme;
mod origin_null_sandboxed_iframe;
mod preload_credentials_mismatch;
mod script_error_muted;
mod sri_without_crossorigin;
mod stream_body_not_allowed;
mod stream_upload_needs_http2;
mod stream_upload_unsupported;
mod streaming_body_forces_preflight;
mod third_party_cors_proxy_rejected;
mod unsafe_port;
mod unsupported_scheme;
mod unsupported_scheme_file;
mod upload_listener_forces_preflight;
mod url_has_credentials;
mod websocket_origin_rejected;
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
    &unsupported_scheme_file::RULE,
    &unsupported_scheme::RULE,
    &worker_must_be_same_origin::RULE,
    &sri_without_crossorigin::RULE,
    &integrity_mismatch::RULE,
    &stream_upload_needs_http2::RULE,
    &extension_content_script_cors::RULE,
    &third_party_cors_proxy_rejected::RULE,
    &origin_null_sandboxed_iframe::RULE,
    &origin_null_file_scheme::RULE,
    &upload_listener_forces_preflight::RULE,
    &streaming_body_forces_preflight::RULE,
    &font_requires_cors::RULE,
    &module_script_requires_cors::RULE,
    &css_resource_requires_cors::RULE,
    &crossorigin_attribute_without_cors::RULE,
    &canvas_tainted::RULE,
    &script_error_muted::RULE,
    &no_cors_opaque_response::RULE,
    &frame_embedding_refused::RULE,
    &cross_origin_frame_access::RULE,
    &websocket_origin_rejected::RULE,
    &preload_credentials_mismatch::RULE,
    &no_cors_strips_headers::RULE,
    &forbidden_header_ignored::RULE,
];
