//! Which fetches come to the same judgement, whatever their numbers and times.

use corscope_fetch::exchange::{
    ConnectionFacts, Exchange, ObservedBody, ObservedRequest, ObservedResponse,
};

use super::document::BODY_LOOKED_AT;
use super::fetch::{Hop, ObservedFetch, PreflightSeen};

/// Whether two fetches are the same to the judgement and to the rules: in all that is looked at they
/// are equal, byte by byte. Taken apart whole, so that a new field has to be thought of here.
pub(super) fn are_alike(left: &ObservedFetch, right: &ObservedFetch) -> bool {
    let ObservedFetch {
        number: _,
        hops,
        page_origin,
        page_url,
        page_space,
    } = left;
    *page_origin == right.page_origin
        && *page_url == right.page_url
        && *page_space == right.page_space
        && hops.len() == right.hops.len()
        && hops.iter().zip(&right.hops).all(|(a, b)| hop(a, b))
}

fn hop(left: &Hop, right: &Hop) -> bool {
    let Hop { preflight, actual } = left;
    let is_preflight_alike = match (preflight, &right.preflight) {
        (PreflightSeen::None, PreflightSeen::None) => true,
        (PreflightSeen::Exchange(left), PreflightSeen::Exchange(right)) => exchange(left, right),
        // What a cache still holds depends on the time.
        _ => false,
    };
    is_preflight_alike
        && match (actual, &right.actual) {
            (None, None) => true,
            (Some(left), Some(right)) => exchange(left, right),
            _ => false,
        }
}

fn exchange(left: &Exchange, right: &Exchange) -> bool {
    let Exchange {
        id: _,
        started: _,
        request: asked,
        response: answered,
        failure,
        timing: _,
        connection,
        hints,
        modified: _,
        ended: _,
    } = left;
    request(asked, &right.request)
        && match (answered, &right.response) {
            (None, None) => true,
            (Some(left), Some(right)) => response(left, right),
            _ => false,
        }
        && *failure == right.failure
        && carried(connection, &right.connection)
        && *hints == right.hints
}

fn request(left: &ObservedRequest, right: &ObservedRequest) -> bool {
    let ObservedRequest {
        method,
        url,
        version: _,
        header_list,
        raw_head: _,
        body: ObservedBody { bytes: _, len },
    } = left;
    *method == right.method
        && *url == right.url
        && *header_list == right.header_list
        && *len == right.body.len
}

fn response(left: &ObservedResponse, right: &ObservedResponse) -> bool {
    let ObservedResponse {
        status,
        reason: _,
        version: _,
        header_list,
        raw_head: _,
        informational: _,
        body: ObservedBody { bytes, len: _ },
        trailers: _,
    } = left;
    let looked_at = |bytes: &[u8]| match status {
        0..300 => 0,
        _ => bytes.len().min(BODY_LOOKED_AT),
    };
    let other = &right.body.bytes;
    *status == right.status
        && *header_list == right.header_list
        && bytes[..looked_at(bytes)] == other[..looked_at(other)]
}

fn carried(left: &ConnectionFacts, right: &ConnectionFacts) -> bool {
    let ConnectionFacts {
        client: _,
        server: _,
        reused: _,
        remote_addr,
        upstream_proxy,
        tls: _,
        unverified: _,
    } = left;
    *remote_addr == right.remote_addr && *upstream_proxy == right.upstream_proxy
}
